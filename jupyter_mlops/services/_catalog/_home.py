"""One home in the catalog: its run directories, the stores that its runs are tracked in, and what was read before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from ...tracking import RunCurves, RunTable, stored_curves
from .._names import clean_name
from .._service import RunService
from ._directories import DirectoryFeed
from ._memory import CatalogMemory
from ._remote import RemoteFeed, remote_stores
from ._stores import SqliteFeed, sqlite_stores

_TOLD = 101
"""Runs that are told to have changed where a main metric is another: more than an event names."""


class StoredRun(NamedTuple):
    """A run in a store: the store's address, and its id there."""

    uri: str
    run_id: str

    def curves(self) -> RunCurves:
        """Return what reads the run's curves."""
        return stored_curves(self.uri, self.run_id)


class HomeFeed:
    """Keeps what a home shows in a table. Used by one thread at a time.

    Parameters
    ----------
    home_id : str
        Of the home, on the wire.
    service : RunService
        The home's.
    table : RunTable
        Filled under its lock.
    owns : callable
        Tell whether a run has a directory in any home.
    claim : callable
        Tell whether a store is this home's to show: several homes may name one.
    is_watched : callable
        Tell whether somebody looks at the catalog.
    """

    def __init__(
        self,
        home_id: str,
        service: RunService,
        table: RunTable,
        owns: Callable[[str], bool],
        claim: Callable[[Path | str, str], bool],
        is_watched: Callable[[], bool],
    ) -> None:
        self._home_id = home_id
        self._service = service
        self._table = table
        self._owns = owns
        self._claim = claim
        self._is_watched = is_watched
        self._directories = DirectoryFeed(home_id, service, table)
        self._stores: dict[Path, SqliteFeed] = {}
        self._remotes: dict[str, RemoteFeed] = {}
        self._memory = CatalogMemory(home_id, service, table)
        self._metrics_at = -1
        self._main_metrics: dict[str, str] = {}

    @property
    def building(self) -> bool:
        """Whether there are runs that were never read."""
        return (
            self._memory.loading or self._directories.building or any(store.building for store in self._stores.values())
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What stores cannot be read, and why."""
        stores = tuple(store.problem for store in tuple(self._stores.values()))
        remotes = tuple(remote.problem for remote in tuple(self._remotes.values()))
        return tuple(problem for problem in (*stores, *remotes) if problem)

    @property
    def named_stores(self) -> tuple[str, ...]:
        """The addresses of stores that runs read so far are tracked in."""
        return tuple(self._directories.stores)

    @property
    def store_files(self) -> tuple[Path, ...]:
        """The local stores that are followed."""
        return tuple(self._stores)

    def owns(self, run_id: str) -> bool:
        """Return whether the home has a directory of that name."""
        return self._directories.owns(run_id)

    def poll(self, end: float) -> set[str]:
        """Bring the table up to date and return the ids of runs that changed, came or went.

        Parameters
        ----------
        end : float
            Monotonic time at which to leave the rest of what is new for the next call.
        """
        changed = self._notice_main_metrics() | self._memory.load(self._directories, end)
        if self._memory.loading:
            return changed
        changed |= self._directories.poll(end) | self._follow_stores() | self._memory.drop_others()
        # A directory that the collector has removed: the store remembers the run.
        gone = {run_id for run_id in changed if run_id not in self._table}
        for store in self._stores.values():
            changed |= store.reread(gone) | store.poll(end)
        for remote in self._remotes.values():
            changed |= remote.poll()
        self._memory.save(self._directories, self._stores.values(), changed)
        return changed

    def main_metric(self, experiment: str) -> str:
        """Return the metric that counts in an experiment, by the name that is shown; empty where none was set."""
        return self._main_metrics.get(experiment, "")

    def stored(self, run_id: str) -> StoredRun | None:
        """Return where a run is that a store has; None where none has it."""
        for path, store in tuple(self._stores.items()):
            store_id = store.store_id(run_id)
            if store_id:
                return StoredRun(f"sqlite:///{path}", store_id)
        for uri, remote in tuple(self._remotes.items()):
            if remote.shows(run_id):
                return StoredRun(uri, run_id)
        return None

    def take_changed(self, run_id: str, name: str | None, tags: Mapping[str, str | None]) -> set[str]:
        """Bring a run up to date that was changed in its store, and return it where that shows."""
        changed: set[str] = set()
        for store in self._stores.values():
            if store.store_id(run_id):
                changed |= store.reread([store.store_id(run_id)])
        for remote in self._remotes.values():
            changed |= remote.take_changed(run_id, name, tags)
        return changed

    def take_deleted(self, run_id: str) -> set[str]:
        """Take a run out of the table that was deleted from its store, and return it where that shows."""
        changed = self.take_changed(run_id, None, {})
        for remote in self._remotes.values():
            changed |= remote.take_deleted(run_id)
        return changed

    def forget(self) -> set[str]:
        """Take everything out of the table, let files go and return the runs' ids."""
        self.close()
        changed = self._directories.forget()
        for store in self._stores.values():
            changed |= store.forget()
        for remote in self._remotes.values():
            changed |= remote.forget()
        return changed

    def close(self) -> None:
        """Save what is not saved and let files go."""
        self._memory.finish(self._directories, self._stores.values())
        self._memory.close()
        for store in self._stores.values():
            store.close()

    def _notice_main_metrics(self) -> set[str]:
        """Return runs to look at again when the user has set what counts in their experiment: rows show it."""
        modified = self._service.main_metrics.modified_ns
        if modified == self._metrics_at:
            return set()
        is_first, self._metrics_at, before = self._metrics_at < 0, modified, self._main_metrics
        metrics = self._service.main_metrics.all()
        self._main_metrics = {clean_name(name): metric.removeprefix("-") for name, metric in metrics.items()}
        if is_first:
            return set()
        others = {name for name, _metric in before.items() ^ self._main_metrics.items()}
        with self._table.lock:
            return set().union(*(self._table.having("experiment", name, _TOLD) for name in others))

    def _follow_stores(self) -> set[str]:
        """Begin with stores that the home's runs are tracked in."""
        changed: set[str] = set()
        for path in sqlite_stores(self._service, self._directories.stores):
            if path not in self._stores and self._claim(path, self._home_id):
                store = self._stores[path] = SqliteFeed(self._home_id, path, self._table, self._owns)
                changed |= self._memory.resume(store)
        for uri in remote_stores(self._directories.stores):
            if uri not in self._remotes and self._claim(uri, self._home_id):
                self._remotes[uri] = RemoteFeed(self._home_id, uri, self._table, self._owns, self._is_watched)
        return changed
