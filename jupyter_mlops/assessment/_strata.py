"""Strata: the combinations of control features, within which groups are compared with each other only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._columns import Column
from ._grouping import RowGroups, crossed

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Strata:
    """The rows by their control features.

    Parameters
    ----------
    codes : array of int, one a row
        The stratum; None without control features.
    levels : tuple of tuples of int
        Of each stratum the level of each control feature; empty without.
    """

    codes: np.ndarray[Any, Any] | None
    levels: tuple[tuple[int, ...], ...]

    def cells(self, groups: RowGroups) -> np.ndarray[Any, Any]:
        """Return for each row the number of its cell: of its group in its stratum."""
        return groups.codes if self.codes is None else self.codes * len(groups) + groups.codes


def read_strata(control: Sequence[Column], rows: int) -> Strata:
    """Return the strata that occur."""
    if not control or not rows:
        return Strata(None, ())
    found = crossed(control, tuple(range(len(control))))
    levels = tuple(tuple(int(column[number]) for column in found.levels) for number in range(len(found)))
    return Strata(found.codes, levels)
