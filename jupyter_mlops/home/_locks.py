"""Liveness: locks that die with exactly the process that took them, and ways to look at them without touching them.

POSIX record locks (`fcntl.lockf`): `flock` would be kept alive by a forked DataLoader worker. Their one trap is that
closing *any* descriptor of the file gives the lock up, so every descriptor of a lock file is opened and closed in this
module, which keeps a table of what the process holds. Standard library only and Python 3.9 syntax: the shim imports it.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import fcntl
import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import StrPath

_FILE = tuple[int, int]
"""A file's device and inode: what a record lock belongs to."""

_FLAG = 1 << 40
"""The byte that a holder lets go to raise its flag; far behind all that is ever written into a lock file."""


class Word(enum.IntEnum):
    """What the holder of a run's lock says once and for good: a byte that it lets go, which wakes who sleeps in it."""

    BEGUN = _FLAG + 1
    """Of a shim: its executor has been started."""
    RELEASED = _FLAG + 2
    """Of an executor: `released.json` is there, or will never be."""
    DELIVERED = _FLAG + 3
    """Of an executor: `result.json` is there."""


_held: dict[_FILE, LifeLock] = {}
_table = threading.Lock()


class LifeLock:
    """An exclusive lock on a file that its process holds until `release`, or until it dies however it dies.

    Forked children do not own it, and may close what they inherit. Safe to share between threads.

    Examples
    --------
    >>> lock = LifeLock.acquire(run.executor_lock)
    >>> if lock is None:
    ...     raise SystemExit("another executor has this run")
    """

    def __init__(self, descriptor: int, file: _FILE) -> None:
        self._descriptors = [descriptor]
        self._file = file
        self._pid = os.getpid()
        self._let_go: set[int] = set()

    @classmethod
    def acquire(cls, path: StrPath) -> LifeLock | None:
        """Return the lock, or None when a process (this one too) holds it already. Never waits for a holder.

        Parameters
        ----------
        path : path
            Made with mode 0600 where absent. The holder's pid is written into it, for people.

        Raises
        ------
        OSError
            The file cannot be made or opened.
        """
        # Somebody who waits for an end has a shared lock for a moment: that is no holder, so try again.
        for pause_s in (0.0, 0.0, *[0.001] * 1000):
            with _table:
                if _own(path) is not None:
                    return None
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                file = _take(descriptor, path)
                if file is not None:
                    lock = cls(descriptor, file)
                    _held[file] = lock
                    return lock
                holder = _exclusive_holder(descriptor)
                os.close(descriptor)
            if holder is not None:
                return None
            time.sleep(pause_s)
        return None

    def release(self) -> None:
        """Give the lock up; a second call does nothing."""
        with _table:
            if self._pid == os.getpid() and _held.get(self._file) is self:
                del _held[self._file]
            while self._descriptors:
                os.close(self._descriptors.pop())

    def __enter__(self) -> LifeLock:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()

    def adopt(self, descriptor: int) -> None:
        """Take over a descriptor with a shared lock on the same file, which has replaced the exclusive one.

        Closing it before `release` would give the lock up. Others can have shared locks for a moment only.
        """
        self._descriptors.append(descriptor)
        fcntl.lockf(self._descriptors[0], fcntl.LOCK_EX)
        for byte in self._let_go:
            fcntl.lockf(self._descriptors[0], fcntl.LOCK_UN, 1, byte)

    def let_go(self, byte: int) -> None:
        """Give up one byte and hold the rest; see `raise_flag` and `say`."""
        self._let_go.add(byte)
        fcntl.lockf(self._descriptors[0], fcntl.LOCK_UN, 1, byte)

    def take_back(self, byte: int) -> None:
        """Hold a byte again."""
        self._let_go.discard(byte)
        fcntl.lockf(self._descriptors[0], fcntl.LOCK_EX, 1, byte)

    def has_let_go(self, byte: int) -> bool:
        """Whether a byte is given up."""
        return byte in self._let_go


