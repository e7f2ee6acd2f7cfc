"""From the shim's fork to the executor's first instruction. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

import fcntl
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ..home._survivors import LOCK_DESCRIPTOR
from ._shim_signals import default_signals

NOT_STARTED = 126
"""Exit code of an executor that could not be started, as shells use it."""


class ExecutorStarter:
    """How a shim comes to its executor: by a fork, when it has a slot.

    Parameters
    ----------
    become_executor : callable
        Called in the child with the run directory; it replaces the process, or returns the exit code.
    """

    def __init__(self, become_executor: Callable[[Path], int]) -> None:
        self._become_executor = become_executor

    def start(self, run_dir: Path, cwd: str, slot: int) -> int:
        """Start the executor in a process group of its own and return its pid; see `run_as_executor`."""
        pid = os.fork()
        if pid == 0:
            run_as_executor(run_dir, cwd, slot, self._become_executor)
        join_group(pid)
        return pid

    def expect_wait(self) -> None:
        """Hear that the run has to wait, so that nothing need be kept ready for it."""


def join_group(pid: int) -> None:
    """Make a forked child the leader of a process group of its own, as the child does too: whoever is quicker."""
    try:
        os.setpgid(pid, pid)
    except OSError:
        # The child has executed its program, or has ended already.
        pass


def run_as_executor(run_dir: Path, cwd: str, slot: int, become_executor: Callable[[Path], int]) -> NoReturn:
    """Be the executor in a forked child, and end with it.

    Parameters
    ----------
    run_dir : Path
        Descriptors 1 and 2 append to `output.log` in it; stdin is empty.
    cwd : str
        Working directory.
    slot : int
        Told to the executor as `JUPYTER_MLOPS_SLOT`.
    become_executor : callable
        See `ExecutorStarter`.
    """
    code = NOT_STARTED
    try:
        _enter(run_dir, cwd, slot)
        code = become_executor(run_dir)
    except BaseException as error:  # noqa: BLE001 - a forked child must not unwind into its parent's frames
        os.write(2, f"The run could not be started: {_explain(error)}\n".encode())
    finally:
        os._exit(code)


def execute(command: tuple[str, ...]) -> Callable[[Path], int]:
    """Return what makes a forked child a fresh process with that command line and the run directory."""

    def become(run_dir: Path) -> int:
        try:
            os.execv(command[0], [*command, os.fspath(run_dir)])
        except OSError as error:
            # The system does not say what is missing; the log should.
            raise OSError(error.errno, error.strerror, command[0]) from None

    return become


def _enter(run_dir: Path, cwd: str, slot: int) -> None:
    os.setpgid(0, 0)
    log = os.open(run_dir / "output.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(empty)
    os.close(log)
    _hold_executor_lock(run_dir)
    default_signals()
    os.environ["JUPYTER_MLOPS_SLOT"] = str(slot)
    os.chdir(cwd)


def _hold_executor_lock(run_dir: Path) -> None:
    """Hold `executor.lock` from the first instant, through `exec` and until this process dies.

    The executor takes it again under its own table of locks, which a process may. Until it comes to that, a second of
    imports passes, and a shim killed within it would leave a living run that looks lost and a slot that looks free.
    """
    lock = os.open(run_dir / "executor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    # Locked under its last number: closing any other descriptor of the file would give the lock up.
    os.dup2(lock, LOCK_DESCRIPTOR, inheritable=True)
    os.close(lock)
    # Waits only for those who look for the end of a run, each for a moment.
    fcntl.lockf(LOCK_DESCRIPTOR, fcntl.LOCK_EX)


def _explain(error: BaseException) -> str:
    if isinstance(error, OSError):
        return str(error)
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
