"""What is explained: a fitted model with the data it is explained on, checked once and for all methods."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from ._task import Task, require_model, task_of, type_name, unwrapped

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_LIBRARY_NAME = re.compile(r"(feature_|Column_)\d+")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A model and data that go together. Made by `subject`; `data` is what the model was trained to take.

    Parameters
    ----------
    model : object
        As the user gave it: a search or a pipeline is explained as a whole.
    data : DataFrame or ndarray, optional
        Two-dimensional, with the columns that the model was trained with; None when no data were given.
    target : ndarray, optional
        One label or number a row.
    task : Task
        What the model answers.
    notes : tuple of str
        What was left out of the data.
    """

    model: Any
    data: Any
    target: np.ndarray[Any, Any] | None
    task: Task
    notes: tuple[str, ...] = ()

    @cached_property
    def core(self) -> Any:
        """The model itself, where a search or a pipeline of one step is only wrapped around it."""
        return unwrapped(self.model)

    @property
    def rows(self) -> int:
        """Rows of the data."""
        return 0 if self.data is None else len(self.data)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns; those of an array are what the model calls them, else x0, x1, ..."""
        if self.data is None:
            return _trained_names(self.core)
        if hasattr(self.data, "columns"):
            return tuple(map(str, self.data.columns))
        trained = _trained_names(self.model)
        return trained if len(trained) == self.data.shape[1] else tuple(f"x{i}" for i in range(self.data.shape[1]))

    def column(self, index: int) -> pd.Series:
        """Return a column as a series with the type that its values have."""
        import pandas as pd

        if isinstance(self.data, pd.DataFrame):
            return self.data.iloc[:, index]
        assert self.data is not None  # who asks for columns has checked
        return pd.Series(self.data[:, index]).infer_objects()

    def require_data(self, method: str, least: int = 1) -> None:
        """Raise `UsageError` when there are fewer rows than a method needs."""
        if self.data is None:
            raise UsageError(f"{method} needs data: say which with -X, such as %explain model -X X_test -y y_test.")
        if self.rows < least:
            rows = "1 row" if self.rows == 1 else f"{self.rows} rows"
            raise UsageError(f"{method} needs at least {least} rows, and X has {rows}. Give more of the data.")

    def chosen(self, rows: tuple[int, ...]) -> Subject:
        """Return the same subject with these rows only."""
        taken = list(rows)
        data = self.data.iloc[taken] if hasattr(self.data, "iloc") else None if self.data is None else self.data[taken]
        return replace(self, data=data, target=None if self.target is None else self.target[taken])

    def sampled(self, most: int, seed: int) -> Subject:
        """Return the same subject with at most so many rows, drawn without replacement and in their order."""
        if self.rows <= most:
            return self
        import numpy as np

        drawn = np.sort(np.random.RandomState(seed).choice(self.rows, most, replace=False))
        return self.chosen(tuple(int(row) for row in drawn))


def subject(model: Any, data: Any = None, target: Any = None) -> Subject:
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
    table, notes = _trained_columns(model, _table(data))
    if not len(table):
        raise UsageError("X has no rows. Give some of the data that the model is to be explained on.")
    labels = _labels(target, len(table))
    task = replace(task_of(model, table, labels), target_name=_name_of(target))
    return Subject(model=model, data=table, target=labels, task=task, notes=notes)


def check_rows(wanted: tuple[int, ...], rows: int) -> None:
    """Raise `UsageError` for the number of a row that the data have not."""
    for row in wanted:
        if not 0 <= row < rows:
            raise UsageError(f"There is no row {row}: X has {rows} rows, 0 to {rows - 1}.")


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
        raise UsageError(f"X is no table: it has {table.ndim} dimensions ({shape}). Explained are rows and columns.")
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

    trained = _trained_names(model)
    is_frame = isinstance(table, pd.DataFrame)
    if not trained or (is_frame and _named_by_library(trained) and not set(trained) & set(map(str, table.columns))):
        _check_width(model, table.shape[1])
        return table, ()
    if is_frame:
        return _in_trained_order(model, trained, table)
    _check_width(model, table.shape[1])
    return (table if _named_by_library(trained) else pd.DataFrame(table, columns=list(trained))), ()


def _in_trained_order(
    model: Any, trained: tuple[str, ...], table: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    columns = {str(column): column for column in table.columns}
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


def _check_width(model: Any, width: int) -> None:
    trained = getattr(model, "n_features_in_", None)
    if isinstance(trained, int) and trained != width:
        raise UsageError(
            f"X has {width} columns and {type_name(model)} was trained with {trained}. "
            "Give the columns of its training."
        )


def _trained_names(model: Any) -> tuple[str, ...]:
    names = getattr(model, "feature_names_in_", None)
    return () if names is None else tuple(map(str, names))


def _named_by_library(names: tuple[str, ...]) -> bool:
    """Whether InterpretML or LightGBM has named the columns of an array: a frame goes with them by position."""
    return all(_LIBRARY_NAME.fullmatch(name) for name in names)
