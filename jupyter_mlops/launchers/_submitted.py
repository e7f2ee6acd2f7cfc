"""A run on this machine, as seen from any process: look, wait, stop. All of it from files and locks."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from ..entities import RunState
from ..exceptions import HomeError
from ..home import RunDirectory, boot_id, is_same_process, lock_holder, wait_released, write_atomic
from ._cold import start_shim
from ._shim_process import utc_now

_LONGEST_LOOK_S = 0.05


class LocalRun:
    """The handle that `LocalLauncher` gives; it owns nothing."""

    def __init__(self, run: RunDirectory) -> None:
        self._run = run

    def __repr__(self) -> str:
        return f"LocalRun({self.run_id!r})"

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._run.run_id

    def state(self) -> RunState:
        """Return how the run stands now."""
        return self._run.state()

    def wait(self, timeout_s: float | None = None) -> RunState:
        """Wait for the end; return the state then, or the last known one when the time is up first.

        Parameters
        ----------
        timeout_s : float, optional
            Without it the system wakes us at the very end; with it we look with growing pauses.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        pause_s = 0.001
        while True:
            state = self.state()
            if state.status.is_terminal:
                self._clean_up(state)
                return state
            left_s = None if deadline is None else deadline - time.monotonic()
            if left_s is not None and left_s <= 0:
                return state
            lock = next((lock for lock in self._locks() if lock_holder(lock) is not None), None)
            if lock is not None:
                wait_released(lock, left_s)
            else:
                # Nobody has it yet: the shim is on its way.
                time.sleep(pause_s if left_s is None else min(pause_s, left_s))
                pause_s = min(pause_s * 1.5, _LONGEST_LOOK_S)

    def stop(self) -> None:
        """Ask for the end: the shim interrupts, terminates, then kills the run.

        A run whose shim was killed gets another.

        Of a run that has ended, at most what it left behind is ended. Only a process that holds the shim's lock and is
        the one that recorded itself there is ever signalled.

        Raises
        ------
        HomeError
            The request cannot be written.
        """
        state = self.state()
        if state.status.is_terminal:
            self._clean_up(state)
            return
        self._request_stop()
        if lock_holder(self._run.shim_lock) is not None:
            # Also without the signal the shim would see the file, within seconds.
            _wake(self._run)
        elif lock_holder(self._run.executor_lock) is not None:
            start_shim(self._run.spec().python, "_shim_adopt", os.fspath(self._run.path))

    def _clean_up(self, state: RunState) -> None:
        """Have ended what a run left behind whose shim was killed; nobody waits for that."""
        shim = None if state.supervised else self._run.shim()
        if shim is not None and shim.boot_id == boot_id():
            start_shim(self._run.spec().python, "_shim_adopt", os.fspath(self._run.path))

    def _request_stop(self) -> None:
        request = json.dumps({"by": "user", "at": utc_now()}).encode()
        try:
            write_atomic(self._run.stop_file, request)
        except OSError as error:
            raise HomeError(
                f"Cannot write {self._run.stop_file}: {error.strerror}. Free space, or make it writable."
            ) from error

    def _locks(self) -> tuple[Path, ...]:
        # The shim's first: it ends last.
        return (self._run.shim_lock, self._run.executor_lock, self._run.snapshot_lock)


def _wake(run: RunDirectory) -> None:
    """Signal the shim and nobody else: pids are used again, and a copied run names another machine's processes."""
    record = run.shim()
    holder = lock_holder(run.shim_lock)
    if record is None or not holder or holder != record.pid:
        return
    if not hasattr(os, "pidfd_open"):
        if is_same_process(record.pid, record.start_time, record.boot_id):
            os.kill(record.pid, signal.SIGUSR1)
        return
    try:
        process = os.pidfd_open(record.pid)
    except OSError:
        # It has ended meanwhile.
        return
    try:
        # Looked at after the process was pinned: what is signalled is what was looked at.
        if lock_holder(run.shim_lock) == record.pid and is_same_process(record.pid, record.start_time, record.boot_id):
            signal.pidfd_send_signal(process, signal.SIGUSR1)
    except ProcessLookupError:
        pass
    finally:
        os.close(process)
