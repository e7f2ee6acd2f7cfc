"""Rows in groups: by each sensitive feature alone, then by several together. A group has at least one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from ._columns import Column

if TYPE_CHECKING:
    import numpy as np

MOST_CROSSED = 3
"""Sensitive features of which all combinations are looked at together; of more, each two."""


@dataclass(frozen=True)
class RowGroups:
    """A partition of the rows.

    Parameters
    ----------
    features : tuple of int
        The columns that make it, by number.
    codes : array of int, one a row
        Number of the row's group.
    levels : tuple of arrays of int
        For each feature the level of each group.
    """

    features: tuple[int, ...]
    codes: np.ndarray[Any, Any]
    levels: tuple[np.ndarray[Any, Any], ...]

    def __len__(self) -> int:
        return len(self.levels[0])


def row_groups(columns: Sequence[Column]) -> list[RowGroups]:
    """Return every partition that a report has: each column alone, each two, and all of up to three."""
    numbers = range(len(columns))
    sizes = [1, 2, 3] if len(columns) <= MOST_CROSSED else [1, 2]
    return [crossed(columns, chosen) for size in sizes for chosen in combinations(numbers, size)]


def crossed(columns: Sequence[Column], chosen: tuple[int, ...]) -> RowGroups:
    """Return the rows by the combinations of some columns, in the order of their levels."""
    first, *others = (columns[number] for number in chosen)
    codes, occurring = _dense(first.codes, len(first.feature.levels))
    levels = (occurring,)
    for column in others:  # one by one: of many columns, all combinations are more than a number can count
        width = len(column.feature.levels)
        codes, occurring = _dense(codes * width + column.codes, len(occurring) * width)
        levels = (*(known[occurring // width] for known in levels), occurring % width)
    return RowGroups(chosen, codes, levels)


def _dense(codes: np.ndarray[Any, Any], upper: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return codes without gaps, and the old code of each new one; a small table is quicker than sorting."""
    import numpy as np

    if upper > max(1_000_000, 4 * len(codes)):
        occurring, dense = np.unique(codes, return_inverse=True)
        return dense, occurring
    occurring = np.flatnonzero(np.bincount(codes, minlength=upper))
    table = np.zeros(upper, dtype=np.int64)
    table[occurring] = np.arange(len(occurring))
    return table[codes], occurring
