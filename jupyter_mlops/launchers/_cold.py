"""Starting programs that belong to nobody: not children of this process, not in its session, without a pipe to it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..exceptions import LaunchError

_PACKAGE_PARENT = Path(__file__).parent.parent.parent

# The shell forks and ends at once: an orphan from birth, without forking the (large, threaded) kernel in Python.
_IN_BACKGROUND = ("/bin/sh", "-c", '"$@" &', "sh")


def start_detached(
    command: Sequence[str], *, environment: dict[str, str] | None = None, given: Sequence[int] = ()
) -> None:
    """Start a program that outlives this process; its three streams are empty, and it has the descriptors of `given`.

    Raises
    ------
    LaunchError
        The system gives no process. That the program itself is missing cannot be seen from here.
    """
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(
            [*_IN_BACKGROUND, *command],
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
            check=True,
            cwd="/",
            env=environment,
            pass_fds=given,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise LaunchError(
            f"Cannot start a process: {error}. Free memory or processes, then run the cell again."
        ) from error


def start_shim(python: str, module: str, *arguments: str, given: Sequence[int] = ()) -> None:
    """Start one of the shim's programs (`_shim`, `_shim_adopt`) in a bare interpreter.

    `-I -S` starts in 10 ms and loads nothing of the user's; our folder is appended to the path, so that nothing in it
    can hide a module of the standard library.
    """
    program = (
        f"import sys; sys.path.append({os.fspath(_PACKAGE_PARENT)!r}); "
        f"from jupyter_mlops.launchers.{module} import main; main()"
    )
    start_detached([python, "-I", "-S", "-c", program, *arguments], given=given)