def lock_holder(path: StrPath) -> int | None:
    """Return the pid that holds a lock exclusively, or None. Takes nothing, so that nobody else is kept out.

    0 and -1 mean a holder without a pid here (another container's; see `handed_on`): compare with None.
    """
    return _look(path, lambda own: own._pid, _exclusive_holder)


def raise_flag(path: StrPath, *, up: bool) -> None:
    """Say one thing to those who look at a lock of this process, or take it back: the only word that needs no disk.

    The holder lets one byte of the file go and keeps the rest. Does nothing where this process does not hold the lock.
    """
    with _table:
        own = _own(path)
        if own is not None and up:
            own.let_go(_FLAG)
        elif own is not None:
            own.take_back(_FLAG)


def is_flagged(path: StrPath) -> bool:
    """Tell whether somebody holds a lock and has its flag up."""
    return _has_let_go(path, _FLAG)


def say(path: StrPath, word: Word) -> None:
    """Say a word on a lock of this process, so that who sleeps in it wakes; without the lock nothing happens."""
    with _table:
        own = _own(path)
        if own is not None:
            own.let_go(word)


def has_said(path: StrPath, word: Word) -> bool:
    """Tell whether somebody holds a lock and has said a word on it."""
    return _has_let_go(path, word)


def wait_said(path: StrPath, word: Word) -> None:
    """Sleep until the holder of a lock says a word, or nobody holds it."""
    if _wait_blocking(path, word, 1):
        return
    pause_s = 0.0005
    while lock_holder(path) is not None and not has_said(path, word):
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.02)


def wait_released(path: StrPath, timeout_s: float | None = None) -> bool:
    """Wait until nobody holds a lock.

    Parameters
    ----------
    path : path
        A file that does not exist is held by nobody.
    timeout_s : float, optional
        Without it the system wakes us at the very end; with it we look with growing pauses, 20 ms at most.

    Returns
    -------
    bool
        False when the time is up and somebody still holds it.
    """
    if timeout_s is None and _wait_blocking(path):
        return True
    end = None if timeout_s is None else time.monotonic() + timeout_s
    pause_s = 0.0005
    while lock_holder(path) is not None:
        rest_s = pause_s if end is None else min(pause_s, end - time.monotonic())
        if rest_s <= 0:
            return False
        time.sleep(rest_s)
        pause_s = min(pause_s * 1.5, 0.02)
    return True


@contextlib.contextmanager
def exclusive(path: StrPath, timeout_s: float = 10.0) -> Iterator[None]:
    """Hold a lock for the length of a `with`, against other processes and other threads.

    Raises
    ------
    TimeoutError
        Somebody else has held it all the time.
    """
    end = time.monotonic() + timeout_s
    lock = LifeLock.acquire(path)
    while lock is None:
        if time.monotonic() > end:
            raise TimeoutError(f"{path} has been locked by process {lock_holder(path)} for {timeout_s:g} s")
        time.sleep(0.001)
        lock = LifeLock.acquire(path)
    with lock:
        yield


