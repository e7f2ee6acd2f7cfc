"""Which rows of the catalog's table an explorer shows, and in which order; kept for as long as nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from ...exceptions import UsageError
from ...tracking import Mask, NumberColumn, RunOrders, RunTable, TextColumn, flags_of
from .._query import parse_query
from ._query import fitting

GROUPINGS = ("experiment", "notebook")
FIELDS = (
    "submitted_at", "name", "status", "duration_s", "started_at", "ended_at", "experiment", "notebook", "user"
)  # fmt: skip
"""What runs may be sorted by, besides `metric.KEY`, `param.KEY` and `tag.KEY`."""

_MOST_KEPT = 32


class RunSelection(NamedTuple):
    """Runs, and an order for them.

    Parameters
    ----------
    query : str
        In the language of `_query.py`.
    sort : str
        One of `FIELDS`, or `metric.KEY`, `param.KEY`, `tag.KEY`; runs without it come last.
    order : str
        "asc" or "desc".
    group_by, group : str
        Only the runs of this "experiment" or "notebook"; all of them where `group_by` is empty.
    archived : bool
        Archived runs too.
    """

    query: str = ""
    sort: str = "submitted_at"
    order: str = "desc"
    group_by: str = ""
    group: str = ""
    archived: bool = False


EVERYTHING = RunSelection()
"""All runs that are not archived, newest first."""


class SelectedRows:
    """Rows in an order, looked for only as far as somebody asks. Under the table's lock.

    Parameters
    ----------
    order : iterator of int
        All rows.
    mask : int
        Those that are meant.
    height : int
        Rows that there are.
    """

    def __init__(self, order: Iterator[int], mask: Mask, height: int) -> None:
        flags = flags_of(mask, height)
        self.total = mask.bit_count()
        self._found: list[int] = []
        self._rest = filter(flags.__getitem__, order)

    def part(self, offset: int, limit: int) -> list[int]:
        """Return some of the rows."""
        self._found.extend(islice(self._rest, max(0, offset + limit - len(self._found))))
        return self._found[offset : offset + limit]

    def whole(self) -> list[int]:
        """Return all of the rows."""
        return self.part(0, self.total)


class Selections:
    """Answers selections. Under the table's lock.

    Parameters
    ----------
    table : RunTable
        Of the runs.
    """

    def __init__(self, table: RunTable) -> None:
        self._table = table
        self._orders = RunOrders(table)
        self._version = -1
        self._kept: dict[RunSelection, SelectedRows] = {}

    def rows(self, wanted: RunSelection) -> SelectedRows:
        """Return the rows that a selection means, in its order.

        Raises
        ------
        UsageError
            It means nothing: the message says which part.
        """
        if self._version != self._table.version or len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
            self._version = self._table.version
        rows = self._kept.get(wanted)
        if rows is None:
            rows = self._kept[wanted] = self._select(wanted)
        return rows

    def _select(self, wanted: RunSelection) -> SelectedRows:
        if wanted.order not in ("asc", "desc"):
            raise UsageError(f"Runs are sorted asc or desc, not {wanted.order[:80]!r}.")
        column = self._column(wanted.sort)
        mask = self._mask(wanted)
        if column is None:
            # No run has this key: all of them are without it, newest first.
            rows = self._orders.rows("submitted_at", self._table.numbers["submitted_at"], descending=True)
        else:
            rows = self._orders.rows(wanted.sort, column, descending=wanted.order == "desc")
        return SelectedRows(rows, mask, self._table.height)

    def _mask(self, wanted: RunSelection) -> Mask:
        mask = self._table.all & fitting(parse_query(wanted.query), self._table)
        if not wanted.archived:
            mask &= ~self._table.archived
        if wanted.group_by:
            mask &= grouping(self._table, wanted.group_by).equal_to(wanted.group)
        return mask

    def _column(self, sort: str) -> NumberColumn | TextColumn | None:
        """Return the column that a text names; None for a key that no run has.

        Raises
        ------
        UsageError
            It names none.
        """
        table = self._table
        if sort in FIELDS:
            return table.numbers[sort] if sort in table.numbers else table.texts[sort]
        namespace, _dot, key = sort.partition(".")
        if namespace == "metric" and key:
            return table.metrics.get(key)
        if namespace in ("param", "tag") and key:
            return (table.params if namespace == "param" else table.tags).get(key)
        raise UsageError(
            f"Runs cannot be sorted by {sort[:80]!r}. Use {', '.join(FIELDS)}, metric.KEY, param.KEY or tag.KEY."
        )


def grouping(table: RunTable, by: str) -> TextColumn:
    """Return the column that runs are grouped by.

    Raises
    ------
    UsageError
        There are no such groups.
    """
    if by not in GROUPINGS:
        raise UsageError(f"Runs cannot be grouped by {by[:80]!r}. Use {' or '.join(GROUPINGS)}.")
    return table.texts[by]
