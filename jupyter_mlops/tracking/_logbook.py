"""What a run has logged so far, in short, for those who watch it: parameters, tags, last values and a sparkline.

It grows with the files: `refresh` reads only what came since, so that a run with a million points may be looked at
four times a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..home import RunDirectory
from ._record import RunRecords
from ._spool._columns import SpoolColumns, read_columns
from ._spool._reading import read_keys, spool_paths
from ._spool._spool import Series

SPARK_POINTS = 48
"""Points of a sparkline, at most."""

_Last = tuple[int, int, float]
"""Step, time and value of a point; the greatest is the last one, as MLflow has it."""


class Sparkline:
    """Some tens of points of a series that grows: every n-th one, and the last."""

    def __init__(self) -> None:
        self._kept: list[float] = []
        self._every = 1
        self._count = 0
        self._last = 0.0

    def extend(self, values: Sequence[float]) -> None:
        """Take points in: only those that are kept are looked at."""
        end = self._count + len(values)
        # The number of the next point that is kept.
        number = self._count + -self._count % self._every
        while number < end:
            self._kept.append(values[number - self._count])
            if len(self._kept) == SPARK_POINTS:
                del self._kept[1::2]
                self._every *= 2
            number += self._every - number % self._every
        self._count = end
        self._last = values[-1] if values else self._last

    @property
    def points(self) -> tuple[float, ...]:
        """The points, oldest first."""
        if not self._count:
            return ()
        has_last = (self._count - 1) % self._every == 0
        return tuple(self._kept) if has_last else (*self._kept, self._last)


class RunLogbook:
    """One run's own parameters, tags and metrics. Not safe between threads.

    Parameters
    ----------
    directory : RunDirectory
        The run.

    Raises
    ------
    RunNotFoundError
        There is no such run.
    """

    def __init__(self, directory: RunDirectory) -> None:
        self._run_id = directory.run_id
        self._path = directory.path
        self._records = RunRecords(directory.path, directory.spec())
        self._latest: dict[str, _Last] = {}
        self._sparks: dict[str, Sparkline] = {}
        self._ends: dict[Path, int] = {}
        self._series: dict[Path, dict[int, Series]] = {}

    @property
    def params(self) -> dict[str, str]:
        """Parameters as text."""
        return dict(self._records.runs[self._run_id].params)

    @property
    def tags(self) -> dict[str, str]:
        """Tags, without what the user has changed since."""
        return dict(self._records.runs[self._run_id].tags)

    @property
    def user(self) -> str:
        """Who the run says has started it; empty where nobody is named."""
        return self._records.runs[self._run_id].user or self.tags.get("mlflow.user", "")

    @property
    def metrics(self) -> dict[str, float]:
        """The last value of each metric: that of the largest step, as MLflow has it."""
        return {key: value for key, (_step, _time, value) in self._latest.items()}

    def spark(self, key: str) -> tuple[float, ...]:
        """Return some tens of points of a metric, in the order of logging."""
        return self._sparks[key].points if key in self._sparks else ()

    def refresh(self) -> None:
        """Take in what the files say since the last time."""
        self._records.refresh(metrics=False)
        for path in spool_paths(self._path):
            for part in read_columns(path, self._ends.get(path, 0)):
                self._ends[path] = part.end
                for key_id, columns in part.series.items():
                    key = self._key(path, key_id)
                    if key is not None:
                        self._take(key, columns)

    def _take(self, key: str, columns: SpoolColumns) -> None:
        self._sparks.setdefault(key, Sparkline()).extend(columns.values)
        before, last = self._latest.get(key), _last(columns)
        if before is None or last > before:
            self._latest[key] = last

    def _key(self, path: Path, key_id: int) -> str | None:
        """Return the name of a series; None for one of a child run, or one that nobody has named yet."""
        if key_id not in self._series.get(path, ()):
            self._series[path] = read_keys(path)
        series = self._series[path].get(key_id)
        return series.key if series is not None and series.run_id == self._run_id else None


def _last(columns: SpoolColumns) -> _Last:
    """Return the last of some points: nearly always one has the largest step."""
    steps, times, values = columns
    largest = max(steps)
    if steps.count(largest) == 1:
        place = steps.index(largest)
        return largest, times[place], values[place]
    found = [(step, time, value) for step, time, value in zip(*columns, strict=True) if step == largest]
    last = found[0]
    for point in found[1:]:
        # Not max(): a NaN is behind nothing, and nothing is behind it.
        if point > last:
            last = point
    return last
