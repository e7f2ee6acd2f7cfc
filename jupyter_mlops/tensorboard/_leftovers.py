"""What a killed server leaves behind: children that did not notice, sockets and folders. The next server clears it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path

from ..entities import ProcessRecord, decode
from ..home import LifeLock, is_same_process, lock_holder
from ._process import RECORD

PREFIX = "tb-"
"""Of the folder that one server keeps its boards in."""

LOCK = "owner.lock"
"""Held by the server as long as it lives, however it dies."""


def make_own_folder(parent: Path) -> tuple[Path, LifeLock]:
    """Return a new folder for this server's boards, and the lock that tells that it is in use.

    Raises
    ------
    OSError
        It cannot be made.
    """
    folder = parent / f"{PREFIX}{os.urandom(3).hex()}"
    folder.mkdir(mode=0o700)
    lock = LifeLock.acquire(folder / LOCK)
    assert lock is not None, "nobody else knows the folder"
    return folder, lock


def clear_leftovers(parent: Path) -> int:
    """End the children and remove the folders of servers that are no more; return how many folders went."""
    cleared = 0
    for folder in sorted(parent.glob(f"{PREFIX}*")):
        # A folder without a lock file is being made this very moment, or was left within that moment.
        if (folder / LOCK).exists() and lock_holder(folder / LOCK) is None:
            for record in folder.glob(f"*/{RECORD}"):
                _end_recorded(record)
            shutil.rmtree(folder, ignore_errors=True)
            cleared += 1
    return cleared


def _end_recorded(file: Path) -> None:
    """Kill the process that was recorded, if it is still that very process."""
    with contextlib.suppress(OSError, ValueError):  # the file may be half a file, the process may end meanwhile
        record = decode(file.read_bytes(), ProcessRecord)
        if is_same_process(record.pid, record.start_time, record.boot_id):
            os.kill(record.pid, signal.SIGKILL)
