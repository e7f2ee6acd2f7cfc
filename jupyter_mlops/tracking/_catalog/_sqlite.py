"""MLflow's local sqlite store, followed: which runs are new or changed since the last look, without MLflow.

What MLflow only ever appends (runs, points, parameters, new tags) is found by the tables' row numbers; whether anybody
wrote at all, `PRAGMA data_version` says in microseconds. What it changes in place is found by comparing: states, names
and tags often, for all runs at once; the rest by reading all runs again, some at each look, newest first.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from .._foreign._foreign import RUN_TAG
from .._foreign._stranger_sqlite import bound_time, open_stranger
from ._retagged import RetaggedRuns
from ._rows import MOST_S, StoreChanges, marks_of, read_runs
from ._unread import CHUNK, UnreadRuns

_encode = msgspec.msgpack.Encoder().encode
_MOST_LIVE = 100
_REST, _BRIEF_S = 100, 0.005
"""What looks at many runs rests a hundred times as long, so that an idle server stays one; brief looks need none."""

_COMPARE_REST = 50
"""As `_REST`, for comparing the rows of all runs: a user who renames one waits for it."""

_LOOK_REST = 50
"""As `_REST`, for looking which runs are deleted: twenty times as quick as comparing."""

_FACTS = "SELECT run_uuid, status, end_time, name, lifecycle_stage, experiment_id FROM runs ORDER BY rowid DESC"
_DELETED = "SELECT run_uuid FROM runs WHERE lifecycle_stage <> 'active'"
_PLACES = "SELECT experiment_id, name, lifecycle_stage FROM experiments"
_LIVE = "SELECT run_uuid FROM runs WHERE status IN ('RUNNING', 'SCHEDULED') ORDER BY rowid DESC LIMIT ?"


class SqliteStore:
    """Follows one store. Used by one thread at a time; holds no lock of the database between calls.

    Parameters
    ----------
    path : Path
        The sqlite file. It need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._is_there = False
        self._unread = UnreadRuns(path)
        self._facts: dict[str, int] = {}
        self._reset()

    @property
    def building(self) -> bool:
        """Whether there are runs that were never read, or not since somebody wrote to them: `poll` again at once.

        Not while the file is away, which may be for good.
        """
        return self._is_there and bool(self._unread)

    def _reset(self) -> None:
        self._version = -1
        self._ends: dict[str, int] = {}
        self._bookmark: dict[str, Any] = {}
        self._unread.clear()
        self._again = 0
        self._owed = self._is_uncompared = self._is_unlooked = False
        self._compare_at = self._look_at = self._again_at = 0.0
        self._deleted: set[str] | None = None
        self._retagged = RetaggedRuns()
        self._live: set[str] = set()

    def poll(self, end: float) -> Iterator[StoreChanges]:
        """Yield what has changed since the last time, some hundreds of runs at a time.

        Parameters
        ----------
        end : float
            Monotonic time at which to leave the rest for the next call.

        Raises
        ------
        sqlite3.Error
            The file is no such store, is damaged or locked; the next call tries again.
        """
        database = self._open()
        if database is None:
            return
        try:
            yield from self._poll(database, end)
        except sqlite3.Error:
            self.close()
            raise

    @property
    def bookmark(self) -> dict[str, Any]:
        """How far the runs that were read are as the store has them, for `resume`; empty before that can be said."""
        return self._bookmark

    def fact(self, run_id: str) -> int:
        """Return what tells whether a run's row has changed, for `resume`."""
        return self._facts.get(run_id, 0)

    def resume(self, bookmark: dict[str, Any], facts: dict[str, int]) -> bool:
        """Go on where another process has stopped; return whether that can be: not where another file is there now.

        Parameters
        ----------
        bookmark : dict
            That process's `bookmark`.
        facts : dict
            Its `fact` of each run that it has read.
        """
        if self._open() is None or self._file is None or bookmark.get("file") != list(self._file):
            return False
        self._retagged.resume(bookmark.get("tags", ()))
        self._ends, self._bookmark, self._facts = dict(bookmark["ends"]), bookmark, facts
        return True

    def read(self, run_ids: Iterable[str]) -> StoreChanges:
        """Return runs by the store's ids, or by ours that they carry as a tag.

        Raises
        ------
        sqlite3.Error
            As `poll`.
        """
        database, wanted = self._open(), list(run_ids)
        if database is None or not wanted:
            return StoreChanges()
        query = f"SELECT run_uuid FROM tags WHERE key = ? AND value IN ({marks_of(wanted)})"
        tagged = [row[0] for row in database.execute(query, (RUN_TAG, *wanted))]
        wanted = list(dict.fromkeys((*wanted, *tagged)))
        self._unread.put_again(wanted)
        return read_runs(database, wanted)

    def close(self) -> None:
        """Let the file go; the next call opens it again and goes on where it was."""
        self._unread.close()
        if self._database is not None:
            self._database.close()
            self._database = None
        self._version = -1

    def _open(self) -> sqlite3.Connection | None:
        """Return the connection; None while there is no store. Another file in its place is another store."""
        try:
            found = self.path.stat()
        except OSError:
            self._is_there = False
            self.close()
            return None
        self._is_there = True
        file = (found.st_dev, found.st_ino)
        if file != self._file:
            self.close()
            self._reset()
            self._file = file
        if self._database is None:
            self._database = open_stranger(self.path)
        bound_time(self._database, MOST_S)
        return self._database

    def _poll(self, database: sqlite3.Connection, end: float) -> Iterator[StoreChanges]:
        version = _version(database)
        if not self._ends:
            ends, facts = _last_rows(database), _facts(database)
            self._retagged.find(database, ends["tags"])
            known, self._ends, self._facts = self._facts, ends, facts
            self._unread.put_first(facts)
            if not known:
                self._mark()
            # Another file stands where the store was: what it does not have is gone.
            for some in _chunks([run_id for run_id in known if run_id not in self._facts]):
                yield StoreChanges(gone=tuple(some))
        elif version != self._version or self._is_due(time.monotonic()):
            ends = _last_rows(database)
            if any(ends[table] < end for table, end in self._ends.items()):
                # Rows were taken away at the end and their numbers may be given out again: only comparing helps.
                self._compare_at = 0.0
            self._notice(database, ends)
            self._ends, self._owed = ends, True
        self._version = version
        if self._unread:
            yield from self._unread.read(database, end)
        if not self._unread:
            self._mark()
            yield from self._reread(database)

    def _mark(self) -> None:
        """Note that what was read of any run is what the store had at these ends; another process finds the others."""
        self._bookmark = {"file": self._file, "ends": self._ends, "tags": self._retagged.sums}

    def _reread(self, database: sqlite3.Connection) -> Iterator[StoreChanges]:
        """Read some of all runs again when somebody has written; where a round is under way, the next begins after."""
        if self._owed and self._again <= 0:
            self._again, self._owed = self._ends["runs"], False
        started = time.monotonic()
        if self._again > 0 and started >= self._again_at:
            some, self._again = _rows_below(database, self._again)
            found = read_runs(database, some)
            took = time.monotonic() - started
            self._again_at = started + (_REST * took if took > _BRIEF_S else 0)
            yield found

    def _is_due(self, now: float) -> bool:
        """Tell whether what was written earlier may be looked for now."""
        return (
            (self._is_uncompared and now >= self._compare_at)
            or (self._is_unlooked and now >= self._look_at)
            or self._retagged.is_due(now)
        )

    def _notice(self, database: sqlite3.Connection, ends: dict[str, int]) -> None:
        """Let runs be read that somebody has written to, before those that wait since that was done to very many.

        Each kind is noted as it is found: the next look does not find it again, should this one be broken off.
        """
        self._unread.put_first(self._retagged.find(database, ends["tags"]))
        self._compare(database)
        live = {row[0] for row in database.execute(_LIVE, (_MOST_LIVE,))}
        # Those that go on, and those that have just ended.
        self._unread.put_first(live | self._live)
        self._live = live
        for table, end in self._ends.items():
            query = f"SELECT DISTINCT run_uuid FROM {table} WHERE rowid > ? AND rowid <= ?"
            self._unread.put_first([row[0] for row in database.execute(query, (end, ends[table]))])

    def _compare(self, database: sqlite3.Connection) -> None:
        """Let runs be read whose state, name or place has changed.

        At most a fiftieth of the time goes into comparing all of them; what was written meanwhile is compared later.
        """
        started = time.monotonic()
        self._is_uncompared = started < self._compare_at
        if not self._is_uncompared:
            before, self._facts = self._facts, _facts(database)
            self._compare_at = time.monotonic() + _COMPARE_REST * (time.monotonic() - started)
            self._unread.put_first(before.keys() - self._facts.keys())
            self._unread.put_first([run for run, fact in self._facts.items() if before.get(run) != fact])
        self._unread.put_first(self._deleted_or_restored(database))

    def _deleted_or_restored(self, database: sqlite3.Connection) -> set[str]:
        """Return the ids of runs that were deleted, or restored: sqlite finds them sooner than changes."""
        started = time.monotonic()
        self._is_unlooked = started < self._look_at
        if self._is_unlooked:
            return set()
        before, self._deleted = self._deleted, {row[0] for row in database.execute(_DELETED)}
        self._look_at = time.monotonic() + _LOOK_REST * (time.monotonic() - started)
        # At first, comparing all tells the same.
        return set() if before is None else before ^ self._deleted


def _facts(database: sqlite3.Connection) -> dict[str, int]:
    """Return for each run, newest first, a number that differs when MLflow has changed its row or its experiment's."""
    places = {row[0]: crc32(_encode(row)) for row in database.execute(_PLACES)}
    return {row[0]: crc32(_encode(row), places.get(row[5], 0)) for row in database.execute(_FACTS)}


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA data_version").fetchone()[0])


def _last_rows(database: sqlite3.Connection) -> dict[str, int]:
    """Return the largest row number of each table that is appended to."""
    tables = ("runs", "metrics", "params", "tags", "latest_metrics")
    return {table: database.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0 for table in tables}


def _rows_below(database: sqlite3.Connection, row: int) -> tuple[list[str], int]:
    """Return the ids of runs from a row number downwards, and where to go on; 0 at the end."""
    query = "SELECT rowid, run_uuid FROM runs WHERE rowid <= ? ORDER BY rowid DESC LIMIT ?"
    found = database.execute(query, (row, CHUNK)).fetchall()
    return [run_id for _row, run_id in found], found[-1][0] - 1 if len(found) == CHUNK else 0


def _chunks(run_ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(run_ids), CHUNK):
        yield run_ids[start : start + CHUNK]
