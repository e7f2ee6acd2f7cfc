"""What is left of a run whose shim was killed: its processes, found by what they inherited, and their end.

A living shim is the reaper of whatever a run starts, however often that forks. When it is killed nobody is, and those
who outlive the executor must be told from all other processes by other means. Standard library only and Python 3.9
syntax: the shim imports this module.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ._files import boot_id, read_bytes, read_json
from ._locks import lock_holder

LOCK_DESCRIPTOR = 100
"""Under this number the executor, and whoever it forked, has `executor.lock` open."""

DYING_S = 1.0
"""Longer than a process takes from its last lock to its end, on a busy machine too."""

_MARKER = b"JUPYTER_MLOPS_RUN_DIR="
_GONE = (b"Z", b"X")
_GROUP, _SESSION, _BEGAN = 2, 3, 19


def end_survivors(run_dir: Path, *, grace_s: float = 1.0) -> int:
    """End the processes that a run left behind, once neither its shim nor its executor lives; return how many.

    Does nothing while one of them does, for a run of another machine or another boot, or one that keeps its orphans.
    """
    shim, executor = (read_json(run_dir / f"{name}.json") or {} for name in ("shim", "executor"))
    if not all(_is_dead(run_dir, name, record) for name, record in (("shim", shim), ("executor", executor))):
        return 0
    if (shim or executor).get("boot_id") != boot_id() or (read_json(run_dir / "spec.json") or {}).get("keep_orphans"):
        return 0
    found = _Survivors(run_dir, shim.get("session"), executor.get("start_time") or 0)
    return end_all(found.pids, tell=found.tell, grace_s=grace_s)


def end_all(
    find: Callable[[], Iterable[int]],
    *,
    tell: Callable[[int, int], None],
    patience_s: float = 0.1,
    grace_s: float = 1.0,
) -> int:
    """End the processes that `find` finds; return how many had to be told.

    Helpers that leave by themselves when their master has gone (multiprocessing's resource tracker) get `patience_s`
    for it. Then comes SIGTERM, and after `grace_s` SIGKILL. Before SIGKILL everything is stopped, so that a process
    that keeps forking cannot outrun its end.

    Parameters
    ----------
    find : callable
        Returns the pids of those that live now.
    tell : callable
        Sends a signal to a pid, or does nothing when that has gone.
    """
    told: set[int] = set()
    if _gone_within(patience_s, find):
        return 0
    for pid in find():
        told.add(pid)
        tell(pid, signal.SIGTERM)
        tell(pid, signal.SIGCONT)
    if _gone_within(grace_s, find):
        return len(told)
    while True:
        left = set(find())
        while left - told:
            for pid in left - told:
                tell(pid, signal.SIGSTOP)
            told |= left
            left = set(find())
        for pid in left:
            tell(pid, signal.SIGKILL)
        if _gone_within(grace_s, find):
            return len(told)


def _gone_within(seconds: float, find: Callable[[], Iterable[int]]) -> bool:
    deadline = time.monotonic() + seconds
    pause = 0.001
    while True:
        if not list(find()):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 2, 0.02)


class _Survivors:
    """The processes of one run, recognised by what a child cannot help inheriting.

    That is the shim's session (in a process group of their own: in the shim's is what belongs to the shim), the
    environment that the executor gave to those who execute a program, or its lock's descriptor, which those who only
    fork keep. Nobody else has one of these, and a process is looked at anew before each signal.
    """

    def __init__(self, run_dir: Path, session: int | None, since: int) -> None:
        self._run_dir = os.path.realpath(run_dir)
        self._session = session
        self._since = since

    def pids(self) -> list[int]:
        """Return those that live now."""
        found = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
        return [pid for pid in found if pid != os.getpid() and self._is_one(pid)]

    def tell(self, pid: int, number: int) -> None:
        """Signal a process of the run, and nobody who got its pid meanwhile."""
        if not hasattr(os, "pidfd_open"):
            if self._is_one(pid):
                os.kill(pid, number)
            return
        try:
            process = os.pidfd_open(pid)
        except OSError:
            # It has ended meanwhile.
            return
        try:
            # Looked at after the process was pinned: what is signalled is what was looked at.
            if self._is_one(pid):
                signal.pidfd_send_signal(process, number)
        except OSError:
            pass
        finally:
            os.close(process)

    def _is_one(self, pid: int) -> bool:
        process = Path(f"/proc/{pid}")
        try:
            fields = _fields(pid)
            if int(fields[_BEGAN]) < self._since:
                return False
            group, session = int(fields[_GROUP]), int(fields[_SESSION])
            return (
                (session == self._session and group != session)
                or self._has_environment(process)
                or self._has_inherited_lock(process)
            )
        except (OSError, IndexError, ValueError):
            # It has ended, or is another user's.
            return False

    def _has_environment(self, process: Path) -> bool:
        for variable in (read_bytes(process / "environ") or b"").split(b"\0"):
            if variable.startswith(_MARKER):
                return os.path.realpath(os.fsdecode(variable[len(_MARKER) :])) == self._run_dir
        return False

    def _has_inherited_lock(self, process: Path) -> bool:
        if (process / "fd" / str(LOCK_DESCRIPTOR)).readlink() != Path(self._run_dir, "executor.lock"):
            return False
        # Whoever merely looks at the lock closes it on exec, as everybody does but the executor's starter.
        flags = (process / "fdinfo" / str(LOCK_DESCRIPTOR)).read_text().split("flags:")[1].split()[0]
        return not int(flags, 8) & os.O_CLOEXEC


def _is_dead(run_dir: Path, name: str, record: dict[str, Any]) -> bool:
    """Tell whether a shim or an executor is gone; the process that asks may itself have taken the shim's place.

    A process that ends gives its locks up a moment before it is gone.
    """
    deadline = time.monotonic() + DYING_S
    while lock_holder(run_dir / f"{name}.lock") in (None, os.getpid()):
        if not _is_there(record):
            return True
        # A copied home has free locks, and records of processes that live in the original.
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return False


def _is_there(record: dict[str, Any]) -> bool:
    if record.get("boot_id") != boot_id() or record.get("pid") == os.getpid():
        return False
    try:
        return int(_fields(record.get("pid"))[_BEGAN]) == record.get("start_time")
    except OSError:
        return False


def _fields(pid: int | None) -> list[bytes]:
    """Return what the system tells of a process, from its state on; one that only waits to be reaped is gone."""
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    if fields[0] in _GONE:
        raise ProcessLookupError(pid)
    return fields
