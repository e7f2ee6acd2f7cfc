"""One run from its lock to its exit code, step by step. What each step means is in the module that it calls."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

from ..capture import environment
from ..entities import RunStatus
from ..exceptions import HomeError, LaunchError, MlopsError
from ..home import Home, RunDirectory, Word, crash_point, make_durable, say
from ..tracking import current_session
from ._approach import Approach
from ._autolog._autolog import prepare_autologging
from ._backpressure import boundless
from ._cell import EXIT_ERROR
from ._claim import claim, reset_signals
from ._deferred import run_deferred
from ._ending import leave, write_when_there_is_room
from ._execution import Execution
from ._rehearsal import rehearse_reading
from ._shell import prepare_shell
from ._streams import install_streams

EXIT_TAKEN = 75
"""Another process executes the run (EX_TEMPFAIL); nothing was touched."""

_NICENESS_AFTERWARDS = 10
"""Of what is left when the results are delivered, such as the plots and models of autologging."""


def prepare() -> None:
    """Do beforehand what every run needs: the forks of a process that called this once start in milliseconds.

    Starts no thread. Call it before the libraries of a notebook are imported, so that they see a notebook.
    """
    prepare_shell()
    prepare_autologging()
    rehearse_reading()
    # What a run comes to need after its first second, and at its end.
    importlib.import_module("psutil")
    importlib.import_module("..tracking._joining", __package__)
    environment()


def main(run_dir: Path, approach: Approach | None = None) -> int:
    """Execute a run in this process, which does nothing else afterwards.

    What wants to act at exit has done so when this returns, so that the caller may leave with `os._exit`.

    Parameters
    ----------
    run_dir : Path
        `<home>/runs/<run_id>`, with spec, cell and inputs complete.
    approach : Approach, optional
        Of a process that knew its run before it might begin.

    Returns
    -------
    int
        The exit code: 0 where the cell ended well, what it gave to `sys.exit`, 1 after an exception, 130 after an
        interrupt.
    """
    started = time.monotonic()
    reset_signals()
    approach = approach or Approach.to(run_dir)
    run = approach.run
    try:
        # Held until the process is gone: the lock is its life.
        claim(run)
    except LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_TAKEN
    streams = install_streams(partial(_log_cap, approach.home))
    result = Execution(approach, streams, started).execute()
    # Who waits for it reads it now. A power cut until it is durable is one that came before it.
    write_when_there_is_room(lambda: run.write(result, run.result_file, durable=False), run.executor_lock)
    crash_point("executor.result")
    say(run.executor_lock, Word.RELEASED)
    say(run.executor_lock, Word.DELIVERED)
    _wake_shim(run)
    # The directory may have been removed by now.
    with contextlib.suppress(OSError):
        make_durable(run.result_file)
    # From here on nobody waits for this process: the notebook and the next runs go first.
    os.nice(max(0, _NICENESS_AFTERWARDS - os.nice(0)))
    # What a cell fitted before it failed is worth logging too.
    if result.status is RunStatus.FINISHED or result.exit_code == EXIT_ERROR:
        run_deferred()
    _record_environment(run)
    leave(streams)
    session = current_session()
    if session is not None:
        session.close()
    return result.exit_code


def _log_cap(home: Home) -> float:
    """Return the bytes that the run's log may take on disk."""
    # A cell may remove its home, and prints go on.
    with contextlib.suppress(MlopsError, OSError):
        return home.settings.log_cap_bytes
    return boundless()


def _wake_shim(run: RunDirectory) -> None:
    """Let the shim see the result at once: it hands the slot on. Only a living parent that is the shim is told."""
    shim = run.shim()
    if shim is not None and shim.pid == os.getppid():
        os.kill(shim.pid, signal.SIGUSR1)


def _record_environment(run: RunDirectory) -> None:
    """Store what the run ran on; a disk without room for it takes nothing from the run."""
    with contextlib.suppress(HomeError):
        run.write(environment(), run.environment_file, durable=False)
