"""The courses that a list draws of runs which only a store has: read when somebody looks at their rows, and kept.

A run of ours has its course in its summary, made while its files are read. Of another tool's the summary is made of
last values, 100,000 at once: points are looked up for the few rows that are in sight.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from ...entities import Figure, RunSummary, RunTrend, RunTrends, figure
from ...tracking import read_trends, sqlite_path
from .._summary import headline
from ._remote_trends import RemoteTrends, WantedTrend

MOST_ASKED = 100
"""Runs of a question: more than a screen has lines."""

BUDGET_S = 0.5
"""For so long a question reads local stores; what is left is read by the next."""

_MOST_KEPT = 2000
_REST, _BRIEF_S = 50, 0.05
"""A course that took longer to read is, while its run goes on, read again after so many times as long."""

_CUT_REST_S = 15.0
"""After so long a course is tried again that could not be read in time: on a busy machine, or for good."""


class _Kept(NamedTuple):
    key: str
    stamp: int
    values: tuple[Figure, ...]
    again_at: float
    is_cut: bool = False


class TrendShelf:
    """Reads courses and keeps what was read. Safe to share between threads.

    Parameters
    ----------
    tell : callable
        Called from a thread of the shelf's with the ids of runs whose courses a server has told.
    """

    def __init__(self, tell: Callable[[Iterable[str]], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._remote = RemoteTrends(self._take_remote)

    def shown(self, run: RunSummary, main: str) -> RunSummary:
        """Return a run with its experiment's main metric, and with its course where that is known.

        It may be older than the run's last value: who looks asks for the newer one.
        """
        main = main if main in run.metrics else ""
        kept = self._kept.get(run.run_id)
        if kept is not None and kept.key == headline(main, run.metrics):
            return replace(run, main_metric=main, spark=kept.values)
        return replace(run, main_metric=main) if main else run

    def read(self, wanted: Iterable[WantedTrend]) -> RunTrends:
        """Return courses, those of local stores as they are now; those of servers are told when they come."""
        wanted = tuple(wanted)
        missing: dict[str, list[WantedTrend]] = {}
        for trend in wanted:
            if not self._is_fresh(trend):
                missing.setdefault(trend.stored.uri, []).append(trend)
        end = time.monotonic() + BUDGET_S
        for uri, trends in missing.items():
            if sqlite_path(uri) is None:
                self._remote.want(uri, trends)
            else:
                self._read_local(uri, trends, end)
        known = [(trend, self._kept.get(trend.run_id)) for trend in wanted if self._is_fresh(trend)]
        told = tuple(RunTrend(run_id=trend.run_id, key=kept.key, values=kept.values) for trend, kept in known if kept)
        return RunTrends(trends=told, waiting=len(wanted) - len(told))

    def _is_fresh(self, wanted: WantedTrend) -> bool:
        kept = self._kept.get(wanted.run_id)
        return kept is not None and (kept.key, kept.stamp, kept.is_cut) == (wanted.key, wanted.stamp, False)

    def _read_local(self, uri: str, trends: Iterable[WantedTrend], end: float) -> None:
        """Read what need not rest. A store in trouble is left alone: the list is as it was, and says so elsewhere."""
        path, started = sqlite_path(uri), time.monotonic()
        due = {trend.stored.run_id: trend for trend in trends if self._is_due(trend, started)}
        if path is None or not due:
            return
        try:
            found = read_trends(path, {store_id: trend.key for store_id, trend in due.items()}, end)
        except (sqlite3.Error, OSError):
            return
        took = (time.monotonic() - started) / max(1, len(found))
        again_at = time.monotonic() + (_REST * took if took > _BRIEF_S else 0.0)
        self._keep({due[store_id]: values for store_id, values in found.items()}, again_at)

    def _is_due(self, wanted: WantedTrend, now: float) -> bool:
        kept = self._kept.get(wanted.run_id)
        if kept is None or kept.key != wanted.key or now >= kept.again_at:
            return True
        return not (wanted.is_live or kept.is_cut)

    def _take_remote(self, found: Mapping[WantedTrend, tuple[float, ...]]) -> None:
        self._keep(found, 0.0)
        drawn = [trend.run_id for trend, values in found.items() if len(values) > 1]
        if drawn:
            self._tell(drawn)

    def _keep(self, found: Mapping[WantedTrend, tuple[float, ...] | None], again_at: float) -> None:
        with self._lock:
            for trend, values in found.items():
                before = self._kept.pop(trend.run_id, None)
                if values is None:
                    kept = _cut(trend, before)
                else:
                    kept = _Kept(trend.key, trend.stamp, tuple(map(figure, values)), again_at)
                self._kept[trend.run_id] = kept
            for run_id in list(self._kept)[: max(0, len(self._kept) - _MOST_KEPT)]:
                del self._kept[run_id]


def _cut(trend: WantedTrend, before: _Kept | None) -> _Kept:
    """Return what is kept of a course that could not be read in time: what was known of it."""
    values = before.values if before is not None and before.key == trend.key else ()
    return _Kept(trend.key, trend.stamp, values, time.monotonic() + _CUT_REST_S, is_cut=True)
