"""Runs of other tools in a tracking store, followed into the catalog's table; what a store holds is a stranger's text.

A run of ours that the store has too is shown from its directory; once the collector has removed that, from the store.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ...entities import RunStatus, RunSummary
from ...tracking import RUN_TAG, ForeignRun, RunTable, SavedRun, SqliteStore, absolute_uri, home_store_uri, sqlite_path
from .._names import clean_name
from .._service import RunService
from .._summary import left_out, shown, shown_metrics
from .._surroundings import tracking_uris

ARCHIVED_TAG = "mlops.archived"
RUN_ID = re.compile(r"[0-9a-f]{32}")


class SqliteFeed:
    """Keeps the runs of a local store in a table. Used by one thread at a time.

    Parameters
    ----------
    home_id : str
        The home that shows them.
    path : Path
        The store's file.
    table : RunTable
        Filled under its lock.
    owns : callable
        Tell whether a run has a directory, which knows better than the store.
    """

    def __init__(self, home_id: str, path: Path, table: RunTable, owns: Callable[[str], bool]) -> None:
        self.home_id = home_id
        # A path's bytes need not be text; what is saved has to be.
        self.source = os.fsencode(path).decode(errors="backslashreplace")
        self.problem = ""
        self._store = SqliteStore(path)
        self._table = table
        self._owns = owns
        self._ids: dict[str, str] = {}
        self._other_ids: dict[str, str] = {}
        self._unsaved: set[str] = set()

    @property
    def building(self) -> bool:
        """Whether to look again at once: there is more to read. A store in trouble is given time."""
        return self._store.building and not self.problem

    def poll(self, end: float) -> set[str]:
        """Bring the table up to date and return the ids of runs that changed, came or went. Never raises.

        A store that cannot be read keeps its rows; `problem` says why.
        """
        changed: set[str] = set()
        try:
            for runs, gone in self._store.poll(end):
                changed |= self._put(runs) | self._remove(gone)
            self.problem = ""
        except sqlite3.Error as error:
            self.problem = f"{self._store.path} cannot be read: {error}."
        return changed

    @property
    def bookmark(self) -> dict[str, Any]:
        """How far the store was read, for `resume`."""
        return self._store.bookmark

    def resume(self, bookmark: dict[str, Any], known: Mapping[str, SavedRun]) -> bool:
        """Go on where another process has stopped; return whether that can be.

        Parameters
        ----------
        bookmark : dict
            That process's `bookmark`.
        known : Mapping
            Runs of the store that the table has already, by the store's ids.
        """
        try:
            resumed = self._store.resume(bookmark, {store_id: run.stamp for store_id, run in known.items()})
        except (sqlite3.Error, KeyError, TypeError, ValueError):
            return False
        if resumed:
            for store_id, run in known.items():
                self._note(store_id, run.run_id)
        return resumed

    def take_unsaved(self) -> list[SavedRun]:
        """Return the runs that were read since the last time."""
        unsaved, self._unsaved = self._unsaved, set()
        saved = []
        for store_id in unsaved & self._ids.keys():
            run_id = self._ids[store_id]
            body = self._table.body(run_id)
            if body is not None and not self._owns(run_id):
                saved.append(SavedRun(run_id, self.source, store_id, self._store.fact(store_id), body))
        return saved

    def store_id(self, run_id: str) -> str:
        """Return the store's id of a run; empty where it does not have it."""
        store_id = self._other_ids.get(run_id, run_id)
        return store_id if self._ids.get(store_id) == run_id else ""

    def reread(self, run_ids: Iterable[str]) -> set[str]:
        """Show runs as the store has them now; return those that are not what they were."""
        try:
            found = self._store.read(run_ids)
            return self._put(found.runs) | self._remove(found.gone)
        except sqlite3.Error:
            return set()

    def close(self) -> None:
        """Let the store's file go; the next look opens it again."""
        self._store.close()

    def forget(self) -> set[str]:
        """Take every run of the store out of the table, let the file go and return the runs' ids."""
        self._store.close()
        return self._remove(tuple(self._ids))

    def _put(self, runs: Iterable[ForeignRun]) -> set[str]:
        changed = set()
        for run in runs:
            run_id = run.tags.get(RUN_TAG, run.id)
            if not RUN_ID.fullmatch(run_id) or self._owns(run_id) or (run_id != run.id and self._owns(run.id)):
                continue
            self._note(run.id, run_id)
            self._unsaved.add(run.id)
            summary = store_summary(run, run_id, self.home_id)
            with self._table.lock:
                if self._table.put(summary):
                    changed.add(run_id)
        return changed

    def _note(self, store_id: str, run_id: str) -> None:
        """Remember under which id a run is shown: nearly always the store's own."""
        self._ids[store_id] = run_id
        if store_id == run_id:
            self._other_ids.pop(run_id, None)
        else:
            self._other_ids[run_id] = store_id

    def _remove(self, store_ids: Iterable[str]) -> set[str]:
        gone = set()
        for store_id in store_ids:
            run_id = self._ids.pop(store_id, None)
            if run_id is not None and not self._owns(run_id):
                with self._table.lock:
                    if self._table.remove(run_id):
                        gone.add(run_id)
        return gone


def sqlite_stores(service: RunService, named: Iterable[str]) -> tuple[Path, ...]:
    """Return the local stores whose runs a home shows: its own, the environment's, and those that its runs name."""
    own = home_store_uri(service.home.path)
    chosen = absolute_uri(tracking_uris().tracking, Path.cwd())
    paths = (sqlite_path(uri) for uri in (own, chosen, *named))
    return tuple(dict.fromkeys(path for path in paths if path is not None))


def store_summary(run: ForeignRun, run_id: str, home_id: str) -> RunSummary:
    """Return another tool's run as a row of the explorer, safe to show."""
    source, started_at = run.tags.get("mlflow.source.name", ""), run.started_at
    return RunSummary(
        run_id=run_id,
        home_id=home_id,
        source="mlflow",
        name=clean_name(run.name),
        experiment=clean_name(run.experiment),
        notebook=clean_name(source) if source.endswith(".ipynb") else "",
        user=clean_name(run.tags.get("mlflow.user", "")),
        status=run.status,
        submitted_at=started_at,
        started_at=started_at if run.status is not RunStatus.SCHEDULED else "",
        ended_at=run.ended_at,
        duration_s=run.duration_s,
        params=shown(run.params.items()),
        tags=shown(run.tags.items()),
        metrics=shown_metrics(run.metrics),
        left_out=left_out(run.params, run.tags, run.metrics),
        archived=run.tags.get(ARCHIVED_TAG) == "true",
    )
