"""A figure with its interval: as text, and as a dot on a line."""

from __future__ import annotations

import math
from typing import NamedTuple

from .._elements import Element
from ..entities import Figure, estimate_text
from ._markup import COLOURS, tag

_WIDTH = 240
_HEIGHT = 18
_ROOM = 6


class Estimate(NamedTuple):
    """A figure, and the bounds of its interval; NaN where there is none."""

    value: float
    low: float = math.nan
    high: float = math.nan

    @classmethod
    def at(cls, tables: tuple[tuple[tuple[Figure, ...], ...], ...], row: int, column: int) -> Estimate:
        """Return what stands at a place of the tables of values, lows and highs; NaN outside of them."""
        return cls(*(_cell(table, row, column) for table in tables))

    def __str__(self) -> str:
        """Return `0.21 (0.17 to 0.25)`, a dash where there is no figure."""
        return estimate_text(*self)


class Scale:
    """From figures to places in a picture of the width of a cell."""

    def __init__(self, estimates: list[Estimate]) -> None:
        finite = [value for estimate in estimates for value in estimate if math.isfinite(value)]
        self._low = min(finite, default=0.0)
        self._span = (max(finite, default=1.0) - self._low) or 1.0

    def place(self, value: float) -> float | None:
        """Return pixels from the left; None for what is no number."""
        if not math.isfinite(value) or not math.isfinite(self._span):
            return None
        return round(_ROOM + (value - self._low) / self._span * (_WIDTH - 2 * _ROOM), 1)

    def dots(self, estimates: list[Estimate], hollow: list[bool]) -> Element:
        """Return a picture with one line a model: its dot, and its interval."""
        parts = []
        for number, (estimate, is_hollow) in enumerate(zip(estimates, hollow, strict=True)):
            y, colour = _HEIGHT * number + _HEIGHT / 2, COLOURS[number % len(COLOURS)]
            value, low, high = (self.place(each) for each in estimate)
            if low is not None and high is not None:
                parts.append(tag("line", x1=low, x2=high, y1=y, y2=y, stroke=colour, stroke_width=1.5))
            if value is not None:
                fill = "none" if is_hollow else colour
                parts.append(_mark(number, value, y, fill=fill, stroke=colour, stroke_width=1.5))
        return _picture(parts, len(estimates))

    def bar(self, estimate: Estimate) -> Element:
        """Return a picture with a bar from 0, and its interval."""
        zero, value, low, high = (self.place(each) for each in (0.0, *estimate))
        parts = []
        if zero is not None and value is not None:
            left, width = min(zero, value), abs(value - zero)
            parts.append(tag("rect", x=left, width=width, y=4, height=_HEIGHT - 8, fill=COLOURS[0]))
        if low is not None and high is not None:
            parts.append(
                tag("line", x1=low, x2=high, y1=_HEIGHT / 2, y2=_HEIGHT / 2, stroke="#888888", stroke_width=1.5)
            )
        return _picture(parts, 1)


def mark_text(number: int, is_hollow: bool) -> str:
    """Return a model's mark for a legend: its form tells it where its colour cannot."""
    return _FORMS[number % len(_FORMS)][is_hollow]


def _mark(number: int, x: float, y: float, **looks: str | float) -> Element:
    """Return a model's mark at a place: a disc, or the outline of its form."""
    outline = _OUTLINES[number % len(_OUTLINES)]
    if not outline:
        return tag("circle", cx=x, cy=y, r=4, **looks)
    points = " ".join(f"{x + across:g},{y + down:g}" for across, down in (*outline, outline[0]))
    return tag("polyline", points=points, **looks)


_FORMS = ("●○", "■□", "◆◇", "▲△", "▼▽")
_OUTLINES: tuple[tuple[tuple[float, float], ...], ...] = (
    (),
    ((-4, -4), (4, -4), (4, 4), (-4, 4)),
    ((0, -5), (5, 0), (0, 5), (-5, 0)),
    ((0, -5), (5, 4), (-5, 4)),
    ((0, 5), (5, -4), (-5, -4)),
)
"""The forms of the labextension's marks, in its order."""


def _cell(table: tuple[tuple[Figure, ...], ...], row: int, column: int) -> float:
    if row >= len(table) or column >= len(table[row]):
        return math.nan
    return float(table[row][column])


def _picture(parts: list[Element], lines: int) -> Element:
    height = _HEIGHT * lines
    return tag("svg", *parts, width=_WIDTH, height=height, viewBox=f"0 0 {_WIDTH} {height}", aria_hidden="true")
