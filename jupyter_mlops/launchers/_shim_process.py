"""Processes as the shim sees them: who descends from it, how one starts and how it ends. Standard library only.

On Linux the shim is a child subreaper, so that whatever a run leaves behind, however often it forked, comes back to the
shim when its parents die. Elsewhere only the executor's process group is known.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from ..home._survivors import end_all

PR_SET_CHILD_SUBREAPER = 36


def utc_now() -> str:
    """Return the time as the wire has it: UTC, ISO 8601."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1e6):06d}+00:00"


class ChildEnd(NamedTuple):
    """How a child ended: its exit code, or the signal that killed it; peak resident memory in bytes."""

    pid: int
    exit_code: int | None
    signal: int | None
    peak_rss_bytes: int


def adopt_orphans() -> bool:
    """Make this process the reaper of its descendants; return whether the system can do that."""
    if sys.platform != "linux":
        return False
    return bool(_c_library().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


@functools.cache
def _c_library() -> Any:
    """Return the C library; making the handle takes longer than the call, and a rehearsal has made it."""
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def reap() -> tuple[list[ChildEnd], bool]:
    """Collect every child that has ended; return them, and whether any child is left."""
    ends: list[ChildEnd] = []
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return ends, False
        if pid == 0:
            return ends, True
        signaled = os.WIFSIGNALED(status)
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        code = None if signaled else os.WEXITSTATUS(status)
        ends.append(ChildEnd(pid, code, os.WTERMSIG(status) if signaled else None, peak))


def descendants(root: int, spared: int | None = None) -> list[int]:
    """Return the living descendants of a process, without a spared child and its own; empty off Linux."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    pending = [pid for pid in children.get(root, ()) if pid != spared]
    while pending:
        pid = pending.pop()
        found.append(pid)
        pending.extend(children.get(pid, ()))
    return found


def _parents() -> list[tuple[int, int]]:
    pairs = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_bytes().rpartition(b")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if state not in (b"Z", b"X"):
            pairs.append((int(stat.parent.name), int(parent)))
    return pairs


def send(pid: int, number: int) -> None:
    """Signal a process; nothing happens when it has gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def send_group(group: int, number: int) -> None:
    """Signal a process group; nothing happens when it has gone."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass


def end_descendants(spared: int | None, *, patience_s: float = 0.1, grace_s: float = 1.0) -> int:
    """End what this process's children left behind; return how many processes had to be told. See `end_all`."""

    def find() -> list[int]:
        _, children_left = reap()
        return descendants(os.getpid(), spared) if children_left else []

    return end_all(find, tell=send, patience_s=patience_s, grace_s=grace_s)
