"""What a run has logged so far, in short, for those who watch it: parameters, tags, last values and a sparkline.

It grows with the files: `refresh` reads only what came since, so that a run with a million points may be looked at
four times a second.
"""

from __future__ import annotations

from pathlib import Path

from ..home import RunDirectory
from ._record import RunRecords
from ._spool._reading import Point, read_keys, read_spool, spool_paths
from ._spool._spool import Series

SPARK_POINTS = 48
"""Points of a sparkline, at most."""

_PAGE = 50_000


class Sparkline:
    """Some tens of points of a series that grows: every n-th one, and the last."""

    def __init__(self) -> None:
        self._kept: list[float] = []
        self._every = 1
        self._count = 0
        self._last = 0.0

    def add(self, value: float) -> None:
        """Take a point in."""
        if self._count % self._every == 0:
            self._kept.append(value)
            if len(self._kept) == SPARK_POINTS:
                del self._kept[1::2]
                self._every *= 2
        self._count += 1
        self._last = value

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
        self._latest: dict[str, Point] = {}
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
        return {key: point.value for key, point in self._latest.items()}

    def spark(self, key: str) -> tuple[float, ...]:
        """Return some tens of points of a metric, in the order of logging."""
        return self._sparks[key].points if key in self._sparks else ()

    def refresh(self) -> None:
        """Take in what the files say since the last time."""
        self._records.refresh(metrics=False)
        for path in spool_paths(self._path):
            while self._read(path):
                pass

    def _read(self, path: Path) -> bool:
        """Take in a page of points; return whether there are more."""
        page = read_spool(path, self._ends.get(path, 0), limit=_PAGE, skip_gaps=True)
        self._ends[path] = page.end
        own: dict[int, str | None] = {}
        for point in page.points:
            if point.key_id not in own:
                own[point.key_id] = self._key(path, point.key_id)
            key = own[point.key_id]
            if key is not None:
                self._take(key, point)
        return len(page.points) == _PAGE

    def _take(self, key: str, point: Point) -> None:
        spark = self._sparks.get(key)
        if spark is None:
            spark = self._sparks[key] = Sparkline()
        spark.add(point.value)
        before = self._latest.get(key)
        if before is None or point[1:] > before[1:]:
            self._latest[key] = point

    def _key(self, path: Path, key_id: int) -> str | None:
        """Return the name of a series; None for one of a child run, or one that nobody has named yet."""
        if key_id not in self._series.get(path, ()):
            self._series[path] = read_keys(path)
        series = self._series[path].get(key_id)
        return series.key if series is not None and series.run_id == self._run_id else None
