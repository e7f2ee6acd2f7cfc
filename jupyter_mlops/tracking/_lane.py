"""All runs that go to one tracking store, shipped by one thread: a store that hangs or fails holds up no other.

Runs in the keeper. A store in trouble is tried again after growing pauses; what it refuses for good is noted with the
run.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..entities import RunSpec
from ..exceptions import MlopsError
from ..home import RunDirectory
from ._cursor import read_cursor, write_cursor
from ._uris import sqlite_path, without_credentials

if TYPE_CHECKING:
    from ._shipment import Shipment
    from ._target import Target

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
ANALYZE_EVERY_RUNS = 200

_logger = logging.getLogger("jupyter_mlops.keeper")


class Lane:
    """Ships runs to one store until it is told to stop.

    Parameters
    ----------
    uri : str
        Of the store.
    home : Path
        The keeper's home.
    tick_s : float
        Pause between two looks at the runs.
    """

    def __init__(self, uri: str, home: Path, tick_s: float = 0.5) -> None:
        self.uri = uri
        self.problem = ""
        self.blocked_since: float | None = None
        self._home = home
        self._tick_s = tick_s
        self._waiting: dict[str, tuple[RunDirectory, RunSpec]] = {}
        self._shipments: dict[str, Shipment] = {}
        self._done: list[str] = []
        self._finished = 0
        self._pause_s = 0.0
        self._target: Target | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"lane {without_credentials(uri)}", daemon=True)
        self._thread.start()

    def add(self, run: RunDirectory, spec: RunSpec) -> None:
        """Ship a run from now on."""
        with self._lock:
            self._waiting[run.run_id] = (run, spec)

    @property
    def busy(self) -> int:
        """Runs that are not wholly shipped."""
        with self._lock:
            return len(self._waiting)

    def take_done(self) -> list[str]:
        """Return the runs that were wholly shipped since the last time."""
        with self._lock:
            done, self._done = self._done, []
        return done

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the thread; a call to a store that hangs is left behind."""
        self._stop.set()
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while not self._stop.is_set():
            if self.busy:
                self._round()
            self._stop.wait(self._pause_s or self._tick_s)
        if self._target is not None:
            self._target.close()

    def _round(self) -> None:
        """Ship what is new of every run; on trouble with the store, give it a pause."""
        self._forget_deleted()
        if not self.busy:
            return
        try:
            if self._target is None:
                from ._target import Target

                self._target = Target(self.uri, self._home)
            for run_id, (run, spec) in self._sorted():
                if run.spec_file.exists():
                    self._ship(run_id, run, spec)
                if self._stop.is_set():
                    return
        except Exception as error:  # noqa: BLE001  # a store may fail in any way, and the runs must not suffer from it
            self._step_back(error)
        else:
            self._recover()

    def _sorted(self) -> list[tuple[str, tuple[RunDirectory, RunSpec]]]:
        with self._lock:
            return sorted(self._waiting.items(), key=lambda item: item[1][1].sequence)

    def _forget_deleted(self) -> None:
        """Let go what nobody has any more, before the store is asked: it may have lain in the same project.

        Not by its directory, which may have stayed: what was written into it meanwhile kept it from being removed.
        """
        for run_id, (run, _spec) in self._sorted():
            if not run.spec_file.exists():
                self._forget(run_id)

    def _ship(self, run_id: str, run: RunDirectory, spec: RunSpec) -> None:
        from ._shipment import Shipment

        if run_id not in self._shipments:
            assert self._target is not None
            self._shipments[run_id] = Shipment(run, spec, self._target)
        if self._shipments[run_id].ship():
            self._forget(run_id)
            self._finished += 1
            self._analyze_now_and_then()

    def _forget(self, run_id: str) -> None:
        self._shipments.pop(run_id, None)
        with self._lock:
            self._waiting.pop(run_id, None)
            self._done.append(run_id)

    def _step_back(self, error: Exception) -> None:
        problem = describe(error, self.uri)
        if problem != self.problem:
            _logger.warning("%s: %s", without_credentials(self.uri), problem)
        self.problem = problem
        self.blocked_since = self.blocked_since or time.monotonic()
        self._pause_s = min(max(FIRST_PAUSE_S, self._pause_s * 2), LONGEST_PAUSE_S)
        # Opened anew next time: a database may have been replaced, a server may want another login.
        if self._target is not None:
            with contextlib.suppress(Exception):
                self._target.close()
        self._target = None
        self._shipments.clear()
        for _, (run, _spec) in self._sorted():
            with contextlib.suppress(OSError, MlopsError):
                cursor = read_cursor(run)
                if cursor.problem != problem and run.spec_file.exists():
                    cursor.problem = problem
                    write_cursor(run, cursor)

    def _recover(self) -> None:
        if self.problem:
            _logger.warning("%s: works again", without_credentials(self.uri))
            for shipment in self._shipments.values():
                shipment.note("")
        self.problem, self.blocked_since, self._pause_s = "", None, 0.0

    def _analyze_now_and_then(self) -> None:
        path = sqlite_path(self.uri)
        if path is None or self._finished % ANALYZE_EVERY_RUNS != 1:
            return
        from ._local_store import analyze

        with contextlib.suppress(sqlite3.Error):
            analyze(path)


def describe(error: Exception, uri: str) -> str:
    """Return an error in one line, without what must not be shown."""
    text = " ".join(str(error).split())[:500] or type(error).__name__
    text = re.sub(r"//[^/@\s]+@", "//", text.replace(uri, without_credentials(uri)))
    return re.sub(r"(?i)(bearer|basic|token|password|secret)([=: ]+)\S+", r"\1\2[masked]", text)
