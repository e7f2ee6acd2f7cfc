"""Runs that go on while something is measured: real shims and executors, ended with the `with`."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from types import TracebackType

from jupyter_mlops.home import Home, LifeLock, lock_holder
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.testing import fill_run

_PRINTS_WITHIN_S = 120.0


class LiveRuns:
    """Starts runs in a home. Nothing is shipped from it meanwhile: that is the keeper's work and another figure.

    Parameters
    ----------
    home : Home
        Where they live.
    """

    def __init__(self, home: Home) -> None:
        os.environ["JUPYTER_MLOPS_SLOTS"] = "64"  # all of them at once, however few processors there are
        self._home = home
        self._launcher = LocalLauncher(home)
        self._started: list[str] = []

    def __enter__(self) -> LiveRuns:
        self._keeper = LifeLock.acquire(self._home.keeper_lock)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for run_id in self._started:
            run = self._home.run(run_id)
            for lock in (run.shim_lock, run.executor_lock):
                if holder := lock_holder(lock):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(holder, signal.SIGKILL)
        if self._keeper is not None:
            self._keeper.release()

    def start(self, cell: str) -> str:
        """Start a run and return its id."""
        spec = fill_run(self._home, cell, cwd=str(self._home.path.parent))
        self._launcher.submit(spec)
        self._started.append(spec.run_id)
        return spec.run_id

    def await_output(self, run_ids: list[str]) -> None:
        """Wait until every run has printed something.

        Raises
        ------
        TimeoutError
            One has not in two minutes.
        """
        deadline = time.monotonic() + _PRINTS_WITHIN_S
        logs = [self._home.run(run_id).log_file for run_id in run_ids]
        while not all(log.exists() and log.stat().st_size for log in logs):
            if time.monotonic() > deadline:
                raise TimeoutError("a run did not begin to print")
            time.sleep(0.05)
