"""The courses of runs that only an MLflow server has: asked for in a thread, so that nobody waits for the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ...tracking import ask_trends
from ._home import StoredRun

PATIENCE_S = 10.0
"""For so long a server is asked for the courses of one question."""

REST_S = 60.0
"""A server that has failed is asked again no sooner."""


class WantedTrend(NamedTuple):
    """A course to read: of which metric, where, and what tells that the run is what it was when it is read."""

    run_id: str
    key: str
    stamp: int
    is_live: bool
    stored: StoredRun


class RemoteTrends:
    """Asks servers, one at a time, for what was wanted last. Safe to share between threads.

    Parameters
    ----------
    take : callable
        Called from the asking thread with what a server has told.
    """

    def __init__(self, take: Callable[[Mapping[WantedTrend, tuple[float, ...]]], None]) -> None:
        self._take = take
        self._lock = threading.Lock()
        self._wanted: dict[str, Sequence[WantedTrend]] = {}
        self._asked: frozenset[WantedTrend] = frozenset()
        self._rests_until: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def want(self, uri: str, trends: Sequence[WantedTrend]) -> None:
        """Have a server asked soon; what was wanted of it before and was not asked yet is out of sight."""
        with self._lock:
            if time.monotonic() < self._rests_until.get(uri, 0.0):
                return
            new = [trend for trend in trends if trend not in self._asked]
            if not new:
                return
            self._wanted[uri] = new
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name="mlops-remote-trends")
                self._thread.start()

    def _work(self) -> None:
        """Ask until nothing is wanted."""
        while True:
            with self._lock:
                self._asked = frozenset()
                if not self._wanted:
                    self._thread = None
                    return
                uri, trends = self._wanted.popitem()
                self._asked = frozenset(trends)
            self._ask(uri, trends)

    def _ask(self, uri: str, trends: Sequence[WantedTrend]) -> None:
        by_id = {trend.run_id: trend for trend in trends}
        try:
            for found in ask_trends(uri, {run_id: trend.key for run_id, trend in by_id.items()}, PATIENCE_S):
                self._take({by_id[run_id]: values for run_id, values in found.items()})
        except Exception:  # noqa: BLE001  # whatever a stranger's server answers, the list is drawn without
            with self._lock:
                self._rests_until[uri] = time.monotonic() + REST_S
