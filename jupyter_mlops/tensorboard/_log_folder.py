"""The folder that TensorBoard reads: made here, of links and event files; a path of a client never gets near it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from ..exceptions import MlopsError
from ..home import RunDirectory, Signer
from ._board import Board, ShownRun
from ._copies import OwnScalars
from ._run_events import RunEvents
from ._stored_events import StoredRunEvents

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class Events(Protocol):
    """One run's part of a log folder. Not safe between threads; what is asked of it may raise `OSError` or ours."""

    def sync(self) -> None:
        """Take in what the run has logged since the last time."""

    def sync_beside(self, scalars_below: Callable[[Path], OwnScalars], /) -> bool:
        """Take in what it has logged besides its own event files, now that these were read; return whether it has."""


class LogFolder:
    """A board's log folder. Not safe between threads.

    Parameters
    ----------
    folder : Path
        An empty directory of our own.
    board : Board
        What is shown.
    """

    def __init__(self, folder: Path, board: Board) -> None:
        self.path = folder
        self._waiting = list(board.runs)
        self._runs: list[tuple[str, Events]] = [
            (shown.label, StoredRunEvents(shown, folder / shown.label)) for shown in board.stored_runs
        ]
        for shown in board.folders:
            link = folder / (shown.label or Path(shown.path).name)
            link.symlink_to(shown.path, target_is_directory=True)
        has_runs = board.runs or board.stored_runs
        if len(board.folders) == 1 and not has_runs and not board.folders[0].label:
            # As with the command: the folder itself is the root, and runs are called by their paths below it.
            self.path = Path(board.folders[0].path)

    def sync(self) -> None:
        """Take in what the runs have logged; a run that cannot be read is told in the log and the others go on."""
        for shown in list(self._waiting):
            self._begin(shown)
            self._waiting.remove(shown)
        self._each(lambda events: events.sync())

    def sync_beside(self, scalars_of: Callable[[str], OwnScalars]) -> bool:
        """Take in what runs with own event files have logged besides; return whether there are such runs.

        Parameters
        ----------
        scalars_of : callable
            Return the scalars that TensorBoard has read below a run of that name.
        """

        def below(own: Path) -> OwnScalars:
            return scalars_of(str(own.relative_to(self.path)))

        return any(self._each(lambda events: events.sync_beside(below)))

    def _begin(self, shown: ShownRun) -> None:
        run = RunDirectory(Path(shown.path), Signer())
        try:
            self._runs.append((shown.label, RunEvents(run, self.path / shown.label)))
        except MlopsError as error:
            _log.warning("%s: %s", shown.label, error)

    def _each(self, take: Callable[[Events], Answer]) -> list[Answer]:
        answers = []
        for label, events in self._runs:
            try:
                answers.append(take(events))
            except (OSError, MlopsError) as error:
                _log.warning("%s: %s", label, error)
        return answers
