"""The catalog's rows in the order of a column: sorted once, then kept in order run by run.

Equal rows stand by their time of submission; rows without a value (and NaN) come last whichever way the rest goes.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from ._columns import NumberColumn, TextColumn
from ._table import RunTable

_MOST_ORDERS = 32
_MOST_REPAIRS = 1000


@dataclass
class _Order:
    """Rows with a value, least first, and those without, both oldest first; and rows that have changed since."""

    ranked: list[int]
    unranked: list[int]
    stale: set[int] = field(default_factory=set)


class RunOrders:
    """The orders that were asked for lately. Under the table's lock, as the table.

    Parameters
    ----------
    table : RunTable
        Whose `moved` rows are taken from it here, and nowhere else.
    """

    def __init__(self, table: RunTable) -> None:
        self._table = table
        self._submitted = table.numbers["submitted_at"]
        self._orders: dict[str, _Order] = {}

    def rows(self, name: str, column: NumberColumn | TextColumn, *, descending: bool) -> Iterator[int]:
        """Yield every row in the order of a column.

        Parameters
        ----------
        name : str
            Of the column, such as `metric.acc`: what was sorted is found again by it.
        column : NumberColumn or TextColumn
            A column of the table.
        descending : bool
            Largest first, and newest first among equals.
        """
        self._note_moves()
        order = self._orders.pop(name, None)
        if order is None or len(order.stale) > _MOST_REPAIRS:
            order = self._sort(column.sort_key)
        elif order.stale:
            self._repair(order, column.sort_key)
        self._orders[name] = order
        while len(self._orders) > _MOST_ORDERS:
            del self._orders[next(iter(self._orders))]
        ranked = reversed(order.ranked) if descending else order.ranked
        return chain(ranked, reversed(order.unranked))

    def _note_moves(self) -> None:
        moved = self._table.moved
        if moved:
            for order in self._orders.values():
                order.stale |= moved
            self._table.moved = set()

    def _age(self, row: int) -> tuple[float, int]:
        return self._submitted.get(row) or 0.0, row

    def _sort(self, key: Callable[[int], Any]) -> _Order:
        height = self._table.height
        ages = [age or 0.0 for age in map(self._submitted.get, range(height))]
        keys = list(map(key, range(height)))
        ranked: list[int] = []
        unranked: list[int] = []
        for row in sorted(range(height), key=ages.__getitem__):
            (unranked if keys[row] is None else ranked).append(row)
        ranked.sort(key=keys.__getitem__)
        return _Order(ranked, unranked)

    def _repair(self, order: _Order, key: Callable[[int], Any]) -> None:
        stale = order.stale
        order.ranked = [row for row in order.ranked if row not in stale]
        order.unranked = [row for row in order.unranked if row not in stale]
        for row in stale:
            if key(row) is None:
                insort(order.unranked, row, key=self._age)
            else:
                insort(order.ranked, row, key=lambda row: (key(row), *self._age(row)))
        order.stale = set()
