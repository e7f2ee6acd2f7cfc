"""Reads runs of a local store in a process of its own, beside whoever enters those that it has read.

A third of the time in which a large store is read is sqlite's, and threads would wait for each other at each row.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import msgspec

from ...entities import understood
from .._keeper_start import keeper_environment
from .._pipes import is_heard
from ._frames import frame, take_frame
from ._rows import MOST_S, StoreChanges

CHILD = (sys.executable, "-m", "jupyter_mlops.tracking._catalog._read_ahead_child")
"""How the process is started; the store's path follows. Another one only in tests."""

PATIENCE_S = MOST_S + 10.0
"""After so long without a word from it, it is taken for hung."""

_PIPE = 1 << 20
"""Where the system lets it: an answer lies there whole, and the next is under way."""

_SOME = 1 << 18
_decode = msgspec.msgpack.Decoder(understood(StoreChanges)).decode


class ReadAheadError(Exception):
    """The process is of no use: whoever has asked it reads alone."""


class ReadAhead:
    """A process that reads what it is asked for, in that order. Used by one thread at a time.

    Parameters
    ----------
    path : Path
        The store's file.

    Raises
    ------
    ReadAheadError
        There may be no other process now.
    """

    def __init__(self, path: Path) -> None:
        self._child = _start(path)
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        for pipe in (self._child.stdin, self._child.stdout):
            _widen(pipe)
        self._wishes, self._answers = self._child.stdin.fileno(), self._child.stdout.fileno()
        # A stranger's ids may be long: a wish that waited for the process, which waits for us, would wait forever.
        os.set_blocking(self._wishes, False)
        self._came = bytearray()
        self._heard_at = time.monotonic()
        self._is_ready = False

    def is_ready(self) -> bool:
        """Return whether it has started and may be asked.

        Raises
        ------
        ReadAheadError
            It has ended, or says nothing that can be understood.
        """
        if not self._is_ready:
            self._is_ready = self.answer(0.0) is not None
        return self._is_ready

    def ask(self, run_ids: list[str]) -> None:
        """Have it read runs by the store's ids.

        Raises
        ------
        ReadAheadError
            It has ended, or the ids are too long for a pipe.
        """
        wish = frame(run_ids)
        try:
            written = os.write(self._wishes, wish)
        except OSError as error:
            raise ReadAheadError(str(error)) from error
        if written < len(wish):
            raise ReadAheadError("The pipe is full.")

    def answer(self, end: float) -> StoreChanges | None:
        """Return what it has found for the oldest wish without an answer; None where that is not there in time.

        Parameters
        ----------
        end : float
            Monotonic time until which to wait.

        Raises
        ------
        ReadAheadError
            It has ended, is hung, or says nothing that can be understood.
        """
        try:
            while (data := take_frame(self._came)) is None:
                if not self._hear(end):
                    return None
            return _decode(data)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise ReadAheadError(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._child.communicate()

    def _hear(self, end: float) -> bool:
        """Take in what it says; return whether that was something before the time was over."""
        wait = min(end, self._heard_at + PATIENCE_S) - time.monotonic()
        if not is_heard(self._answers, wait):
            if time.monotonic() >= self._heard_at + PATIENCE_S:
                raise TimeoutError("It is hung.")
            return False
        some = os.read(self._answers, _SOME)
        if not some:
            raise BrokenPipeError("It has ended.")
        self._came += some
        self._heard_at = time.monotonic()
        return True


def _start(path: Path) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            (*CHILD, str(path.absolute())),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=keeper_environment(),
        )
    except OSError as error:
        raise ReadAheadError(str(error)) from error


def _widen(pipe: IO[bytes]) -> None:
    """Give a pipe more room, where the system lets it: a user's pipes may have all of theirs already."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
