"""A metric's curve that grows and stays small: of each stretch of points the least, the greatest and what is no number.

Points are put into buckets as they come; when there are too many, neighbours are merged. So a curve of a million
points is made in one pass, costs a few thousand points to keep, and no extreme is ever lost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

MOST_BUCKETS = 2048


class CurvePoint(NamedTuple):
    """One point; `at` is a number that grows in the order of logging, `time` milliseconds since 1970."""

    at: int
    step: int
    time: int
    value: float


_Bucket = tuple[CurvePoint, ...]


class Curve:
    """A series, down-sampled while it grows. Not safe between threads.

    Parameters
    ----------
    most : int
        Buckets to keep at most.
    """

    def __init__(self, most: int = MOST_BUCKETS) -> None:
        self.total = 0
        self.most = most
        self._width = 1
        self._buckets: list[_Bucket] = []
        self._rest: list[CurvePoint] = []

    def __len__(self) -> int:
        """Return the number of buckets that are kept."""
        return len(self._buckets) + 1

    def begin(self, stretches: Sequence[_Bucket], total: int) -> None:
        """Take in what of so many points somebody else has kept, stretch by stretch."""
        self._buckets = list(stretches)
        self._width = max(1, total // max(1, len(self._buckets)))
        self.total = total
        self._coarsen(0)

    def extend(self, steps: Sequence[int], times: Sequence[int], values: Sequence[float]) -> None:
        """Take points in, in the order of logging."""
        start = 0
        if self._rest:
            # The last bucket is filled first.
            start = min(self._width - len(self._rest), len(values))
            at = range(self.total, self.total + start)
            self._rest += map(CurvePoint, at, steps[:start], times[:start], values[:start])
            if len(self._rest) == self._width:
                self._buckets.append(_reduced(self._rest))
                self._rest = []
        self._coarsen((len(values) - start) // self._width)
        offset = self.total
        for first in range(start, len(values), self._width):
            bucket = values[first : first + self._width]
            if len(bucket) == self._width:
                places = _extremes(bucket)
                self._buckets.append(_points(places, first, offset, steps, times, values))
            else:
                self._rest = list(_points(range(len(bucket)), first, offset, steps, times, values))
        self.total += len(values)

    def points(self, most: int) -> _Bucket:
        """Return at most so many points, in the order of logging; all where there are no more."""
        buckets = [*self._buckets, _reduced(self._rest)]
        together = 1
        while True:
            merged = buckets if together == 1 else _merged(buckets, together)
            kept = sum(map(len, merged))
            if kept <= most or len(merged) == 1:
                return tuple(point for bucket in merged for point in bucket)[:most]
            together = max(together + 1, together * kept // most)

    def _coarsen(self, more: int) -> None:
        """Merge neighbours until there is room for what comes."""
        while len(self._buckets) + more > self.most:
            self._buckets = _merged(self._buckets, 2)
            self._width *= 2
            more //= 2


def _merged(buckets: Sequence[_Bucket], together: int) -> list[_Bucket]:
    return [
        _reduced([point for bucket in buckets[at : at + together] for point in bucket])
        for at in range(0, len(buckets), together)
    ]


def _extremes(values: Sequence[float]) -> Sequence[int]:
    """Return the places of the least and the greatest number, and of what is none, in order."""
    if len(values) == 1:
        return (0,)
    # A sum is a number only if all of its parts are; min and max would pass over a NaN, or stop at it.
    if math.isfinite(sum(values)):
        low, high = values.index(min(values)), values.index(max(values))
        return (low,) if low == high else (low, high) if low < high else (high, low)
    return sorted(_special(values))


def _special(values: Sequence[float]) -> set[int]:
    places: dict[str, int] = {}
    for at, value in enumerate(values):
        if math.isnan(value):
            places.setdefault("nan", at)
        elif math.isinf(value):
            places.setdefault("inf" if value > 0 else "-inf", at)
        else:
            if "low" not in places or value < values[places["low"]]:
                places["low"] = at
            if "high" not in places or value > values[places["high"]]:
                places["high"] = at
    return set(places.values())


def _reduced(points: Sequence[CurvePoint]) -> _Bucket:
    """Return what of some points is kept."""
    if len(points) < 2:
        return tuple(points)
    return tuple(points[place] for place in _extremes([point.value for point in points]))


def _points(
    places: Sequence[int], first: int, offset: int, steps: Sequence[int], times: Sequence[int], values: Sequence[float]
) -> _Bucket:
    return tuple(
        CurvePoint(offset + first + place, steps[first + place], times[first + place], values[first + place])
        for place in places
    )
