"""Runs of a local store that are still to be read, in their order; very many are read by a second process beside."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...home import available_cpus
from ._read_ahead import ReadAhead, ReadAheadError
from ._rows import StoreChanges, cache_indexes, cache_little, read_runs

CHUNK = 500
"""Runs that are read at a time: some tens of milliseconds."""

MANY = 10_000
"""From so many on a second process is worth its start."""

_AHEAD = 2
"""Chunks that it is asked for at a time: it reads one while the other is taken."""


class UnreadRuns:
    """Ids of runs, and who reads them. Used by one thread at a time.

    Parameters
    ----------
    path : Path
        The store's file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: dict[str, None] = {}
        self._asked: deque[list[str]] = deque()
        self._ahead: ReadAhead | None = None
        self._has_large_cache = self._is_alone = False

    def __bool__(self) -> bool:
        return bool(self._ids or self._asked)

    def put_first(self, run_ids: Iterable[str]) -> None:
        """Read these before the others. What is being read of them just now may be older and is not told."""
        if first := dict.fromkeys(run_ids):
            self._ids = first | self._ids

    def put_again(self, run_ids: Iterable[str]) -> None:
        """Read these, which somebody has read just now, once more where an older reading is still to come."""
        self.put_first({*run_ids} & {*itertools.chain.from_iterable(self._asked)})

    def read(self, database: sqlite3.Connection, end: float) -> Iterator[StoreChanges]:
        """Yield runs, a chunk at a time, until there are no more or the time is over.

        Parameters
        ----------
        database : sqlite3.Connection
            To read what no other process reads.
        end : float
            Monotonic time at which to leave the rest for the next call.

        Raises
        ------
        sqlite3.Error
            As `read_runs`; what was not read stays unread.
        """
        if len(self._ids) > CHUNK:
            cache_indexes(database)
            self._has_large_cache = True
        while self:
            found = self._read_ahead(end) if self._is_helped() else self._read_here(database)
            if found is not None:
                yield found
            if self and time.monotonic() >= end:
                return
        self.close()
        if self._has_large_cache:
            cache_little(database)
            self._has_large_cache = False

    def close(self) -> None:
        """End the other process; what it was asked for is unread again."""
        if self._ahead is not None:
            self._ahead.close()
            self._ahead = None
        self.put_first(itertools.chain.from_iterable(self._asked))
        self._asked.clear()

    def clear(self) -> None:
        """Forget all of them."""
        self.close()
        self._ids.clear()
        self._is_alone = False

    def _is_helped(self) -> bool:
        """Return whether another process reads; one that cannot is let go, and there will be no other."""
        is_worth = len(self._ids) > MANY and available_cpus() > 1
        try:
            if self._ahead is None and is_worth and not self._is_alone:
                self._ahead = ReadAhead(self._path)
            return self._ahead is not None and self._ahead.is_ready()
        except ReadAheadError:
            self._leave()
            return False

    def _read_ahead(self, end: float) -> StoreChanges | None:
        """Return what the other process has read; None where it has nothing in time, or cannot go on."""
        assert self._ahead is not None
        try:
            while self._ids and len(self._asked) < _AHEAD:
                some = self._first()
                self._asked.append(some)
                self._drop(some)
                self._ahead.ask(some)
            found = self._ahead.answer(end)
        except ReadAheadError:
            self._leave()
            return None
        if found is None:
            return None
        self._asked.popleft()
        again = {*itertools.chain.from_iterable(self._asked)}
        return StoreChanges(
            tuple(run for run in found.runs if run.id not in self._ids and run.id not in again),
            tuple(run_id for run_id in found.gone if run_id not in self._ids and run_id not in again),
        )

    def _read_here(self, database: sqlite3.Connection) -> StoreChanges:
        some = self._first()
        found = read_runs(database, some)
        self._drop(some)
        return found

    def _first(self) -> list[str]:
        return list(itertools.islice(self._ids, CHUNK))

    def _drop(self, run_ids: list[str]) -> None:
        for run_id in run_ids:
            del self._ids[run_id]

    def _leave(self) -> None:
        self.close()
        self._is_alone = True
