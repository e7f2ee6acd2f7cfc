"""One run's part of a board's log folder: the run's own event files, or files made of its metrics and parameters."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from ..entities import RunState, RunStatus
from ..home import RunDirectory
from ..tracking import MetricTail, Point, RunRecord, RunRecords
from ._event_file import EventFile
from ._labels import distinct_labels
from ._thinning import Thinning

_OWN = "own events"


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
        self._is_done = False

    def sync(self) -> None:
        """Take in what the run has logged since the last time.

        Raises
        ------
        OSError
            The disk is full.
        """
        if self._is_done:
            return
        if has_event_files(self._run.tensorboard):
            self._link_own()
            return
        # Asked before the metrics are read: what a run that has ended logged is there.
        state = self._run.state()
        ended = state.status.is_terminal
        self._records.refresh(metrics=False)
        self._add_points(ended=ended)
        if ended:
            self._end(state)
        for file in self._files.values():
            file.flush()

    def _link_own(self) -> None:
        """Show the event files that the run writes itself; what was made before they came stays beside them."""
        link = self._folder / _OWN if self._folder.exists() else self._folder
        link.symlink_to(self._run.tensorboard, target_is_directory=True)
        self._close()

    def _add_points(self, *, ended: bool) -> None:
        if not self._curves:
            counted = self._tail.count(ended=ended)
            self._curves = {series: Thinning(count) for series, count in counted.items()}
        for run_id, key, points in self._tail.read(ended=ended):
            curve = self._curves.setdefault((run_id, key), Thinning())
            self._write(run_id, key, curve.add(points))

    def _end(self, state: RunState) -> None:
        for (run_id, key), curve in self._curves.items():
            self._write(run_id, key, curve.flush())
        for run_id, record in self._records.runs.items():
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
