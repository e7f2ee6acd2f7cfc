"""Which groups' figures are withheld: the small ones, and those that would tell them by subtraction.

All rows less the men are the women: to withhold a small group alone hides nothing. So of the groups into which another
one falls, either none is withheld, or at least two that together are no small group. Each time the smallest of the
others is added, as statistical offices do; to withhold as little as possible is a hard problem of its own. What
equations of many tables tell is not looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from ._grouping import RowGroups
from ._strata import Strata

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Withheld:
    """What must not be known of one partition.

    Parameters
    ----------
    cells : array of bool
        Its groups, in each stratum.
    strata : array of bool
        Strata of which not even the figures of all rows may be known; one where there are no control features.
    """

    cells: Numbers
    strata: Numbers

    def hides_stratum_of(self, cell: int) -> bool:
        """Whether the figures of all rows of a cell's stratum must not be known."""
        return bool(self.strata[cell // (len(self.cells) // len(self.strata))])


def withhold(groups: Sequence[RowGroups], strata: Strata, smallest: int) -> list[Withheld]:
    """Return for each partition what is withheld so that no group of fewer rows than `smallest` is told."""
    import numpy as np

    count = max(1, len(strata.levels))
    of_rows = [strata.cells(part) for part in groups]
    tables = [_Table.of(cells, count * len(part), smallest) for cells, part in zip(of_rows, groups, strict=True)]
    whole = np.zeros(len(of_rows[0]), dtype=np.int64) if strata.codes is None else strata.codes
    # Without control features the figures of all rows are always shown.
    everything = _Table.of(whole, count, smallest if strata.levels else 0)
    if any(table.withheld.any() for table in tables):
        _protect(_falls(groups, of_rows, tables, whole, everything), smallest)
    return [Withheld(table.withheld, everything.withheld) for table in tables]


@dataclass(frozen=True)
class _Table:
    """Rows by cell, and which cells are withheld; these become more."""

    sizes: Numbers
    withheld: Numbers

    @classmethod
    def of(cls, cells: Numbers, count: int, smallest: int) -> _Table:
        import numpy as np

        sizes = np.bincount(cells, minlength=count)
        return cls(sizes, (sizes > 0) & (sizes < smallest))


@dataclass(frozen=True)
class _Fall:
    """Cells of a table fall into those of a finer one: `above` says, for each of its `cells`, where it comes from."""

    coarse: _Table
    fine: _Table
    cells: Numbers
    above: Numbers

    @classmethod
    def of(cls, coarse: _Table, fine: _Table, coarse_of_rows: Numbers, fine_of_rows: Numbers) -> _Fall:
        import numpy as np

        cells, first = np.unique(fine_of_rows, return_index=True)
        return cls(coarse, fine, cells, coarse_of_rows[first])

    def protect(self, smallest: int) -> bool:
        """Withhold one cell more wherever subtraction tells a withheld one; return whether there was any."""
        import numpy as np

        count = len(self.coarse.sizes)
        hidden = self.fine.withheld[self.cells]
        parts = np.bincount(self.above, weights=hidden, minlength=count)
        rows = np.bincount(self.above, weights=hidden * self.fine.sizes[self.cells], minlength=count)
        is_told = ~self.coarse.withheld & (parts > 0) & ((parts < 2) | (rows < smallest))
        is_sum = self.coarse.withheld & (parts == 0) & (self.coarse.sizes > 0)
        exposed = is_told | is_sum
        if not exposed.any():
            return False
        open_cells = self.cells[exposed[self.above] & ~hidden]
        open_above = self.above[exposed[self.above] & ~hidden]
        order = np.lexsort((open_cells, self.fine.sizes[open_cells], open_above))
        _, first = np.unique(open_above[order], return_index=True)
        self.fine.withheld[open_cells[order][first]] = True
        # Where the whole is one part only, it says what the part says.
        exposed[open_above] = False
        self.coarse.withheld[exposed] = True
        return True


def _falls(
    groups: Sequence[RowGroups],
    of_rows: Sequence[Numbers],
    tables: Sequence[_Table],
    whole: Numbers,
    everything: _Table,
) -> list[_Fall]:
    """Return how each partition falls into each finer one, and all rows into each."""
    numbers = range(len(groups))
    inner = [
        _Fall.of(tables[coarse], tables[fine], of_rows[coarse], of_rows[fine])
        for coarse, fine in product(numbers, numbers)
        if set(groups[coarse].features) < set(groups[fine].features)
    ]
    return [_Fall.of(everything, tables[fine], whole, of_rows[fine]) for fine in numbers] + inner


def _protect(falls: Sequence[_Fall], smallest: int) -> None:
    while any(fall.protect(smallest) for fall in falls):
        pass  # What one fall withholds, another one may tell; each round withholds more, so it ends.
