"""Deleting a run: never one that lives, at once as far as anybody can see, and for good."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..exceptions import HomeError, LaunchError
from ..home import Home, crash_point, exclusive
from ._run import Run


class RunLivesError(LaunchError):
    """A run that has not ended cannot be deleted."""


def delete_run(run: Run, home: Home) -> None:
    """Remove a run's directory.

    Raises
    ------
    RunLivesError
        It has not ended, or what it returned is being read from elsewhere in this moment.
    RunNotFoundError
        There is no such run.
    HomeError
        Its files may not be removed.
    """
    run.spec  # noqa: B018 - raises where there is no such run
    directory = run.directory.path
    hidden = _hidden(home, run.id)
    try:
        with exclusive(run.directory.user_lock, 5.0):
            if not run.state.status.is_terminal:
                raise RunLivesError(f"Run {run.name} has not ended. Stop it first.")
            # One rename takes all of it out of sight, so that a kill half-way leaves no half of a run.
            directory.rename(hidden)
        crash_point("collect.hidden")
        shutil.rmtree(hidden)
    except TimeoutError:
        raise HomeError(f"Another process keeps {run.directory.user_lock} locked. Try again.") from None
    except OSError as error:
        raise HomeError(f"Cannot remove {directory}: {error.strerror}. Make it writable, or try again.") from error


def _hidden(home: Home, run_id: str) -> Path:
    return home.runs / f".{run_id}.{run_id[:12]}.tmp"