@contextlib.contextmanager
def handed_on(path: StrPath) -> Iterator[tuple[int, ...]]:
    """Lock a file that is there until the last process has gone that was given the descriptor, or has closed it.

    A lock of the open file (Linux), not of a process: the one kind that passes to a program which is started, or over a
    socket. Nobody else locks such a file, so nothing is waited for. Gives no descriptor where there is no such lock.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield ()
        return
    try:
        yield (descriptor,) if _lock_open_file(descriptor) else ()
    finally:
        os.close(descriptor)


def _lock_open_file(descriptor: int) -> bool:
    command = getattr(fcntl, "F_OFD_SETLK", None)
    if command is None:
        return False
    try:
        fcntl.fcntl(descriptor, command, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
    except OSError:
        return False
    return True


_Answer = TypeVar("_Answer")


def _look(
    path: StrPath, at_own: Callable[[LifeLock], _Answer], at_open: Callable[[int], _Answer | None]
) -> _Answer | None:
    """Return what a lock tells: asked of the lock where this process holds it, else of its open file; None without."""
    with _table:
        own = _own(path)
        if own is not None:
            return at_own(own)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            return at_open(descriptor)
        finally:
            os.close(descriptor)


def _has_let_go(path: StrPath, byte: int) -> bool:
    """Tell whether somebody holds a lock, but for one byte."""

    def at_open(descriptor: int) -> bool:
        return _exclusive_holder(descriptor, byte, 1) is None and _exclusive_holder(descriptor) is not None

    return bool(_look(path, lambda own: own.has_let_go(byte), at_open))


def _own(path: StrPath) -> LifeLock | None:
    """Return the lock that this very process holds on a path; what a fork inherited does not count."""
    try:
        found = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return _held.get((found.st_dev, found.st_ino))


def _take(descriptor: int, path: StrPath) -> _FILE | None:
    """Lock a descriptor if nobody else has, and if its file still bears its name; say which file that is."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            os.close(descriptor)
            raise
        return None
    found = os.fstat(descriptor)
    try:
        named = Path(path).stat()
    except FileNotFoundError:
        return None
    if (named.st_dev, named.st_ino) != (found.st_dev, found.st_ino):
        return None
    # The lock is what counts; its note for people may fail on a full disk.
    with contextlib.suppress(OSError):
        # Of one width, over the last note: ext4 flushes a file that was truncated, which costs each start milliseconds.
        os.pwrite(descriptor, b"%-19d\n" % os.getpid(), 0)
    return found.st_dev, found.st_ino


def _asked_holder(descriptor: int, start: int = 0, length: int = 0) -> int | None:
    """Ask the kernel (F_GETLK); a read lock is asked for, so that others' read locks do not count. 64-bit Linux.

    A length of 0 asks for all that follows.
    """
    question = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, start, length, 0)
    kind, _whence, _start, _length, pid = struct.unpack("hhqqi4x", fcntl.fcntl(descriptor, fcntl.F_GETLK, question))
    return None if kind == fcntl.F_UNLCK else int(pid)


def _probed_holder(descriptor: int, start: int = 0, length: int = 0) -> int | None:
    """Try a shared lock, for systems whose F_GETLK we do not know; the pid is what the holder wrote."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB, length, start)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            raise
        note = os.pread(descriptor, 20, 0).strip()
        return int(note) if note.isdigit() else 0
    fcntl.lockf(descriptor, fcntl.LOCK_UN, length, start)
    return None


_exclusive_holder = _asked_holder if sys.platform.startswith("linux") else _probed_holder
"""Tells who has locked an open file that this process has not locked."""


def _wait_blocking(path: StrPath, start: int = 0, length: int = 0) -> bool:
    """Sleep in the kernel until a shared lock is granted; False when this process must look instead.

    A length of 0 asks for all that follows.
    """
    with _table:
        if _own(path) is not None:
            return False
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return True
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH, length, start)
    except OSError as error:
        if error.errno != errno.EDEADLK:
            raise
        # Two processes that wait for each other's different locks in different threads look like a deadlock.
        return False
    finally:
        _close(descriptor)
    return True


def _close(descriptor: int) -> None:
    """Close a descriptor of a lock file, unless another thread has locked that file meanwhile."""
    with _table:
        found = os.fstat(descriptor)
        own = _held.get((found.st_dev, found.st_ino))
        if own is None:
            os.close(descriptor)
            return
        own.adopt(descriptor)


def _forget_inherited() -> None:
    """In a forked child: it holds nothing, and no thread of the parent will ever open the table's lock."""
    global _table
    _table = threading.Lock()
    _held.clear()


os.register_at_fork(after_in_child=_forget_inherited)
