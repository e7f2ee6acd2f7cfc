"""Numbers that JSON can hold and JavaScript can read, and the way back."""

from __future__ import annotations

import math
from typing import TypeAlias

Figure: TypeAlias = float | str
"""A number, or the word for one that JSON has not: "NaN", "Infinity", "-Infinity", a whole number beyond 2**53."""

_LARGEST_EXACT = 2**53


def figure(value: float) -> Figure:
    """Return a number as JSON can hold it and JavaScript can read it."""
    if math.isfinite(value):
        return value if abs(value) <= _LARGEST_EXACT or not float(value).is_integer() else str(int(value))
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def figure_value(value: Figure) -> float:
    """Return the number that a figure stands for."""
    return float(value)
