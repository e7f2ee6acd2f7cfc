"""A run that only a tracking store has, as another tool logged it: an event file made of its curves and parameters."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from ..exceptions import TrackingError
from ..tracking import CurvePoint, Point, stored_curves
from ._board import ShownStoredRun
from ._copies import OwnScalars
from ._event_file import EventFile

_MOST_POINTS = 4_000
"""Of a curve at a time: TensorBoard keeps 5,000."""


class StoredRunEvents:
    """Keeps the event file of a run up to date with its store. Not safe between threads.

    Parameters
    ----------
    run : ShownStoredRun
        It may be going on.
    folder : Path
        The run's part of the log folder; not there yet.
    """

    def __init__(self, run: ShownStoredRun, folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._curves = stored_curves(run.uri, run.run_id)
        self._file: EventFile | None = None
        self._ends: dict[str, int] = {}
        self._is_done = False

    def sync(self) -> None:
        """Take in what the store has since the last time; of a run that has ended, once.

        Raises
        ------
        OSError
            The disk is full, or the server does not answer.
        TrackingError
            The store cannot be read.
        """
        if self._is_done:
            return
        try:
            curves = self._curves.read(())
        except (sqlite3.Error, ValueError) as error:
            raise TrackingError(f"The store of run {self._run.run_id} cannot be read: {error}.") from error
        file = self._begun()
        for key, curve in curves.items():
            self._add(file, key, curve.points(_MOST_POINTS))
        file.flush()
        if self._run.ended_s is not None:
            file.add_end(self._run.ended_s, well=self._run.well)
            file.close()
            self._is_done = True

    def sync_beside(self, _scalars_below: Callable[[Path], OwnScalars], /) -> bool:
        """Return that nothing stands beside: there are no event files but ours."""
        return False

    def _begun(self) -> EventFile:
        if self._file is None:
            self._file = EventFile(self._folder)
            if self._run.params:
                self._file.add_parameters(self._run.run_id, self._run.params, self._run.started_s)
        return self._file

    def _add(self, file: EventFile, key: str, points: Iterable[CurvePoint]) -> None:
        """Write the points that came since the last time."""
        end = self._ends.get(key, -1)
        for point in points:
            if point.at > end:
                file.add_scalar(key, Point(0, point.step, point.time, point.value))
                self._ends[key] = point.at
