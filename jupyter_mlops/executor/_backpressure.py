"""Who prints waits for the shim while the log holds more than its cap.

The shim frees the log's middle, and looks every few milliseconds. That is often enough for any training, and too
seldom for a cell that prints at the speed of memory on a busy machine, where the shim gets no processor for longer.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable

FIRST_LOOK = 32 << 10
"""Bytes before the cap is asked for: most runs print less, and settings are not worth a short run's time."""
STEPS = 8
"""Looks while a cap's worth is printed."""
SMALLEST_CAP = 64 << 10
"""As the shim has it."""
PAUSE_S = 0.001
PATIENCE_S = 2.0
"""A shim that has freed nothing in so long cannot: it was killed, or the file system has no holes."""


def boundless() -> float:
    """Be the cap of a log that nobody frees."""
    return math.inf


class Backpressure:
    """Holds up the writers of one log for as long as it is too large, and never for long.

    Parameters
    ----------
    cap : callable
        Returns the bytes that the log may take on disk; asked once, infinite where nobody frees it.
    """

    def __init__(self, cap: Callable[[], float]) -> None:
        self._ask = cap
        self._cap: float | None = None
        self._step: float = FIRST_LOOK
        self._unseen = 0
        self._patience_s = PATIENCE_S

    def notice(self, fd: int, size: int) -> None:
        """Count what was written; return when the log is as small as it has to be, or nobody makes it so."""
        self._unseen += size
        if self._unseen >= self._step:
            self._unseen = 0
            self._await_room(fd)

    def _await_room(self, fd: int) -> None:
        if self._cap is None:
            self._cap = max(self._ask(), SMALLEST_CAP)
            self._step = max(self._cap / STEPS, FIRST_LOOK)
        while _held(fd) > self._cap:
            if self._patience_s <= 0:
                return
            asleep_at = time.monotonic()
            time.sleep(PAUSE_S)
            self._patience_s -= time.monotonic() - asleep_at
        self._patience_s = PATIENCE_S


def _held(fd: int) -> int:
    """Return the bytes that a log takes on disk; not what a file system reserves beyond its end."""
    found = os.fstat(fd)
    return min(found.st_size, found.st_blocks * 512)
