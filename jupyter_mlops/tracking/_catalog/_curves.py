"""All curves of a run, read once and then only what came since: from its spools, or from a local store by SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

from .._foreign._stranger_sqlite import bound_time, open_stranger
from .._spool._columns import read_columns
from .._spool._reading import read_keys, spool_paths
from .._spool._spool import Series
from ._curve import MOST_BUCKETS, Curve
from ._extremes import read_extremes
from ._rows import stored_value

_MOST_KEPT = 200_000
"""Buckets of one run: the more series it has, the fewer each gets."""

_FETCHED = 20_000
_MOST_S = 20.0
_POINTS = """
SELECT CAST(ifnull(step, 0) AS INTEGER), CAST(ifnull(timestamp, 0) AS INTEGER), CAST(ifnull(value, 0) AS REAL), is_nan
FROM metrics WHERE run_uuid = ? AND key = ? AND {row} > ? AND {row} <= ? ORDER BY step
"""


class RunCurves(Protocol):
    """The curves of one run. Not safe between threads."""

    def read(self, keys: Collection[str]) -> Mapping[str, Curve]:
        """Return the curves of keys as they are now, of all keys where none is named; others are left out."""

    @property
    def total(self) -> int:
        """Metrics that the run had when it was read last."""

    @property
    def source(self) -> Path | str:
        """Where they are read: curves of another source know nothing of this one's."""

    @property
    def size(self) -> int:
        """Buckets that are kept in memory; any thread may ask."""


class SpoolCurves:
    """The curves of a run directory.

    Parameters
    ----------
    directory : Path
        The run directory.
    run_id : str
        Whose own series are read, not those of its child runs.
    """

    def __init__(self, directory: Path, run_id: str) -> None:
        self.source = directory
        self._run_id = run_id
        self._curves: dict[str, Curve] = {}
        self._ends: dict[Path, int] = {}
        self._keys: dict[Path, dict[int, Series]] = {}

    @property
    def total(self) -> int:
        """Metrics that the run had when it was read last."""
        return len(self._curves)

    @property
    def size(self) -> int:
        """Buckets that are kept in memory."""
        return sum(map(len, tuple(self._curves.values())))

    def read(self, keys: Collection[str]) -> Mapping[str, Curve]:
        """Return the curves of keys as they are now, of all keys where none is named."""
        for path in spool_paths(self.source):
            for part in read_columns(path, self._ends.get(path, 0)):
                self._ends[path] = part.end
                for key_id, columns in part.series.items():
                    key = self._key(path, key_id)
                    if key is not None:
                        self._curve(key).extend(*columns)
        return {key: self._curves[key] for key in keys or self._curves if key in self._curves}

    def _curve(self, key: str) -> Curve:
        curve = self._curves.get(key)
        if curve is None:
            curve = self._curves[key] = Curve()
        curve.most = max(64, min(MOST_BUCKETS, _MOST_KEPT // len(self._curves)))
        return curve

    def _key(self, path: Path, key_id: int) -> str | None:
        """Return the name of a series; None for one of a child run, or one that nobody has named yet."""
        if key_id not in self._keys.get(path, ()):
            self._keys[path] = read_keys(path)
        series = self._keys[path].get(key_id)
        return series.key if series is not None and series.run_id == self._run_id else None


class SqliteCurves:
    """The curves of a run in MLflow's local store; each key is read when it is first asked for.

    Parameters
    ----------
    path : Path
        The sqlite file.
    store_id : str
        The store's id of the run.
    """

    def __init__(self, path: Path, store_id: str) -> None:
        self.source = path
        self.total = 0
        self._store_id = store_id
        self._file: tuple[int, int] | None = None
        self._curves: dict[str, Curve] = {}
        self._ends: dict[str, int] = {}

    @property
    def size(self) -> int:
        """Buckets that are kept in memory."""
        return sum(map(len, tuple(self._curves.values())))

    def read(self, keys: Collection[str]) -> Mapping[str, Curve]:
        """Return the curves of keys as they are now, of all keys where none is named.

        Raises
        ------
        sqlite3.Error
            The store cannot be read, or takes more than some seconds.
        """
        with closing(open_stranger(self.source)) as database:
            bound_time(database, _MOST_S)
            self._forget_another_file()
            query = "SELECT DISTINCT key FROM latest_metrics WHERE run_uuid = ? AND typeof(key) = 'text'"
            known = [row[0] for row in database.execute(query, (self._store_id,))]
            self.total = len(known)
            last = database.execute("SELECT max(rowid) FROM metrics").fetchone()[0] or 0
            wanted = [key for key in known if not keys or key in keys]
            for key in wanted:
                if self._ends.get(key, 0) < last:
                    self._extend(database, key, last)
        return {key: self._curves[key] for key in wanted}

    def _forget_another_file(self) -> None:
        """Begin anew where another file has taken the store's place: its row numbers say nothing of what was read."""
        found = self.source.stat()
        file = (found.st_dev, found.st_ino)
        if file != self._file:
            self._file = file
            self._curves, self._ends = {}, {}

    def _extend(self, database: sqlite3.Connection, key: str, last: int) -> None:
        end = self._ends.get(key, 0)
        curve = self._curves.setdefault(key, Curve())
        if not end:
            total, stretches = read_extremes(database, self._store_id, key, last)
            if stretches:
                curve.begin(stretches, total)
                self._ends[key] = last
                return
        # By step, for which newer stores have an index; "+" keeps sqlite from choosing by row number, which is the
        # better way only to what came since.
        rows = database.execute(_POINTS.format(row="rowid" if end else "+rowid"), (self._store_id, key, end, last))
        while some := rows.fetchmany(_FETCHED):
            steps, times, values, are_nan = zip(*some, strict=True)
            if any(are_nan) or max(map(abs, values)) >= 1e308:
                values = tuple(map(stored_value, values, are_nan))
            curve.extend(steps, times, values)
        self._ends[key] = last
