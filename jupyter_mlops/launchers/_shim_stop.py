"""Stopping a run: SIGINT, SIGTERM, SIGKILL, each after a grace. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

from ..home._files import read_json, write_atomic
from ._shim_process import send_group, utc_now

STEPS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def stop_request(run_dir: Path) -> str | None:
    """Return who asked for the run to be stopped ("user" or "timeout"), or None."""
    path = run_dir / "stop.json"
    try:
        return str((read_json(path) or {}).get("by") or "user") if path.exists() else None
    except OSError:
        # The file is there and the disk does not give it: the request counts.
        return "user"


class Stopper:
    """Watches for a stop request and for the time limit, and drives the executor's process group to its end.

    `stopped_by` says for whom the run was told to stop; it stays None where its result was there before it was told.

    Parameters
    ----------
    run_dir : Path
        Where `stop.json` appears.
    group : int
        The executor's process group. Its leader lives or is not yet reaped, so the number is nobody else's.
    timeout_s : float, optional
        Seconds of running after which the run is stopped.
    grace_s : float
        Seconds between the signals.
    """

    def __init__(self, run_dir: Path, group: int, timeout_s: float | None, grace_s: float) -> None:
        self.stopped_by: str | None = None
        self._run_dir = run_dir
        self._group = group
        self._grace_s = grace_s
        self._limit = None if timeout_s is None else time.monotonic() + timeout_s
        self._asked_by: str | None = None
        self._steps = list(STEPS)
        self._next = 0.0

    def advance(self) -> float:
        """Do what is due now; return the seconds until there is something to do again."""
        now = time.monotonic()
        if self._asked_by is None:
            self._asked_by = stop_request(self._run_dir) or self._overdue(now)
        if self._asked_by is None:
            return 1.0 if self._limit is None else min(1.0, self._limit - now)
        if self._steps and now >= self._next:
            self._tell(self._steps.pop(0))
            self._next = now + self._grace_s
        return max(self._next - now, 0.0) if self._steps else 1.0

    def _overdue(self, now: float) -> str | None:
        if self._limit is None or now < self._limit:
            return None
        _leave_word(self._run_dir)
        return "timeout"

    def _tell(self, number: signal.Signals) -> None:
        if number is STEPS[0] and not (self._run_dir / "result.json").exists():
            self.stopped_by = self._asked_by
        send_group(self._group, number)
        # A run that somebody has suspended could not answer.
        send_group(self._group, signal.SIGCONT)


def _leave_word(run_dir: Path) -> None:
    word = json.dumps({"by": "timeout", "at": utc_now()})
    try:
        write_atomic(run_dir / "stop.json", word.encode(), durable=False)
    except OSError:
        # A full disk does not lift the limit; exit.json will tell the same.
        pass
