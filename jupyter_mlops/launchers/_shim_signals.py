"""The shim's ears: signals become the end of a wait. Standard library only, Python 3.9 syntax.

A shim waits in two ways: asleep (`sleep`), or blocked in a file lock that another process holds (`blocked_in`). Both
end early when somebody signals it, so that a stop request is answered at once, whatever the run was waiting for.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable
from typing import Any

LISTENED = (signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD, signal.SIGALRM)
IGNORED = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


class _Interrupted(Exception):
    """Raised inside a blocking call to leave it."""


class Attention:
    """Owns the signal handlers of this process and the pipe that they write to.

    One per process, made on the main thread. A handler does nothing but wake the wait: what the signal meant is found
    in the run's files (`stop.json`) or in the children's exit statuses, so a lost or repeated signal changes nothing.
    """

    def __init__(self) -> None:
        self._armed = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before = {number: signal.getsignal(number) for number in (*IGNORED, *LISTENED)}
        for number in IGNORED:
            signal.signal(number, signal.SIG_IGN)
        for number in LISTENED:
            signal.signal(number, self._wake)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def _wake(self, _number: int, _frame: Any) -> None:
        if self._armed:
            self._armed = False
            raise _Interrupted

    def sleep(self, seconds: float) -> None:
        """Sleep until a signal arrives (also one that arrived since the last sleep), at most so many seconds."""
        select.select([self._reader], [], [], max(seconds, 0.0))
        try:
            os.read(self._reader, 4096)
        except BlockingIOError:
            pass

    def blocked_in(self, call: Callable[[], object], at_most_s: float) -> None:
        """Run a call that may block for ever, and leave it when a signal arrives or the time is over.

        The timer repeats: a signal that slips in just before the call blocks costs one period, not the run.
        """
        signal.setitimer(signal.ITIMER_REAL, at_most_s, at_most_s)
        try:
            self._armed = True
            call()
        except _Interrupted:
            pass
        finally:
            self._armed = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def close(self) -> None:
        """Give the signals back to whom they were taken from."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            # None is one that was not set from Python.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        os.close(self._reader)
        os.close(self._writer)


def default_signals() -> None:
    """Undo every handler and mask of this process, as a program started from a shell expects.

    A process started in the background of a shell ignores SIGINT, and an ignored signal stays ignored through `exec`:
    without this, stopping a run would not interrupt its cell.
    """
    for number in (*LISTENED, *IGNORED, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
