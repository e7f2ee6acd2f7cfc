"""Reads event files anew when somebody looks, and only then: a board in a hidden tab costs nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Reloading:
    """Reloads in a thread of its own, at most once in an interval, when asked for fresh data.

    Parameters
    ----------
    reload : callable
        Does it; takes what it takes.
    interval_s : float
        Data of that age are fresh; 0 or less: load once.
    """

    def __init__(self, reload: Callable[[], None], interval_s: float) -> None:
        self._reload = reload
        self._interval_s = interval_s
        self._changed = threading.Condition()
        self._is_wanted = True
        self._loaded_at: float | None = None
        self._is_idle = False
        self._began = time.monotonic()
        threading.Thread(target=self._work, name="mlops-reload", daemon=True).start()

    def refresh(self, timeout_s: float, first_timeout_s: float) -> None:
        """Return when the data are fresh; or when the time is up, then with what there is while loading goes on.

        Parameters
        ----------
        timeout_s, first_timeout_s : float
            For how long a load is waited for, from its begin; the very first one for `first_timeout_s`. A page asks for
            many things, and each of them would wait.
        """
        with self._changed:
            asked = time.monotonic()
            if not self._is_stale(asked):
                return
            if self._is_idle:
                self._began = asked
            self._is_wanted = True
            self._changed.notify_all()
            limit_s = first_timeout_s if self._loaded_at is None else timeout_s
            self._changed.wait_for(lambda: not self._is_stale(asked), max(0.0, self._began + limit_s - asked))

    def _is_stale(self, now: float) -> bool:
        if self._loaded_at is None:
            return True
        return self._interval_s > 0 and now - self._loaded_at > self._interval_s

    def _work(self) -> None:
        while True:
            with self._changed:
                self._is_idle = True
                self._changed.wait_for(lambda: self._is_wanted)
                self._is_wanted = False
                if not self._is_stale(time.monotonic()):
                    continue  # it was wanted while the last load was about to end
                self._is_idle = False
                self._began = time.monotonic()
            try:
                self._reload()
            except Exception:  # noqa: BLE001 - TensorBoard raises anything on a damaged file; try again next time
                _log.exception("The event files could not be read.")
            with self._changed:
                self._loaded_at = max(self._began, time.monotonic() - self._interval_s)
                self._changed.notify_all()
