"""Thins a metric's curve out while it grows, so that no run makes more points than TensorBoard can show."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..tracking import TailPoint

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
        self._bucket: list[TailPoint] = []

    def add(self, point: TailPoint) -> Iterator[TailPoint]:
        """Take a point in, and yield those that are to be shown."""
        self._bucket.append(point)
        if len(self._bucket) >= self._size:
            yield from self.flush()

    def flush(self) -> Iterator[TailPoint]:
        """Yield what a bucket that is not full has to show: for the end of the run."""
        bucket, self._bucket = self._bucket, []
        for index in _extremes(bucket):
            self._kept += 1
            yield bucket[index]
        if self._kept >= _FINE:
            self._kept = 0
            self._size = max(4, 2 * self._size)


def _extremes(bucket: list[TailPoint]) -> list[int]:
    """Return the positions of the least and the greatest value and of the first NaN, in the order of logging."""
    numbers = [(point.value, index) for index, point in enumerate(bucket) if not math.isnan(point.value)]
    found = {min(numbers)[1], max(numbers)[1]} if numbers else set()
    first_nan = next((index for index, point in enumerate(bucket) if math.isnan(point.value)), None)
    return sorted(found if first_nan is None else found | {first_nan})
