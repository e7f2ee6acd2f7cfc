"""What a home's catalog has read, from one server to the next: loaded into the table first, saved now and then."""

from __future__ import annotations

import time
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from ...tracking import CatalogFile, RunTable, SavedRun, decode_body
from .._service import RunService
from ._directories import DirectoryFeed
from ._stores import SqliteFeed

SAVE_EVERY_S = 5.0
_LOADED, _SAVED = 1000, 20_000
_MANY = _SAVED // 2
"""Runs that are saved before it is time: all at once, which is when it can be noted how far the stores were read."""


class CatalogMemory:
    """Loads and saves the rows of one home. Used by one thread at a time.

    Parameters
    ----------
    home_id : str
        Of the home, on the wire.
    service : RunService
        The home's.
    table : RunTable
        Filled under its lock.
    """

    def __init__(self, home_id: str, service: RunService, table: RunTable) -> None:
        self.loading = True
        self._home_id = home_id
        self._table = table
        self._file = CatalogFile(service.home.path / "catalog.db")
        self._bookmarks = self._file.bookmarks()
        self._stored: dict[str, dict[str, SavedRun]] = {}
        self._pending: dict[str, SavedRun] = {}
        self._gone: set[str] = set()
        self._saved_at = time.monotonic()

    def load(self, feed: DirectoryFeed, end: float) -> set[str]:
        """Put saved runs into the table and return their ids; `loading` tells whether there are more.

        Parameters
        ----------
        feed : DirectoryFeed
            The home's.
        end : float
            Monotonic time at which to leave the rest for the next call.
        """
        loaded: set[str] = set()
        while self.loading:
            rows = self._file.load(_LOADED)
            try:
                with self._table.lock:
                    loaded.update(self._restore(row, feed) for row in rows)
            except msgspec.MsgspecError:
                self._file.discard()
                rows = []
            if not rows:
                self.loading = False
                feed.stores.update(dict.fromkeys(self._bookmarks.get("", {}).get("stores", ())))
            if time.monotonic() >= end:
                break
        return loaded

    def resume(self, store: SqliteFeed) -> set[str]:
        """Let a store go on where its rows end, and return the runs that are taken away because it cannot."""
        known = self._stored.pop(store.source, {})
        if not known or store.resume(self._bookmarks.get(store.source, {}), known):
            return set()
        return self._drop(known.values())

    def drop_others(self) -> set[str]:
        """Take the runs of stores away that nobody follows any more."""
        stored, self._stored = self._stored, {}
        return {run_id for known in stored.values() for run_id in self._drop(known.values())}

    def save(self, feed: DirectoryFeed, stores: Iterable[SqliteFeed], changed: Iterable[str]) -> None:
        """Note what has changed, and write it down when it is time."""
        stores = tuple(stores)
        self._gone.update(run_id for run_id in changed if run_id not in self._table)
        for run_id, stamp in feed.take_unsaved().items():
            body = self._table.body(run_id)
            if body is not None:
                self._pending[run_id] = SavedRun(run_id, "", run_id, stamp, body)
        for store in stores:
            self._pending.update((run.run_id, run) for run in store.take_unsaved())
        if time.monotonic() - self._saved_at >= SAVE_EVERY_S or len(self._pending) >= _MANY:
            self._flush(feed, stores)

    def finish(self, feed: DirectoryFeed, stores: Iterable[SqliteFeed]) -> None:
        """Write down all that is not yet, or nothing more where the file takes nothing."""
        stores = tuple(stores)
        while self._flush(feed, stores):
            pass

    def _flush(self, feed: DirectoryFeed, stores: Iterable[SqliteFeed]) -> bool:
        """Write down what is not yet, some thousands of runs at a time; return whether something was written."""
        self._saved_at = time.monotonic()
        if not self._pending and not self._gone:
            return False
        runs = [self._pending[run_id] for run_id in list(self._pending)[:_SAVED]]
        is_all = len(runs) == len(self._pending)
        # A bookmark behind the rows is safe, one before them is not.
        bookmarks = {store.source: store.bookmark for store in stores if store.bookmark} if is_all else {}
        is_saved = self._file.save(runs, self._gone, {**bookmarks, "": {"stores": list(feed.stores)}})
        if is_saved:
            self._gone = set()
            for run in runs:
                del self._pending[run.run_id]
        return is_saved

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _restore(self, row: SavedRun, feed: DirectoryFeed) -> str:
        summary = decode_body(row.body)
        if summary.home_id != self._home_id:
            summary = replace(summary, home_id=self._home_id)
        self._table.put(summary)
        if row.source:
            self._stored.setdefault(row.source, {})[row.key] = row._replace(body=b"")
        else:
            feed.restore(row.run_id, row.stamp)
        return row.run_id

    def _drop(self, runs: Iterable[SavedRun]) -> set[str]:
        dropped = {run.run_id for run in runs}
        with self._table.lock:
            for run_id in dropped:
                self._table.remove(run_id)
        self._gone |= dropped
        return dropped
