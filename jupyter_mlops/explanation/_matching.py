"""A model and data are put together, checked once and for all methods: rows, columns, labels, and what the model is."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from ._asking import asking
from ._network import as_table
from ._subject import Kind, Subject, trained_names
from ._task import Task, is_network, require_model, task_of, type_name

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_LIBRARY_NAME = re.compile(r"(feature_|Column_)\d+")


def matched(model: Any, data: Any = None, target: Any = None) -> Subject:
    """Return model and data as a subject.

    Parameters
    ----------
    model : object
        A fitted model of scikit-learn's kind, a Keras model or a torch module.
    data : DataFrame, array or sequence, optional
        Rows and columns.
    target : Series, array or sequence, optional
        One label or number a row.

    Raises
    ------
    UsageError
        It is no model, or they do not go together.
    """
    require_model(model)
    if data is None:
        return Subject(model=model, data=None, target=None, task=task_of(model, None, None))
    rows, kind = _texts_or_images(model, data)
    table, notes = (rows, ()) if kind != "table" else _trained_columns(model, _table(data))
    if not len(table):
        raise UsageError("X has no rows. Give some of the data that the model is to be explained on.")
    labels = _labels(target, len(table))
    task = Task("regression", "network")
    asked = Subject(model=model, data=table, target=labels, task=task, notes=notes, kind=kind)
    with asking(asked):
        task = task_of(model, table, labels)
    return replace(asked, task=replace(task, target_name=_name_of(target)))


def _texts_or_images(model: Any, data: Any) -> tuple[Any, Kind]:
    """Return data that are no table as an array: one text a row, or one image a row for a network."""
    import numpy as np

    if hasattr(data, "columns"):
        return None, "table"
    if not hasattr(data, "shape") and isinstance(data, list | tuple) and data and isinstance(data[0], str):
        data = np.asarray(data, dtype=object)
    dimensions = len(getattr(data, "shape", ()))
    if dimensions == 1 and not is_network(model) and all(isinstance(text, str) for text in data):
        return np.asarray(data, dtype=object), "text"
    if dimensions in (3, 4) and is_network(model):
        return as_table(data.detach().cpu() if hasattr(data, "detach") else data), "images"
    return None, "table"


def _table(data: Any) -> Any:
    """Return data as a frame or a two-dimensional array, whatever library they come from."""
    import numpy as np

    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return data
    for convert in ("to_pandas", "toarray"):  # Polars and Arrow; SciPy's sparse matrices
        if hasattr(data, convert):
            return getattr(data, convert)()
    if hasattr(data, "detach"):  # a torch tensor that knows its gradient gives no array
        data = data.detach().cpu()
    try:
        table = np.asarray(data)
    except ValueError:
        raise UsageError(
            "X is no table: its rows differ in length. Give a data frame, or rows of equal length."
        ) from None
    if table.ndim != 2:
        shape = " x ".join(map(str, table.shape)) or "no rows"
        raise UsageError(
            f"X is no table: it has {table.ndim} dimensions ({shape}). Give a data frame, or rows and columns."
        )
    return table


def _name_of(target: Any) -> str:
    name = getattr(target, "name", None)
    return name if isinstance(name, str) else ""


def _labels(target: Any, rows: int) -> np.ndarray[Any, Any] | None:
    import numpy as np
    import pandas as pd

    if target is None:
        return None
    if hasattr(target, "detach"):
        target = target.detach().cpu()
    labels = np.asarray(target)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 0 or len(labels) != rows:
        found = "one value" if labels.ndim == 0 else f"{len(labels)} rows"
        raise UsageError(f"X has {rows} rows and y has {found}. Give the labels of exactly these rows.")
    missing = int(pd.isna(labels).sum())
    if missing:
        raise UsageError(
            f"y has {missing} missing of {labels.size} values: nothing can be said about them. "
            "Drop these rows in X and y."
        )
    return labels


def _trained_columns(model: Any, table: Any) -> tuple[Any, tuple[str, ...]]:
    """Return the columns that the model was trained with, in its order, and what was left out."""
    import pandas as pd

    trained = trained_names(model)
    is_frame = isinstance(table, pd.DataFrame)
    if not trained or (is_frame and _named_by_library(trained) and not set(trained) & set(map(str, table.columns))):
        _check_width(model, table.shape[1])
        return table, ()
    if is_frame:
        _refuse_doubles(table)
        return _in_trained_order(model, trained, table)
    _check_width(model, table.shape[1])
    return (table if _named_by_library(trained) else pd.DataFrame(table, columns=list(trained))), ()


def _in_trained_order(
    model: Any, trained: tuple[str, ...], table: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    columns = {str(column): column for column in table.columns}
    # LightGBM writes an underscore for a blank.
    without_blanks = {name.replace(" ", "_"): column for name, column in columns.items()}
    if not set(trained) <= set(columns) and set(trained) <= set(without_blanks):
        columns = without_blanks
    for name in trained:
        if name not in columns:
            near = difflib.get_close_matches(name, columns, n=1, cutoff=0.6)
            meant = f" Did you mean {near[0]!r}?" if near else f" X has: {', '.join(map(repr, list(columns)[:10]))}."
            raise UsageError(f"X has no column {name!r}, which {type_name(model)} was trained with.{meant}")
    if list(columns) == list(trained):
        return table, ()
    left_out = ", ".join([repr(name) for name in columns if name not in set(trained)][:10])
    notes = (f"The model was trained without these columns of X, which are left out: {left_out}.",) if left_out else ()
    return table[[columns[name] for name in trained]], notes


def _refuse_doubles(table: pd.DataFrame) -> None:
    names = list(map(str, table.columns))
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise UsageError(f"X has more than one column {double!r}. Rename one of them.")


def _check_width(model: Any, width: int) -> None:
    trained = getattr(model, "n_features_in_", None)
    if isinstance(trained, int) and trained != width:
        raise UsageError(
            f"X has {width} columns and {type_name(model)} was trained with {trained}. "
            "Give the columns of its training."
        )


def _named_by_library(names: tuple[str, ...]) -> bool:
    """Whether InterpretML or LightGBM has named the columns of an array: a frame goes with them by position."""
    return all(_LIBRARY_NAME.fullmatch(name) for name in names)
