"""A second shim for a run whose first was killed: it sees the run to its end. Standard library only, Python 3.9 syntax.

It is not the executor's parent, so it knows the end only by the lock, and no exit code. Started when such a run is to
be stopped, and when one has ended, for what it may have left behind.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from ..home._files import boot_id, is_same_process, process_start_time, read_json, write_atomic
from ..home._locks import LifeLock, lock_holder, wait_released
from ..home._survivors import end_survivors
from ._shim_outcome import Ending, judge
from ._shim_process import utc_now
from ._shim_signals import Attention
from ._shim_stop import Stopper


def adopt(run_dir: Path) -> None:
    """Take the place of a killed shim until nothing of its run is left; return at once when somebody else has."""
    lock = LifeLock.acquire(run_dir / "shim.lock")
    if lock is None:
        return
    executor = read_json(run_dir / "executor.json") or {}
    if not (run_dir / "exit.json").exists():
        if _is_alive(run_dir, executor):
            _own(run_dir, executor)
        else:
            # How it ended, its files tell.
            end_survivors(run_dir)
    lock.release()


def _own(run_dir: Path, executor: dict[str, Any]) -> None:
    """Be the shim of a living run; write how it ended."""
    attention = Attention()
    pid = os.getpid()
    first = read_json(run_dir / "shim.json") or {}
    record = {"pid": pid, "start_time": process_start_time(pid), "boot_id": boot_id(), "started_at": utc_now()}
    # The run's processes are the first shim's descendants, and of its session.
    record["session"] = first.get("session")
    write_atomic(run_dir / "shim.json", json.dumps(record).encode())
    exit_record = _see_to_its_end(run_dir, executor, attention)
    exit_record["orphans_ended"] = end_survivors(run_dir)
    write_atomic(run_dir / "exit.json", json.dumps(exit_record).encode())


def _see_to_its_end(run_dir: Path, executor: dict[str, Any], attention: Attention) -> dict[str, Any]:
    spec = read_json(run_dir / "spec.json") or {}
    stopper = Stopper(run_dir, executor["pid"], None, float(spec.get("grace_s", 5.0)))
    began = time.monotonic()
    while _is_alive(run_dir, executor):
        due_s = stopper.advance()
        attention.blocked_in(partial(wait_released, run_dir / "executor.lock"), max(due_s, 0.001))
    result = read_json(run_dir / "result.json")
    exit_code = result.get("exit_code") if result else None
    status, reason = judge(Ending(exit_code, None, result, stopper.stopped_by))
    return {
        "status": status,
        "reason": reason if stopper.stopped_by or result else "lost: its processes were killed",
        "exit_code": exit_code,
        "started_at": executor.get("started_at", ""),
        "ended_at": utc_now(),
        "duration_s": time.monotonic() - executor.get("began_s", began),
    }


def _is_alive(run_dir: Path, executor: dict[str, Any]) -> bool:
    """Tell whether the very process that recorded itself executes the run: only then may its group be signalled."""
    if not executor.get("pid") or lock_holder(run_dir / "executor.lock") != executor["pid"]:
        return False
    return is_same_process(executor["pid"], executor["start_time"], executor["boot_id"])


def main() -> None:
    """Be the second shim of the run that the command line names: RUN_DIR."""
    os.chdir("/")
    adopt(Path(sys.argv[1]))
