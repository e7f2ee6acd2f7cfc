"""Reports beside the run that they are about: an artifact, and tags that tell it from others."""

from __future__ import annotations

from collections.abc import Mapping

from ...entities import ChangeRun
from ...exceptions import HomeError
from .._run import Run
from .._user_changes import change_run


def keep_report(run: Run, artifact: str, text: str, tags: Mapping[str, str | None]) -> None:
    """Write a report to a run's artifacts, in place of an earlier one, and its tags to the run; let both be shipped.

    Raises
    ------
    HomeError
        The home may not be written.
    """
    from ...home import Home
    from ...tracking import start_keeper

    keep_artifact(run, artifact, text.encode())
    change_run(run, ChangeRun(tags=dict(tags)))
    start_keeper(Home.open(run.directory.path.parent.parent))


def keep_artifact(run: Run, artifact: str, data: bytes) -> None:
    """Write a file among a run's artifacts, in place of an earlier one; a report that follows lets it be shipped.

    Raises
    ------
    HomeError
        The home may not be written.
    """
    from ...home import write_atomic

    path = run.directory.artifacts / artifact
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(path, data)
    except OSError as error:
        raise HomeError(f"Cannot write {path}: {error.strerror}. Free space, or make it writable.") from error
