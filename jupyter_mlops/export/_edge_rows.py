"""Rows that nobody has in his data, and somebody will send: missing, unseen, extreme, or at a tree's threshold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ._inputs import missing
from ._quiet import quiet
from ._repairs._thresholds import decisive_values
from ._table import Table

_MOST_COLUMNS = 24
_MOST_THRESHOLDS = 48
_SINGLE = np.finfo(np.float32)
_TEXTS = (
    "",
    " ",
    "   ",
    "Ünïcödé ∆ 文字 🙂",
    "never seen before",
    "NaN",
    "a\tb\nc",
    "x" * 5000,
    "\x00",
    None,
    float("nan"),
)
_MOST_WORDS = 50
_NO_WHOLE = (float("nan"), float("inf"), float("-inf"))


def edge_rows(model: Any, table: Table, seed: int = 0) -> Table:
    """Return rows that differ from real ones in one column, and in all of a kind.

    Parameters
    ----------
    model : object
        Whose trees are looked at.
    table : Table
        Real rows; each edge row starts from one of them, and of none comes none.
    seed : int
        Of everything that is drawn.
    """
    if not len(table):
        return table
    made: list[Table] = []
    row = 0

    def add(*changes: tuple[int, Any]) -> None:
        nonlocal row
        try:
            with quiet():  # pandas warns of values that the column's own type has not
                made.append(table.changed(row % len(table), changes))
            row += 1
        except (TypeError, ValueError, OverflowError):  # the column's own type has no such value
            pass

    draw = np.random.default_rng(seed)
    every = np.arange(table.width)
    places = every if len(every) <= _MOST_COLUMNS else np.sort(draw.choice(every, _MOST_COLUMNS, replace=False))
    values = {int(place): list(_values(table.column(int(place)))) for place in places}
    for place, edges in values.items():
        for edge in edges:
            add((place, edge))
    if table.width > 1:
        for turn in range(max(map(len, values.values()))):
            add(*((place, edges[turn % len(edges)]) for place, edges in values.items() if edges))
    for place, value in decisive_values(model, table, _MOST_THRESHOLDS, seed):
        with quiet():  # what is beyond float32 is infinite
            near = np.float32(value)
        below, above = np.nextafter(near, -_SINGLE.max), np.nextafter(near, _SINGLE.max)
        for edge in dict.fromkeys((value, float(near), float(below), float(above))):
            add((place, edge))
    whole = [place for place in values if table.column(place).dtype.kind in "iu"]
    made += _beyond_whole(table.take(range(min(len(table), len(_NO_WHOLE)))), whole)
    return Table.joined(made) if made else table.take([0])


def _beyond_whole(table: Table, places: list[int]) -> Iterator[Table]:
    """Yield rows with what whole numbers cannot be: a file that takes them as numbers is sent these too."""
    loose = table.as_numbers(places) if places else table
    for place in places:
        yield from (loose.changed(row % len(table), [(place, edge)]) for row, edge in enumerate(_NO_WHOLE))


def _values(column: np.ndarray[Any, Any]) -> Iterator[Any]:
    if column.dtype.kind == "b":
        yield from (True, False)
    elif column.dtype.kind in "iu":
        yield from _whole(column)
    elif column.dtype.kind == "f":
        yield from _numbers(column)
    else:
        present = [value for value in column if not missing(value)]
        if present and all(isinstance(value, str) for value in present):
            yield from _TEXTS
            yield present[0].swapcase()
            yield present[-1] + " "
            words = present[0].split()[:_MOST_WORDS]
            yield from (" ".join(f"{word}é" for word in words), " ".join(f"é{word}" for word in words))
            yield "\u00a0".join(words)  # which is a space in Python, and nowhere else
        elif present and all(isinstance(value, (int, float, np.number)) for value in present):
            yield None
            yield from _numbers(np.array(present, dtype=np.float64))


def _whole(column: np.ndarray[Any, Any]) -> Iterator[int]:
    bounds = np.iinfo(column.dtype)
    yield from (0, 1, -1, 2**24 + 1, bounds.min, bounds.max, int(column.max()) + 1, int(column.min()) - 1)


def _numbers(column: np.ndarray[Any, Any]) -> Iterator[float]:
    known = column[np.isfinite(column)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (-1.0, 1.0)
    yield from (np.nan, np.inf, -np.inf, 0.0, -0.0)
    yield from (low - 10 * (high - low), high + 10 * (high - low), low + (high - low) / 3)
    yield from (float(_SINGLE.max), -float(_SINGLE.max), float(_SINGLE.tiny), float(_SINGLE.smallest_subnormal))
    if column.dtype == np.float64:
        double = np.finfo(np.float64)
        yield from (float(double.max), float(double.tiny), 1.0 + float(double.eps))
