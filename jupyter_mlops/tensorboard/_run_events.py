"""One run's part of a board's log folder: its own event files, and files made of what else it has logged.

A run without event files of its own is shown under its label. One that has some is shown by them under its label, and
what it has logged otherwise stands beside them; so do event files that come late beside what was made before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from ..entities import RunState, RunStatus
from ..home import RunDirectory
from ..tracking import MetricTail, Point, RunRecord, RunRecords
from ._copies import HeldCurve, OwnScalars
from ._event_file import EventFile
from ._labels import distinct_labels
from ._thinning import Thinning

_OWN = "own events"
_BESIDE = "{label}: metrics"
"""No label has a colon: it is nobody else's."""


class RunEvents:
    """Keeps a run's part of the log folder up to date. Not safe between threads.

    Parameters
    ----------
    run : RunDirectory
        It may be going on.
    folder : Path
        The run's part; not there yet.
    """

    def __init__(self, run: RunDirectory, folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._records = RunRecords(run.path, run.spec())
        self._tail = MetricTail(run.path)
        self._curves: dict[tuple[str, str], Thinning] = {}
        self._files: dict[str, EventFile] = {}
        self._labels: dict[str, str] = {}
        self._own: Path | None = None
        self._held: dict[tuple[str, str], HeldCurve] = {}
        self._state = run.state()
        self._is_done = False

    def sync(self) -> None:
        """Take in what the run has logged since the last time; of one with own event files, only these.

        Raises
        ------
        OSError
            The disk is full.
        """
        if self._is_done:
            return
        if self._own is None and has_event_files(self._run.tensorboard):
            self._link_own()
        # Asked before metrics and event files are read: what a run that has ended logged is there.
        self._state = self._run.state()
        if self._own is None:
            self._add_logged(None)

    def sync_beside(self, scalars_below: Callable[[Path], OwnScalars]) -> bool:
        """Take in what a run with own event files has logged besides, now that these were read; return whether it has.

        Parameters
        ----------
        scalars_below : callable
            Return what TensorBoard has read of the event files in a folder.

        Raises
        ------
        OSError
            The disk is full.
        """
        if self._is_done or self._own is None:
            return False
        self._add_logged(scalars_below(self._own))
        return True

    def _link_own(self) -> None:
        """Show the event files that the run writes itself; what was made before they came stays beside them."""
        self._own = self._folder
        if self._folder.exists():
            self._own = self._folder / _OWN
        else:
            self._folder = self._folder.with_name(_BESIDE.format(label=self._folder.name))
        self._own.symlink_to(self._run.tensorboard, target_is_directory=True)

    def _add_logged(self, own: OwnScalars | None) -> None:
        ended = self._state.status.is_terminal
        self._records.refresh(metrics=False)
        self._add_points(ended=ended)
        if own is not None:
            for (run_id, key), held in self._held.items():
                self._write(run_id, key, held.shown(own, key, ended=ended))
        if ended:
            self._end(self._state)
        for file in self._files.values():
            file.flush()

    def _add_points(self, *, ended: bool) -> None:
        if not self._curves:
            counted = self._tail.count(ended=ended)
            self._curves = {series: Thinning(count) for series, count in counted.items()}
        for run_id, key, points in self._tail.read(ended=ended):
            curve = self._curves.setdefault((run_id, key), Thinning())
            self._take(run_id, key, curve.add(points))
        if ended:
            for (run_id, key), curve in self._curves.items():
                self._take(run_id, key, curve.flush())

    def _take(self, run_id: str, key: str, points: Iterable[Point]) -> None:
        """Write points of a metric, or hold them where the run's own event files may show them already."""
        if self._own is not None and run_id == self._run.run_id:
            self._held.setdefault((run_id, key), HeldCurve()).add(points)
        else:
            self._write(run_id, key, points)

    def _end(self, state: RunState) -> None:
        for run_id, record in self._records.runs.items():
            if self._own is not None and not record.params and run_id not in self._files:
                continue  # Its own event files are all there is to see.
            well = (state.status.value if run_id == self._run.run_id else record.status) == RunStatus.FINISHED.value
            if file := self._file(run_id):
                file.add_end(_seconds(state.ended_at) or record.start_time / 1000, well=well)
        self._close()

    def _write(self, run_id: str, key: str, points: Iterable[Point]) -> None:
        for point in points:
            if file := self._file(run_id):
                file.add_scalar(key, point)

    def _file(self, run_id: str) -> EventFile | None:
        """Return the event file of the run or of one of its child runs, begun with its parameters."""
        record = self._records.runs.get(run_id)
        if record is None or record.deleted:
            return None
        if run_id not in self._files:
            file = self._files[run_id] = EventFile(self._folder_of(record))
            if record.params:
                file.add_parameters(run_id, record.params, record.start_time / 1000)
        return self._files[run_id]

    def _folder_of(self, record: RunRecord) -> Path:
        if record.run_id == self._run.run_id:
            return self._folder
        children = [(run_id, child.name) for run_id, child in self._records.runs.items() if run_id != self._run.run_id]
        for run_id, label in zip((c[0] for c in children), distinct_labels(children), strict=True):
            self._labels.setdefault(run_id, label)
        return self._folder / self._labels[record.run_id]

    def _close(self) -> None:
        self._is_done = True
        for file in self._files.values():
            file.close()
        self._files.clear()


def has_event_files(folder: Path) -> bool:
    """Tell whether there is an event file in a folder or below it; links are not followed."""
    return any("tfevents" in name for _path, _folders, files in os.walk(folder) for name in files)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp() if moment else 0.0
