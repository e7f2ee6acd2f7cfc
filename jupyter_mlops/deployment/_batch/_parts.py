"""What a batch leaves while it is not finished: parts of the answer and a journal, in a hidden folder beside OUT.

A part counts when the journal has its line, and the line is written after the part has its name. Who comes back
finds the same question (file, model, columns, libraries) and goes on behind the last part; any other begins anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ...entities import decode
from ...exceptions import UsageError
from ...home import crash_point, write_atomic

_JOURNAL, _LOCK = "journal.jsonl", "lock"
_READ = 1 << 20


@dataclass(frozen=True)
class Part:
    """A part that is finished.

    Parameters
    ----------
    path : Path
        Its file.
    rows, refused : int
        In it, and those of them without an answer.
    reasons : dict
        Of the refused, how many for each reason.
    """

    path: Path
    rows: int
    refused: int
    reasons: dict[str, int]


class _Entry(msgspec.Struct, frozen=True):
    """A part's line in the journal."""

    size: int
    crc: int
    rows: int
    refused: int
    reasons: dict[str, int]


class Parts:
    """The unfinished answer to one question, held by this process alone.

    Parameters
    ----------
    folder : Path
        Hidden, beside OUT.
    question : Mapping
        What was asked; JSON.
    """

    def __init__(self, folder: Path, question: Mapping[str, Any]) -> None:
        self._folder = folder
        self._journal = folder / _JOURNAL
        self.finished: list[Part] = self._taken_over(question)

    @property
    def rows(self) -> int:
        """That have their answers."""
        return sum(part.rows for part in self.finished)

    def next_file(self) -> Path:
        """Return where the next part is written; nobody reads it there."""
        return self._folder / f"part-{len(self.finished):06d}.tmp"

    def add(self, rows: int, refused: int, reasons: Mapping[str, int]) -> None:
        """Count what was written into `next_file` as finished; it survives the end of the process and of the power."""
        temporary = self.next_file()
        part = Part(temporary.with_suffix(".part"), rows, refused, dict(reasons))
        temporary.rename(part.path)
        crash_point("batch.part")
        entry = _Entry(part.path.stat().st_size, _checksum(part.path), rows, refused, part.reasons)
        _append(self._journal, msgspec.json.encode(entry))
        crash_point("batch.journal")
        self.finished.append(part)

    def remove(self) -> None:
        """Take everything away: the answer is in its place."""
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if path.name != _LOCK:
                    path.unlink()
            (self._folder / _LOCK).unlink()  # the last: whoever comes from now on makes one of its own
            self._folder.rmdir()

    def _taken_over(self, question: Mapping[str, Any]) -> list[Part]:
        """Return the parts of an earlier attempt at the same question; of any other, nothing stays."""
        asked = json.dumps(question).encode()
        lines = _lines(self._journal)
        if lines[:1] != [asked]:
            for path in self._folder.iterdir():
                if path.name != _LOCK:
                    path.unlink()
            _append(self._journal, asked)
            return []
        found = []
        for number, line in enumerate(lines[1:]):
            part = _believed(self._folder / f"part-{number:06d}.part", line)
            if part is None:
                break
            found.append(part)
        write_atomic(self._journal, b"".join(line + b"\n" for line in lines[: len(found) + 1]))
        return found


@contextmanager
def parts_beside(destination: Path, question: Mapping[str, Any]) -> Iterator[Parts]:
    """Give the unfinished answer that belongs to a destination; only one process at a time has it.

    Raises
    ------
    UsageError
        Another process is at it.
    """
    folder = destination.with_name(f".{destination.name}.parts")
    descriptor = _lock(folder, destination)
    try:
        parts = Parts(folder, question)
        try:
            yield parts
        finally:
            if not parts.finished:  # there is nothing to come back to
                parts.remove()
    finally:
        os.close(descriptor)


def _lock(folder: Path, destination: Path) -> int:
    """Return a descriptor that holds the folder's lock: the file that is there now, not one just taken away."""
    while True:
        try:
            folder.mkdir()
        except FileExistsError:
            if folder.is_file():
                raise
        try:
            descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:  # whoever had it has just removed the folder
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), (folder / _LOCK).stat()):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise UsageError(f"Another process is writing {destination}. Wait for it, or name another file.") from None
        except FileNotFoundError:
            pass
        os.close(descriptor)


def _append(path: Path, line: bytes) -> None:
    with open(path, "ab") as file:
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _lines(path: Path) -> list[bytes]:
    """Return the whole lines of a journal: the last one may be torn."""
    try:
        return path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []


def _believed(path: Path, line: bytes) -> Part | None:
    """Return a part when it is, byte for byte, what its line says."""
    try:
        entry = decode(line, _Entry)
    except msgspec.MsgspecError:
        return None
    if not path.exists() or path.stat().st_size != entry.size or _checksum(path) != entry.crc:
        return None
    return Part(path, entry.rows, entry.refused, entry.reasons)


def _checksum(path: Path) -> int:
    found = 0
    with open(path, "rb") as file:
        while piece := file.read(_READ):
            found = zlib.crc32(piece, found)
    return found
