"""Thins a metric's curve out while it grows, so that no run makes more points than TensorBoard can show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..tracking import Point

_FINE = 1_000
"""Points that a curve keeps before it is thinned out further."""


class Thinning:
    """Keeps of each bucket the least and the greatest point, and one that is no number; buckets grow with the curve.

    A curve of a thousand million points becomes one of twenty thousand, of which every extreme is exact. TensorBoard
    itself would keep a thousand points at random.

    Parameters
    ----------
    expected : int
        Points that the curve has already.
    """

    def __init__(self, expected: int = 0) -> None:
        self._size = 1 if expected <= _FINE else 2 * math.ceil(expected / _FINE)
        self._kept = 0
        self._rest: Sequence[Point] = ()

    def add(self, points: Sequence[Point]) -> Iterator[Point]:
        """Take points in, and yield those that are to be shown."""
        waiting = [*self._rest, *points]
        start = 0
        while start + self._size <= len(waiting):
            bucket = waiting[start : start + self._size]
            start += self._size
            yield from self._shown(bucket)
        self._rest = waiting[start:]

    def flush(self) -> Iterator[Point]:
        """Yield what a bucket that is not full has to show: for the end of the run."""
        rest, self._rest = self._rest, ()
        if rest:
            yield from self._shown(rest)

    def _shown(self, bucket: Sequence[Point]) -> list[Point]:
        shown = [bucket[index] for index in _extremes([point.value for point in bucket])]
        self._kept += len(shown)
        if self._kept >= _FINE:
            self._kept = 0
            self._size = max(4, 2 * self._size)
        return shown


def _extremes(values: list[float]) -> list[int]:
    """Return the positions of the least and the greatest value and of the first NaN, in the order of logging."""
    # A NaN among them shows in the sum, and so do two infinities, which do no harm here.
    if not math.isnan(sum(values)):
        return sorted({values.index(min(values)), values.index(max(values))})
    numbers = [(value, index) for index, value in enumerate(values) if not math.isnan(value)]
    found = {min(numbers)[1], max(numbers)[1]} if numbers else set()
    first_nan = next((index for index, value in enumerate(values) if math.isnan(value)), None)
    return sorted(found if first_nan is None else found | {first_nan})
