"""One browser tab's look at one run's log: which bytes it has, and how many more it may get this second."""

from __future__ import annotations

import json
import struct

from ..services import LogPart, RunLog

CHUNK_BYTES = 1 << 16
"""Log bytes in one message, at most."""

FLOOD_BYTES = 1 << 18
"""Log bytes a second, and at once: a run that prints more is shown by its end, and the rest is fetched on demand."""

_ALIGN_BYTES = 1 << 12


class LogWatch:
    """Sends a log from an offset on. Not safe between threads.

    Parameters
    ----------
    run_id : str
        32 hex digits.
    offset : int, optional
        The first byte that the tab does not have; None when it wants no log.

    Attributes
    ----------
    told : int
        Version of the run's summary that the tab has.
    """

    def __init__(self, run_id: str, offset: int | None) -> None:
        self.run_id = run_id
        self.offset = offset
        self.told = 0
        self._head = bytes.fromhex(run_id)
        self._allowed = float(FLOOD_BYTES)
        self._at: float | None = None

    def take(self, log: RunLog, size: int, now: float) -> list[bytes | str]:
        """Return the messages that bring the tab nearer to the log's end.

        Parameters
        ----------
        log : RunLog
            Of the run.
        size : int
            Its length, as it was just seen.
        now : float
            Seconds of a clock that nobody sets.
        """
        if self._at is not None:
            self._allowed = min(float(FLOOD_BYTES), self._allowed + (now - self._at) * FLOOD_BYTES)
        self._at = now
        if self.offset is None or size <= self.offset:
            return []
        messages: list[bytes | str] = []
        if size - self.offset > self._allowed:
            if self._allowed < CHUNK_BYTES:
                return []
            messages.append(self._skip(_line_start(log, size - CHUNK_BYTES)))
        while self.offset < size:
            part = _read(log, self.offset, min(CHUNK_BYTES, size - self.offset))
            if part.data:
                messages.append(self._head + struct.pack(">Q", self.offset) + part.data)
                self.offset += len(part.data)
                self._allowed -= len(part.data)
            elif part.gap is not None:
                messages.append(self._skip(part.gap.end))
            else:
                break
        return messages

    def _skip(self, end: int) -> str:
        """Go on at `end`, and say so."""
        message = json.dumps({"skipped": self.run_id, "start": self.offset, "end": end})
        self.offset = end
        return message


def _line_start(log: RunLog, offset: int) -> int:
    """Return the offset of the first line that begins at `offset` or soon behind, else `offset`."""
    newline = _read(log, offset, _ALIGN_BYTES).data.find(b"\n")
    return offset + newline + 1


def _read(log: RunLog, offset: int, limit: int) -> LogPart:
    """Read a part; none of a log that was deleted just now, or of a disk in trouble: the next look may fare better."""
    try:
        return log.part(offset, limit)
    except OSError:
        return LogPart(b"", offset)
