"""The cap on `output.log`: its middle is freed while the run writes. Standard library only, Python 3.9 syntax.

Holes are punched into the file, so that its size and every byte offset stay what they were. The beginning stays (a
quarter of the cap), and at least as much of the end. `log.json` tells readers which range is gone.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from pathlib import Path

from ..home._files import write_atomic

FALLOC_FL_KEEP_SIZE = 1
FALLOC_FL_PUNCH_HOLE = 2
BLOCK = 4096
SHORTEST_LOOK_S = 0.002
FASTEST_WRITER = 2 * 1024**3
"""Bytes a second that a silent run may begin to print until the next look."""


class LogCap:
    """Keeps the disk space of a run's log below a cap. Owned by the shim's loop, which calls `trim` when it asks to.

    Parameters
    ----------
    run_dir : Path
        The folder of `output.log` and `log.json`.
    cap : int
        Bytes that the log may take on disk; 64 KiB at least. Freeing starts at three quarters, so that a fast writer
        stays below the cap until the next look.
    """

    def __init__(self, run_dir: Path, cap: int) -> None:
        self._log = run_dir / "output.log"
        self._record = run_dir / "log.json"
        self._cap = max(cap, 16 * BLOCK)
        self._head = _block_up(self._cap // 4)
        self._freed_to = self._head
        self._last_size = 0
        self._last_look = time.monotonic()
        self._refusal = ""

    def trim(self) -> float:
        """Free the middle when the log is too large; return the seconds until the next look."""
        try:
            found = self._log.stat()
        except OSError:
            return 1.0
        now = time.monotonic()
        rate = (found.st_size - self._last_size) / max(now - self._last_look, 1e-4)
        self._last_size, self._last_look = found.st_size, now
        held = found.st_size - (self._freed_to - self._head)
        if held > self._cap * 3 // 4 and not self._refusal:
            self._free(found.st_size)
            held = found.st_size - (self._freed_to - self._head)
        room = max(self._cap - held, 0)
        return min(1.0, max(SHORTEST_LOOK_S, room / max(4 * rate, FASTEST_WRITER)))

    def _free(self, size: int) -> None:
        end = (size - self._cap // 4) // BLOCK * BLOCK
        if end <= self._freed_to:
            return
        # Told first: a reader must never take a hole for output. When the hole cannot be told because the disk is
        # full, it is what makes room.
        self._tell(end)
        refusal = _punch(self._log, self._freed_to, end)
        if refusal:
            self._refusal = refusal
            self._tell(self._freed_to)
            return
        self._freed_to = end

    def _tell(self, end: int) -> None:
        freed = [[self._head, end]] if end > self._head else []
        record = {"cap": self._cap, "freed": freed, "bytes_lost": end - self._head}
        if self._refusal:
            record["refusal"] = self._refusal
        try:
            write_atomic(self._record, json.dumps(record).encode(), durable=False)
        except OSError:
            pass


def _punch(path: Path, start: int, end: int) -> str:
    """Free a range of a file; return why it cannot be done, empty when it was."""
    if sys.platform != "linux":
        return f"the log is not capped on {sys.platform}"
    libc = ctypes.CDLL(None, use_errno=True)
    fallocate = libc.fallocate64 if hasattr(libc, "fallocate64") else libc.fallocate
    fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    except OSError as error:
        return f"the log is not capped: {error.strerror}"
    try:
        if fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start, end - start) == 0:
            return ""
        return f"the log is not capped on this file system: {os.strerror(ctypes.get_errno())}"
    finally:
        os.close(descriptor)


def _block_up(size: int) -> int:
    return (size + BLOCK - 1) // BLOCK * BLOCK
