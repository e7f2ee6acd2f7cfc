"""From the shim's fork to the executor's first instruction. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

import fcntl
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from ._shim_signals import default_signals

NOT_STARTED = 126
"""Exit code of an executor that could not be started, as shells use it."""

_LOCK_DESCRIPTOR = 200


def start_executor(run_dir: Path, cwd: str, slot: int, become_executor: Callable[[Path], int]) -> int:
    """Fork the executor in a process group of its own and return its pid.

    Parameters
    ----------
    run_dir : Path
        The child's descriptors 1 and 2 append to `output.log` in it; its stdin is empty.
    cwd : str
        Working directory of the child.
    slot : int
        Told to the child as `JUPYTER_MLOPS_SLOT`.
    become_executor : callable
        Called in the child with `run_dir`; it replaces the process, or returns the exit code.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        try:
            os.setpgid(pid, pid)
        except OSError:
            # The child was quicker, or has ended already.
            pass
        return pid
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
        os.execv(command[0], [*command, os.fspath(run_dir)])

    return become


def _enter(run_dir: Path, cwd: str, slot: int) -> None:
    os.setpgid(0, 0)
    log = os.open(run_dir / "output.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
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
    os.dup2(lock, _LOCK_DESCRIPTOR, inheritable=True)
    os.close(lock)
    # Waits only for those who look for the end of a run, each for a moment.
    fcntl.lockf(_LOCK_DESCRIPTOR, fcntl.LOCK_EX)


def _explain(error: BaseException) -> str:
    if isinstance(error, OSError):
        return str(error)
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
