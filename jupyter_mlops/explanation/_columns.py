"""What the columns of the data are: kinds, categories, missing values, and how the data lie along them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..entities import ExplainedFeatures, Figure, Figures, figure

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from ._subject import Subject

MOST_CATEGORIES = 20
"""Of a feature, the most frequent ones."""

_BINS = 20


def features_of(subject: Subject) -> ExplainedFeatures:
    """Return kinds, categories and missing values of the columns of a subject's data."""
    columns = [subject.column(index) for index in range(len(subject.names))]
    kinds = tuple("number" if is_number(column) else "category" for column in columns)
    return ExplainedFeatures(
        names=subject.names,
        kinds=kinds,  # type: ignore[arg-type]  # mypy widens the two words to str
        categories=tuple(
            tuple(map(str, categories_of(column))) if kind == "category" else ()
            for column, kind in zip(columns, kinds, strict=True)
        ),
        missing=tuple(int(column.isna().sum()) for column in columns),
    )


def is_number(column: pd.Series) -> bool:
    """Whether a column holds numbers; yes and no are categories."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return bool(is_numeric_dtype(column.dtype)) and not is_bool_dtype(column.dtype)


def categories_of(column: pd.Series) -> list[Any]:
    """Return the most frequent values of a column, ties in the order of their text.

    A value that only one row has would tell of that row: names and addresses are none.
    """
    counts = column.value_counts()
    ranked = sorted(zip(counts.index, counts, strict=True), key=lambda pair: (-pair[1], str(pair[0])))
    return [value for value, count in ranked if count > 1][:MOST_CATEGORIES]


def density_of(column: pd.Series) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Return where the values of a column lie: edges and counts, or categories and counts."""
    import numpy as np

    if not is_number(column):
        categories = categories_of(column)
        counts = column.value_counts()
        return tuple(map(str, categories)), tuple(int(counts[category]) for category in categories)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    values = values[np.isfinite(values)]
    if not len(values):
        return (), ()
    try:
        rows, edges = np.histogram(values, bins=_BINS)
    except ValueError:  # the values differ by so little that there are no 20 numbers between them
        rows, edges = np.histogram(values, bins=1)
    return figures(edges), figures(rows)


def figures(values: Iterable[float]) -> tuple[Figure, ...]:
    """Return numbers of any library as a report holds them."""
    import numpy as np

    return Figures(np.asarray(values if hasattr(values, "__len__") else list(values), dtype=float)).as_tuple()


def figure_rows(table: Any) -> tuple[tuple[Figure, ...], ...]:
    """Return a table of numbers as a report holds it, one tuple a row."""
    import numpy as np

    return tuple(map(figures, np.asarray(table, dtype=float)))


def cells(subject: Subject) -> tuple[tuple[Figure, ...], ...]:
    """Return the values of a subject's rows, which are few."""
    data = subject.data
    if subject.kind == "text":
        return tuple((cell(text),) for text in data)
    kinds = set(data.dtypes) if hasattr(data, "dtypes") else {data.dtype}
    if len(kinds) == 1 and getattr(kinds.pop(), "kind", "O") == "f":
        return figure_rows(data)
    rows = data.itertuples(index=False, name=None) if hasattr(data, "itertuples") else data.tolist()
    return tuple(tuple(map(cell, row)) for row in rows)


def cell(value: Any) -> Figure:
    """Return one value of the data: a number, or any other value as text."""
    from numbers import Real

    return str(value) if isinstance(value, bool) or not isinstance(value, Real) else figure(float(value))
