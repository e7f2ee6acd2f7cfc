"""A run's metric points as they come: for those who make curves of them while the run goes on, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ._spool import Series
from ._spool_reading import read_keys, read_spool, spool_paths

_PAGE = 50_000


class TailPoint(NamedTuple):
    """One value of a metric of the run or of a child run; `timestamp` in milliseconds since 1970, UTC."""

    run_id: str
    key: str
    step: int
    timestamp: int
    value: float


class MetricTail:
    """Reads on where it stopped the last time. Not safe between threads.

    Parameters
    ----------
    directory : Path
        The run directory.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ends: dict[Path, int] = {}

    def read(self, *, ended: bool) -> Iterator[TailPoint]:
        """Yield the points that have come since, each spool's in the order of logging.

        Parameters
        ----------
        ended : bool
            Nobody writes any more: pass over slots that were never filled, instead of waiting for them.
        """
        for path in spool_paths(self._directory):
            yield from self._read(path, ended=ended)

    def _read(self, path: Path, *, ended: bool) -> Iterator[TailPoint]:
        # The keys are read after the points: a key is written before its first point.
        keys: dict[int, Series] = {}
        more = True
        while more:
            page = read_spool(path, self._ends.get(path, 0), limit=_PAGE, skip_gaps=ended)
            self._ends[path] = page.end
            more = len(page.points) == _PAGE
            if any(point.key_id not in keys for point in page.points):
                keys = read_keys(path)
            for point in page.points:
                series = keys.get(point.key_id)
                if series is not None:
                    yield TailPoint(series.run_id, series.key, point.step, point.timestamp, point.value)
