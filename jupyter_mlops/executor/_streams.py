"""The run's `sys.stdout` and `sys.stderr`: text over file descriptors 1 and 2, which the shim opened on `output.log`.

Every piece is written when it is printed, so that a killed run has lost nothing and a forked child inherits nothing to
print twice; the child itself writes whole lines. Only a flood is held back for moments (`_flood`). A write never raises
for want of space: what could not be written is counted, and the log says so when there is room again.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from ._backpressure import Backpressure, boundless
from ._flood import Flood

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

BLOCK_BYTES = 32 << 10
"""What a flood is written in, and the most of it that SIGKILL takes."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})


class LossCounter:
    """Bytes that one log could not take, shared by all streams that write to it.

    Attributes
    ----------
    lost : int
        Those that the log does not tell of yet.
    """

    def __init__(self) -> None:
        self.lost = 0
        self._reason = ""

    def add(self, count: int, reason: str) -> None:
        """Count bytes that were lost, and why."""
        self.lost += count
        self._reason = reason

    def settle(self, fd: int) -> None:
        """Say in the log what was lost, where there is room for it again."""
        if not self.lost:
            return
        lost, self.lost = self.lost, 0
        marker = f"\n[{lost} bytes lost: {self._reason}]\n".encode()
        with contextlib.suppress(OSError):
            if os.write(fd, marker) == len(marker):
                return
        self.lost += lost


class LogFile(io.RawIOBase):
    """The bytes under a text stream: unbuffered writes to a descriptor, complete unless there is no room for them.

    Parameters
    ----------
    fd : int
        Descriptor open for writing; it is not closed.
    losses : LossCounter
        Where bytes without room are counted.
    flood : Flood
        Its lock orders the writes.
    notice : callable
        Called before each write.
    backpressure : Backpressure
        Told after each write.
    """

    def __init__(
        self, fd: int, losses: LossCounter, flood: Flood, notice: Callable[[], None], backpressure: Backpressure
    ) -> None:
        super().__init__()
        self.flood = flood
        self._backpressure = backpressure
        self._fd = fd
        self._losses = losses
        self._notice = notice

    def writable(self) -> bool:
        """Return True: this is where output goes."""
        return True

    def fileno(self) -> int:
        """Return the descriptor, for `subprocess` and native code."""
        return self._fd

    def write(self, data: ReadableBuffer) -> int:
        """Write all of the data, or count what there was no room for; errors that are not about room are raised."""
        with self.flood.lock:
            self._notice()
            written = 0
            if not self._losses.lost:
                # Nearly always all there is to do, and a loop may print a million times.
                try:
                    written = os.write(self._fd, data)
                except OSError:
                    # Tried again below, where errors are told apart.
                    written = 0
            size = memoryview(data).nbytes
            if written < size:
                self._write_rest(memoryview(data).cast("B")[written:])
            # Afterwards: an interrupt of the wait takes nothing that was printed.
            self._backpressure.notice(self._fd, size)
            return size

    def _write_rest(self, rest: memoryview) -> None:
        self._losses.settle(self._fd)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
                self._losses.add(len(rest), _reason(error))
                break

    def settle(self) -> None:
        """Say what was lost, if anything was and there is room now."""
        self._losses.settle(self._fd)


class RunStreams(NamedTuple):
    """The two text streams of a run."""

    stdout: io.TextIOWrapper
    stderr: io.TextIOWrapper

    def flush(self) -> None:
        """Write what is buffered, and a note of what was lost."""
        for stream in self:
            if not stream.closed:
                stream.flush()
        self.raw.settle()

    def write_whole_lines(self) -> None:
        """Hold text back until its line ends: `print` writes in pieces, and the lines of forked workers would mix."""
        for stream in self:
            if not stream.closed:
                stream.reconfigure(line_buffering=True, write_through=False)

    @property
    def raw(self) -> LogFile:
        """The unbuffered file below `stdout`."""
        raw = self.stdout.buffer
        assert isinstance(raw, LogFile)
        return raw

    @property
    def size(self) -> int:
        """Bytes in the log so far, by whichever process wrote them; 0 where the descriptor is no file."""
        self.raw.flood.let_out()
        return os.fstat(self.raw.fileno()).st_size


def open_streams(out_fd: int = 1, err_fd: int = 2, cap: Callable[[], float] = boundless) -> RunStreams:
    r"""Return text streams over two descriptors of the same log.

    Text is UTF-8; lone surrogates are written as `\udcXX`. `stream.buffer` takes bytes as they are. Whoever prints
    waits for a moment while the log takes more bytes on disk than its cap, which is asked for when that may matter.
    """
    losses, flood, backpressure = LossCounter(), Flood(), Backpressure(cap)
    out = _text(LogFile(out_fd, losses, flood, flood.notice, backpressure))
    flood.watch(out)
    return RunStreams(out, _text(LogFile(err_fd, losses, flood, flood.let_out, backpressure)))


def install_streams(cap: Callable[[], float] = boundless) -> RunStreams:
    """Make descriptors 1 and 2 this process' `sys.stdout` and `sys.stderr`; see `open_streams`."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    streams = open_streams(cap=cap)
    _keep(sys.__stdout__, sys.__stderr__)
    sys.stdout = sys.__stdout__ = streams.stdout  # type: ignore[misc]  # Final in typeshed, yet it is what a child resets to
    sys.stderr = sys.__stderr__ = streams.stderr  # type: ignore[misc]
    flood = streams.raw.flood
    os.register_at_fork(
        before=flood.before_fork, after_in_parent=flood.after_in_parent, after_in_child=flood.after_in_child
    )
    os.register_at_fork(after_in_child=streams.write_whole_lines)
    atexit.register(flood.end)
    return streams


def _text(raw: LogFile) -> io.TextIOWrapper:
    file: Any = raw  # typeshed asks for more than a text stream uses
    stream: io.TextIOWrapper = io.TextIOWrapper(
        file, encoding="utf-8", errors="backslashreplace", newline="\n", write_through=True
    )
    # Without a name of its own in the standard library: how much text is a block when it is held back.
    stream._CHUNK_SIZE = BLOCK_BYTES  # type: ignore[attr-defined]
    return stream


_kept: list[IO[str] | None] = []


def _keep(*streams: IO[str] | None) -> None:
    """Keep the interpreter's own streams alive: collecting them would close descriptors 1 and 2."""
    _kept.extend(streams)


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "disk full"
    return (os.strerror(error.errno) if error.errno else str(error)).lower()
