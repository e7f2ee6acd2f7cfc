"""The last steps of a run's process: what must be written is, what wants to act at exit does."""

from __future__ import annotations

import atexit
import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..exceptions import HomeError
from ..home import raise_flag
from ._deferred import attempt
from ._streams import RunStreams

_MAY_PASS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG})


def write_when_there_is_room(write: Callable[[], None], lock: Path) -> None:
    """Write what decides a run's status, waiting for space as long as it takes. Meanwhile the run counts as running.

    Parameters
    ----------
    write : callable
        Raises HomeError, from the OSError, when the disk does not take it.
    lock : Path
        A lock of this process, whose flag tells meanwhile what the run waits for.

    Raises
    ------
    HomeError
        It cannot be written for another reason, such as a directory that was removed.
    """
    pause_s = 0.05
    while True:
        try:
            write()
        except HomeError as error:
            cause = error.__cause__
            if not isinstance(cause, OSError) or cause.errno not in _MAY_PASS:
                raise
            raise_flag(lock, up=True)
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, 2.0)
        else:
            raise_flag(lock, up=False)
            return


def leave(streams: RunStreams) -> None:
    """Do what the interpreter does at exit, short of unloading: wait for threads, call `atexit` functions, flush."""
    # Private, but the only way to what `concurrent.futures` and user threads rely on.
    for step in (threading._shutdown, atexit._run_exitfuncs):  # type: ignore[attr-defined]
        try:
            attempt(step, "something at the exit of the process failed")
        except (KeyboardInterrupt, SystemExit):
            # The run is being stopped, or a library ends it; its result is written already.
            continue
    streams.flush()
