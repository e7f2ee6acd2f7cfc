"""Starts the keeper when there is none: cheap enough for every submission, and no child process is left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..home import Home, lock_holder

KEEPER_LOG = "keeper.log"

_STRANGE = (
    "MLFLOW_TRACKING_URI",
    "MLFLOW_RUN_ID",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_EXPERIMENT_NAME",
    "PYTEST_CURRENT_TEST",
)
"""Variables of a run or a test that would mislead the keeper's own MLflow."""


def start_keeper(home: Home, *, python: str = sys.executable) -> bool:
    """Make sure that a keeper works for a home.

    Returns at once: one that is starting counts as working. Never raises: no run depends on the keeper.

    Parameters
    ----------
    home : Home
        Where there are runs to ship.
    python : str
        An interpreter that has this package.

    Returns
    -------
    bool
        False when one was working already, when the settings want none, or when none could be started.
    """
    if not home.settings.keeper or lock_holder(home.keeper_lock) is not None:
        return False
    command = [python, "-m", "jupyter_mlops.tracking.keeper", str(home.path)]
    try:
        _spawn_detached(command, home.path / KEEPER_LOG)
    except OSError:
        return False
    return True


def keeper_environment() -> dict[str, str]:
    """Return this process's environment without what belongs to a run."""
    return {name: value for name, value in os.environ.items() if name not in _STRANGE}


def _spawn_detached(command: list[str], log: Path) -> None:
    """Start a program that is nobody's child: a shell starts it in the background and ends, which takes 2 ms."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    shell = ["/bin/sh", "-c", 'cd / && "$@" &', "sh", *command]
    pid = os.posix_spawn("/bin/sh", shell, keeper_environment(), file_actions=actions, setsid=True)
    os.waitpid(pid, 0)
