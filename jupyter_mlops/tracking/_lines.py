"""Append-only files of lines, shared by processes and read while they grow.

One line is one `write(2)` on a descriptor opened with O_APPEND, so that lines of several processes never mix and what
was acknowledged survives the death of the writer. A full disk loses lines, never the process: losses are counted.
"""

from __future__ import annotations

import os
import threading
import weakref
from pathlib import Path
from typing import NamedTuple


class Line(NamedTuple):
    """A whole line without its newline; `end` is the byte offset behind it, `number` counts from 1."""

    number: int
    end: int
    data: bytes


class LineFile:
    """Appends lines to a file. Safe between threads and between processes; never raises for want of space.

    Parameters
    ----------
    path : Path
        Made, 0600, with the first line.

    Attributes
    ----------
    lost : int
        Lines that could not be written.
    written : int
        Lines in the file that this object wrote, torn ones included.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lost = 0
        self.written = 0
        self._fd = -1
        self._torn = False
        self._lock = threading.Lock()
        _files.add(self)

    def append(self, line: bytes) -> bool:
        """Write one line; return whether it is in the file."""
        with self._lock:
            try:
                if self._fd < 0:
                    self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
                data = (b"\n" if self._torn else b"") + line + b"\n"
                done = os.write(self._fd, data)
            except OSError:
                self.lost += 1
                return False
            return self._account(done, len(data))

    def _account(self, done: int, size: int) -> bool:
        """Keep the count of lines in step with what a reader will see."""
        if self._torn and done:
            self._torn = False
        if done == size:
            self.written += 1
            return True
        if done > 1:
            self._torn = True
            self.written += 1
        self.lost += 1
        return False

    def forget_locks(self) -> None:
        """Make the object usable in a forked child, whatever the parent's threads held."""
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1


def read_lines(path: Path, start: int = 0, *, first_number: int = 1, limit_bytes: int = 1 << 26) -> list[Line]:
    """Return the whole lines from a byte offset on; a torn last line is left for later.

    Parameters
    ----------
    path : Path
        An absent file has no lines.
    start : int
        Byte offset of a line's first byte, such as an earlier `Line.end`.
    first_number : int
        Number of the line at `start`.
    limit_bytes : int
        Read at most so much at a time.
    """
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(limit_bytes)
    except OSError:
        return []
    lines: list[Line] = []
    end = start
    for number, text in enumerate(data.split(b"\n")[:-1], first_number):
        end += len(text) + 1
        lines.append(Line(number, end, text))
    return lines


def _forget_locks_in_child() -> None:
    for file in list(_files):
        file.forget_locks()


_files: weakref.WeakSet[LineFile] = weakref.WeakSet()
os.register_at_fork(after_in_child=_forget_locks_in_child)
