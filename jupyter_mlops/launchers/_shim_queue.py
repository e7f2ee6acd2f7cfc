"""Whose turn it is: tickets in submission order, and slots. Standard library only, Python 3.9 syntax.

`queue/<sequence>-<run id>` is a run's ticket, `slots/<n>.lock` a place to run; both count only while a living process
holds their lock, so whoever dies frees his place at once. Everybody but the first sleeps in the system until the one
before him is gone. `slots/<n>.run` names the run that had the slot last: its executor may outlive a killed shim, and
then keeps the slot.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ..home._locks import LifeLock, lock_holder

NOBODY = "-" * 32
"""Note of a slot whose run has delivered: as long as a run id."""


class Ticket:
    """A run's place in the queue of its home."""

    def __init__(self, home: Path, run_id: str, sequence: int) -> None:
        self._folder = home / "queue"
        self._path = self._folder / f"{sequence:016d}-{run_id}"
        self._draft = home / "runs" / run_id / "ticket.lock"
        self._lock: LifeLock | None = None

    def draw(self) -> None:
        """Enter the queue. The ticket is locked before it is named: nobody ever sees a living run's ticket free."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._lock = LifeLock.acquire(self._draft)
        self._draft.rename(self._path)

    def ahead(self) -> list[Path]:
        """Return the earlier tickets, the nearest last. Some may belong to runs that have died."""
        with os.scandir(self._folder) as entries:
            names = [entry.name for entry in entries if entry.name < self._path.name]
        return [self._folder / name for name in sorted(names)]

    def nearest(self) -> Path | None:
        """Return the nearest earlier ticket of a living run, None for the first in line; sweep dead ones."""
        for path in reversed(self.ahead()):
            if lock_holder(path) is not None:
                return path
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
        return None

    def give_up(self) -> None:
        """Leave the queue; the next in line wakes."""
        if self._lock is not None:
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
            self._lock.release()
            self._lock = None


class Slot:
    """A place to run, held until `release` or until this process dies.

    Parameters
    ----------
    number : int
        From 0.
    lock : LifeLock
        What holds the place.
    note : Path
        Names the run, for the case that its executor outlives this process.
    """

    def __init__(self, number: int, lock: LifeLock, note: Path) -> None:
        self.number = number
        self._lock = lock
        self._note = note
        self._released = False

    def release(self) -> None:
        """Hand the place to the next run, though this one's executor may still live; a second call does nothing."""
        if self._released:
            return
        self._released = True
        # By then the next run's name may be due there: the note is ours only while we hold the lock.
        with contextlib.suppress(OSError):
            _write_over(self._note, NOBODY)
        self._lock.release()


def take_slot(home: Path, run_id: str, slots: int) -> Slot | None:
    """Return a free slot, or None when all are busy.

    A slot whose lock is free may still be busy: when a shim was killed, its executor goes on and keeps the place.
    """
    folder = home / "slots"
    folder.mkdir(mode=0o700, exist_ok=True)
    for number in range(slots):
        lock = LifeLock.acquire(folder / f"{number}.lock")
        if lock is None:
            continue
        note = folder / f"{number}.run"
        if _still_runs(home, note):
            lock.release()
            continue
        with contextlib.suppress(OSError):
            _write_over(note, run_id)
        return Slot(number, lock, note)
    return None


def _write_over(note: Path, run_id: str) -> None:
    # Not truncated first: file systems flush a file that was, and ids are equally long.
    descriptor = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, run_id.encode())
    finally:
        os.close(descriptor)


def _still_runs(home: Path, note: Path) -> bool:
    try:
        previous = note.read_text()
    except FileNotFoundError:
        return False
    return previous not in ("", NOBODY) and lock_holder(home / "runs" / previous / "executor.lock") is not None
