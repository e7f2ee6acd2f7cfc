"""Numbers that JSON can hold and JavaScript can read, and the way back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

if TYPE_CHECKING:
    import numpy as np

Figure: TypeAlias = float | str
"""A number, or the word for one that JSON has not: "NaN", "Infinity", "-Infinity", a whole number beyond 2**53."""

if TYPE_CHECKING:
    FigureColumn: TypeAlias = Sequence[Figure]
else:
    FigureColumn = tuple[Figure, ...]
"""Many figures: `Figures` where a method has just found them, a tuple where they were read from JSON."""

_LARGEST_EXACT = 2**53


def figure(value: float) -> Figure:
    """Return a number as JSON can hold it and JavaScript can read it."""
    if math.isfinite(value):
        return value if abs(value) <= _LARGEST_EXACT or not float(value).is_integer() else str(int(value))
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def figure_value(value: Figure) -> float:
    """Return the number that a figure stands for."""
    return float(value)


class Figures(Sequence[Figure]):
    """The figures of an array, made when somebody looks at them: a report of many curves is asked for few.

    Immutable, and equal to the tuple of the same figures; pickled and copied it is that tuple.

    Parameters
    ----------
    numbers : ndarray
        Floats, one-dimensional; they are copied, for whoever has the array may change it.
    """

    __slots__ = ("_figures", "_numbers")

    def __init__(self, numbers: np.ndarray[Any, Any]) -> None:
        self._numbers: np.ndarray[Any, Any] | None = numbers.copy()
        self._figures: tuple[Figure, ...] = ()

    def as_tuple(self) -> tuple[Figure, ...]:
        """Return the same figures as a tuple, always the same one."""
        numbers = self._numbers  # another thread may be at it too
        if numbers is not None:
            values = numbers.tolist()
            self._figures = tuple(values if (abs(numbers) <= _LARGEST_EXACT).all() else map(figure, values))
            self._numbers = None
        return self._figures

    def __len__(self) -> int:
        numbers = self._numbers
        return len(self._figures if numbers is None else numbers)

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.as_tuple())

    @overload
    def __getitem__(self, place: int) -> Figure: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Figure, ...]: ...
    def __getitem__(self, place: int | slice) -> Figure | tuple[Figure, ...]:
        return self.as_tuple()[place]

    def __eq__(self, other: object) -> bool:
        return self.as_tuple() == (other.as_tuple() if isinstance(other, Figures) else other)

    def __hash__(self) -> int:
        return hash(self.as_tuple())

    def __repr__(self) -> str:
        return repr(self.as_tuple())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self.as_tuple(),)


def plain(value: object) -> tuple[Figure, ...]:
    """Return figures as msgspec knows them, for its `enc_hook`."""
    if isinstance(value, Figures):
        return value.as_tuple()
    raise NotImplementedError(f"{type(value).__name__} has no place in JSON")
