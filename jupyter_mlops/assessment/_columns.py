"""A sensitive or control feature as levels and numbers: text as it is, numbers in bins, what is missing apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..entities import FairnessFeature
from ..exceptions import UsageError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_WHOLE_NUMBERS = 20
MOST_FRACTIONS = 10
"""Distinct numbers that are still taken for names of groups: whole ones, and others."""

MISSING = "missing"
"""What the group of rows without a value is called; a mitigator is fitted on this word too."""


@dataclass(frozen=True)
class Column:
    """A feature and, for each row, the number of its level."""

    feature: FairnessFeature
    codes: np.ndarray[Any, Any]


def read_column(name: str, values: Any, rows: int, bins: int) -> Column:
    """Return a feature's levels and the level of each row.

    Parameters
    ----------
    name : str
        For people.
    values : array, Series or list
        One a row.
    rows : int
        How many there must be.
    bins : int
        For continuous values: parts of equal size; 0 keeps every value a level.

    Raises
    ------
    UsageError
        The column has another length, several dimensions, or values that cannot be groups.
    """
    import pandas as pd

    series = values if isinstance(values, pd.Series) else _series(name, values)
    if len(series) != rows:
        raise UsageError(f"{name} has {len(series):,} rows and y has {rows:,}. Take both from the same split.")
    times = _times(series) if bins else None
    if times is not None and times.nunique() > MOST_WHOLE_NUMBERS:
        return _cut_times(name, times, bins)
    if bins and _is_continuous(series):
        return _binned(name, series, bins)
    if isinstance(series.dtype, pd.CategoricalDtype):
        used = series.cat.remove_unused_categories().cat
        return _leveled(name, used.codes.to_numpy(), list(used.categories))
    return _factorized(name, series)


def _series(name: str, values: Any) -> pd.Series:
    import numpy as np
    import pandas as pd

    if isinstance(values, pd.DataFrame):
        if values.shape[1] != 1:
            raise UsageError(f"{name} has {values.shape[1]} columns. Name them one by one.")
        return values.iloc[:, 0]
    if isinstance(values, pd.Categorical | pd.api.extensions.ExtensionArray | pd.Index):
        return pd.Series(values)
    try:
        array = np.asarray(values)
    except ValueError:
        raise UsageError(f"{name} has rows of several lengths; a feature is one value a row.") from None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise UsageError(f"{name} has the shape {array.shape}; a feature is one value a row.")
    return pd.Series(array)


def _times(series: pd.Series) -> pd.Series | None:
    """Return dates and times as seconds since 1970; None for other values."""
    import pandas as pd
    from pandas.api import types

    is_boxed = series.dtype == object and types.infer_dtype(series, skipna=True) in ("date", "datetime")
    if not is_boxed and not types.is_datetime64_any_dtype(series.dtype):
        return None
    try:
        return (pd.to_datetime(series, utc=True) - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(1, "s")
    except (ValueError, OverflowError):  # a year that pandas cannot hold
        return None


def _is_continuous(series: pd.Series) -> bool:
    """Whether a column is measured rather than named."""
    from pandas.api import types

    if types.is_bool_dtype(series.dtype) or not types.is_numeric_dtype(series.dtype):
        return False
    distinct = series.dropna().unique()
    if len(distinct) <= MOST_FRACTIONS:
        return False
    return len(distinct) > MOST_WHOLE_NUMBERS or not bool((distinct % 1 == 0).all())


def _binned(name: str, series: pd.Series, bins: int) -> Column:
    """Cut at the quantiles; a bin includes its upper bound. The ends are open: the largest value is somebody's."""
    import numpy as np

    numbers = series.to_numpy(dtype=float, na_value=np.nan)
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        raise UsageError(f"{name} has no finite number, so it cannot be cut into bins. Give it as text.")
    edges = np.unique(np.quantile(finite, _inner(bins)))
    edges = edges[edges < finite.max()]
    codes = np.searchsorted(edges, numbers, side="left")
    levels = _parts([f"{edge:.6g}" for edge in edges])
    return _leveled(name, np.where(np.isnan(numbers), -1, codes), levels, tuple(map(float, edges)))


def _cut_times(name: str, times: pd.Series, bins: int) -> Column:
    """Cut at quantiles that are times of the data, told by their days where they have no hours."""
    import numpy as np

    seconds = times.to_numpy(dtype=float)
    edges = np.unique(np.nanquantile(seconds, _inner(bins), method="nearest"))
    edges = edges[edges < np.nanmax(seconds)]
    unit = "D" if not (edges % 86_400).any() else "s"
    shown = edges.astype("int64").astype("datetime64[s]").astype(f"datetime64[{unit}]").astype(str)
    codes = np.searchsorted(edges, seconds, side="left")
    return _leveled(name, np.where(np.isnan(seconds), -1, codes), _parts(shown), tuple(map(float, edges)))


def _inner(bins: int) -> np.ndarray[Any, Any]:
    """Return the quantiles between bins."""
    import numpy as np

    return np.linspace(0, 1, bins + 1)[1:-1]


def _parts(edges: Sequence[str]) -> list[str]:
    """Return what the parts are called that lie between edges, and beyond the outer ones."""
    if not len(edges):
        return ["every value"]
    return [f"up to {edges[0]}", *(f"{low} to {high}" for low, high in pairwise(edges)), f"above {edges[-1]}"]


def _factorized(name: str, series: pd.Series) -> Column:
    import pandas as pd

    try:
        codes, found = pd.factorize(series)
    except TypeError as error:
        raise UsageError(f"{name} holds values that cannot be groups: {error}. Give it as text.") from None
    values = list(found)
    order = sorted(range(len(values)), key=lambda number: _sort_key(values[number]))
    rank = {old: new for new, old in enumerate(order)}
    ranked = pd.Series(codes).map(rank).fillna(-1).to_numpy(dtype="int64")
    return _leveled(name, ranked, [values[number] for number in order])


def _sort_key(value: Any) -> tuple[int, float, str]:
    """Order numbers by size, before text by its letters; a column may hold both."""
    is_number = isinstance(value, int | float)
    return (0, float(value), "") if is_number else (1, 0.0, str(value))


def _text(value: Any) -> str:
    """Return a value as people read it: a whole number, of whatever type, has no point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _leveled(name: str, codes: np.ndarray[Any, Any], values: list[Any], edges: tuple[float, ...] = ()) -> Column:
    """Return the column; rows of the code -1 are missing, and get a level of their own behind the others."""
    import numpy as np

    texts = list(map(_text, values))
    if len(set(texts)) < len(texts):
        texts = [repr(value) for value in values]
    numbers = codes.astype(np.int64)
    is_missing = numbers < 0
    missing = None
    if is_missing.any():
        missing = len(texts)
        numbers[is_missing] = missing
        texts.append(MISSING if MISSING not in texts else f"({MISSING})")
    return Column(FairnessFeature(name=name, levels=tuple(texts), edges=edges, missing=missing), numbers)
