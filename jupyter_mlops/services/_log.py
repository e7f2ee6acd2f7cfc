"""A run's printed output, read by byte offset: whole, its end, or as it grows.

`output.log` only ever grows, so an offset names the same byte for ever. What the cap has freed reads as one line that
says how much is missing; `log.json`, written by the shim, knows the ranges.
"""

from __future__ import annotations

import codecs
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..home import read_json

if TYPE_CHECKING:
    from ..home import RunDirectory

CHUNK_BYTES = 1 << 20
"""Read at a time, so that a log of gigabytes is never in memory."""

_POLL_FIRST_S, _POLL_MOST_S = 0.005, 0.2
_TAIL_FIRST_BYTES, _TAIL_MOST_BYTES = 1 << 16, 1 << 22


@dataclass(frozen=True)
class LogGap:
    """Bytes from `start` up to `end` that the cap has freed."""

    start: int
    end: int

    @property
    def notice(self) -> bytes:
        """The line that stands for them."""
        return f"\n[{self.end - self.start:,} bytes not kept: the log reached its cap]\n".encode()


@dataclass(frozen=True)
class LogChunk:
    """A piece of the log.

    Parameters
    ----------
    offset, next_offset : int
        Where it begins, and where to read on.
    data : bytes
        As printed; a gap is replaced by its notice.
    """

    offset: int
    next_offset: int
    data: bytes


@dataclass(frozen=True)
class LogPart:
    """Bytes of the log for people who scroll.

    Parameters
    ----------
    data : bytes
        As they stand in the file; none of a gap.
    size : int
        Of the whole log.
    gap : LogGap, optional
        The range without bytes that the part begins in, or that ended it.
    """

    data: bytes
    size: int
    gap: LogGap | None = None


class RunLog:
    """Reads one run's log. Holds nothing open between calls."""

    def __init__(self, directory: RunDirectory) -> None:
        self._directory = directory

    @property
    def size(self) -> int:
        """Bytes printed so far."""
        try:
            return self._directory.log_file.stat().st_size
        except FileNotFoundError:
            return 0

    def gaps(self) -> tuple[LogGap, ...]:
        """Return the ranges that the cap has freed, in order."""
        record = read_json(self._directory.log_gaps_file) or {}
        return tuple(LogGap(int(start), int(end)) for start, end in sorted(record.get("freed", ())))

    def read(self, offset: int = 0, limit: int = CHUNK_BYTES) -> LogChunk:
        """Return up to `limit` bytes from `offset` on; an empty chunk when there is nothing more yet.

        A gap ends the chunk before it; a chunk that begins in a gap is its notice, and reading goes on behind it.
        """
        while True:
            gaps = self.gaps()
            chunk = self._read(offset, limit, gaps)
            # A gap is told before it is made: what was read while none was told is what was printed.
            if self.gaps() == gaps:
                return chunk

    def part(self, offset: int, limit: int) -> LogPart:
        """Return at most `limit` bytes from `offset` on, up to the next gap."""
        chunk = self.read(offset, limit)
        gaps, size = self.gaps(), self.size
        inside = next((gap for gap in gaps if gap.start <= offset < gap.end), None)
        if inside is not None:
            return LogPart(b"", size, inside)
        return LogPart(chunk.data, size, next((gap for gap in gaps if gap.start == chunk.next_offset), None))

    def _read(self, offset: int, limit: int, gaps: tuple[LogGap, ...]) -> LogChunk:
        end = min(self.size, offset + limit)
        for gap in gaps:
            if gap.start <= offset < gap.end:
                return LogChunk(offset, gap.end, gap.notice)
            if offset < gap.start:
                end = min(end, gap.start)
        if end <= offset:
            return LogChunk(offset, offset, b"")
        with self._directory.log_file.open("rb") as file:
            data = os.pread(file.fileno(), end - offset, offset)
        return LogChunk(offset, offset + len(data), data)

    def chunks(self, offset: int = 0) -> Iterator[LogChunk]:
        """Yield what there is now, piece by piece."""
        chunk = self.read(offset)
        while chunk.data:
            yield chunk
            chunk = self.read(chunk.next_offset)

    def text(self, tail: int | None = None) -> str:
        """Return the log as text, or its last `tail` lines; bytes that are no UTF-8 show as U+FFFD."""
        if tail is None:
            return b"".join(chunk.data for chunk in self.chunks()).decode("utf-8", "replace")
        return self._tail(tail)

    def _tail(self, lines: int) -> str:
        """Read ever larger ends of the log until enough lines are found; a line without end is cut."""
        if lines <= 0:
            return ""
        size, window = self.size, _TAIL_FIRST_BYTES
        while True:
            start = max(0, size - window)
            data = b"".join(chunk.data for chunk in self.chunks(start))
            found = data.removesuffix(b"\n").split(b"\n")
            if start == 0 or len(found) > lines or window >= _TAIL_MOST_BYTES:
                end = b"\n" if data.endswith(b"\n") else b""
                return (b"\n".join(found[-lines:]) + end).decode("utf-8", "replace")
            window *= 4

    def follow(self, ended: Callable[[], bool], offset: int = 0) -> Iterator[str]:
        """Yield text as it is printed, never half a character, until `ended()` and everything was read."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        pause = _POLL_FIRST_S
        while True:
            is_over = ended()  # asked before reading: what was printed before the end is read after it
            for chunk in self.chunks(offset):
                offset, pause = chunk.next_offset, _POLL_FIRST_S
                if text := decoder.decode(chunk.data):
                    yield text
            if is_over:
                if rest := decoder.decode(b"", final=True):
                    yield rest
                return
            time.sleep(pause)
            pause = min(2 * pause, _POLL_MOST_S)
