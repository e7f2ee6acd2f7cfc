"""Metric curves as the run view asks for them: the runs looked at last are kept, and read only what came since."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection

from ...entities import Figure, MetricPage, MetricSeries, figure
from ...exceptions import TrackingError, UsageError
from ...tracking import Curve, RunCurves
from .._names import clean_name

MOST_POINTS = 2000
LEAST_POINTS = 10
MOST_SERIES = 200
"""Curves of a page."""

_MOST_RUNS, _MOST_BUCKETS = 64, 300_000
_LARGEST_WHOLE = 2**53


class _Kept:
    """One run's curves, and who may read them."""

    def __init__(self, curves: RunCurves) -> None:
        self.curves = curves
        self.lock = threading.Lock()


class CurveShelf:
    """Reads curves and keeps what was read. Safe to share between threads.

    Parameters
    ----------
    find : callable
        Return what reads a run's curves; raise `RunNotFoundError` where there is no such run.
    """

    def __init__(self, find: Callable[[str], RunCurves]) -> None:
        self._find = find
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def page(self, run_id: str, keys: Collection[str], points: int) -> MetricPage:
        """Return curves of a run; see `RunCatalog.curves`."""
        if not LEAST_POINTS <= points <= MOST_POINTS:
            raise UsageError(f"A curve has {LEAST_POINTS} to {MOST_POINTS} points, not {points}.")
        kept = self._run(run_id)
        with kept.lock:
            try:
                curves = kept.curves.read(keys)
            except (sqlite3.Error, OSError, ValueError) as error:
                raise TrackingError(f"The store of run {run_id} cannot be read: {error}. Try again.") from error
            series = tuple(_series(run_id, key, curve, points) for key, curve in list(curves.items())[:MOST_SERIES])
            total = kept.curves.total
        self._let_go()
        return MetricPage(series=series, total=total)

    def _run(self, run_id: str) -> _Kept:
        found = self._find(run_id)
        with self._lock:
            kept = self._kept.pop(run_id, None)
            # A collected run is read from the store from then on, one of a store that has moved from its new place.
            if kept is None or kept.curves.source != found.source:
                kept = _Kept(found)
            self._kept[run_id] = kept
        return kept

    def _let_go(self) -> None:
        """Forget the runs that were not asked for lately, so that memory stays bounded."""
        with self._lock:
            while len(self._kept) > 1 and (
                len(self._kept) > _MOST_RUNS or sum(kept.curves.size for kept in self._kept.values()) > _MOST_BUCKETS
            ):
                self._kept.popitem(last=False)


def _series(run_id: str, key: str, curve: Curve, points: int) -> MetricSeries:
    chosen = curve.points(points)
    return MetricSeries(
        run_id=run_id,
        key=clean_name(key),
        steps=tuple(_whole(point.step) for point in chosen),
        times=tuple(point.time for point in chosen),
        values=tuple(figure(point.value) for point in chosen),
        total=curve.total,
    )


def _whole(number: int) -> Figure:
    """Return a step as the wire takes it: a word where JavaScript would change it."""
    return number if -_LARGEST_WHOLE <= number <= _LARGEST_WHOLE else str(number)
