"""A run's metric points as they come: for those who make curves of them while the run goes on, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from ._spool._reading import Point, read_keys, read_spool, spool_paths
from ._spool._spool import Series

_PAGE = 50_000


class MetricBatch(NamedTuple):
    """Points of one metric, of the run or of a child run, in the order of logging."""

    run_id: str
    key: str
    points: list[Point]


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

    def read(self, *, ended: bool) -> Iterator[MetricBatch]:
        """Yield the points that have come since.

        Parameters
        ----------
        ended : bool
            Nobody writes any more: pass over slots that were never filled, instead of waiting for them.
        """
        for path in spool_paths(self._directory):
            for points, keys in self._pages(path, ended=ended):
                by_key: dict[int, list[Point]] = {}
                for point in points:
                    by_key.setdefault(point.key_id, []).append(point)
                for key_id, own in by_key.items():
                    if series := keys.get(key_id):
                        yield MetricBatch(series.run_id, series.key, own)

    def count(self, *, ended: bool) -> Counter[tuple[str, str]]:
        """Return how many points of each metric, by run id and key, are still to be read; they stay to be read."""
        counted: Counter[tuple[str, str]] = Counter()
        ahead = MetricTail(self._directory)
        ahead._ends = dict(self._ends)
        for path in spool_paths(self._directory):
            for points, keys in ahead._pages(path, ended=ended):
                for key_id, count in Counter(map(attrgetter("key_id"), points)).items():
                    if series := keys.get(key_id):
                        counted[series.run_id, series.key] += count
        return counted

    def _pages(self, path: Path, *, ended: bool) -> Iterator[tuple[list[Point], dict[int, Series]]]:
        keys: dict[int, Series] = {}
        more = True
        while more:
            page = read_spool(path, self._ends.get(path, 0), limit=_PAGE, skip_gaps=ended)
            self._ends[path] = page.end
            more = len(page.points) == _PAGE
            # The keys are read after the points: a key is written before its first point.
            if not set(map(attrgetter("key_id"), page.points)) <= keys.keys():
                keys = read_keys(path)
            yield page.points, keys
