"""What the explorer asks about all runs at once: pages, groups, columns. Answered from memory, in milliseconds.

The server asks; `refresh`, called again and again from one of its threads, keeps the answers true. Queries may come
from any thread, and while the catalog is being built they find what there is so far.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...entities import MetricPage, RunColumns, RunGroups, RunPage, RunStatus, RunSummary, RunTrends
from ...exceptions import RunNotFoundError, TrackingError, UsageError
from ...tracking import RunCurves, RunTable, SpoolCurves
from .._service import RunService
from .._summary import headline
from ._curves import MOST_POINTS, CurveShelf
from ._home import HomeFeed, StoredRun
from ._remote_trends import WantedTrend
from ._selection import EVERYTHING, RunSelection, Selections
from ._trends import MOST_ASKED, TrendShelf
from ._words import read_columns, read_groups

MOST_RUNS = 1000
"""Runs of a page."""

BUDGET_S = 0.5
"""For so long a refresh reads what is new before it leaves the rest for the next."""

WATCHED_S = 120.0
"""For so long after a page somebody is taken to look: servers of other tools' runs are asked meanwhile."""


@dataclass(frozen=True)
class CatalogChanges:
    """What a refresh has found.

    Parameters
    ----------
    run_ids : tuple of str
        Runs that changed, came or went.
    cursor : int
        Of the catalog now; grows with every change, also from one server to the next.
    """

    run_ids: tuple[str, ...]
    cursor: int


class RunCatalog:
    """Every run of the homes that are shown, by query, order and group. Safe to share between threads.

    Parameters
    ----------
    homes : Homes, or another iterable of ids and services
        The homes that are shown; those that come and go are noticed by `refresh`.
    """

    def __init__(self, homes: Iterable[tuple[str, RunService]]) -> None:
        self._homes = homes
        self._table = RunTable()
        self._selections = Selections(self._table)
        self._homes_followed: dict[str, HomeFeed] = {}
        self._homes_gone: tuple[str, ...] = ()
        self._claims: dict[Path | str, str] = {}
        self._watched_at = float("-inf")
        self._curves = CurveShelf(self._source)
        self._trends = TrendShelf(self._tell)
        self._refreshing = threading.Lock()
        self._told: set[str] = set()
        self._building = True
        self._first_cursor = time.time_ns() // 1_000_000

    @property
    def building(self) -> bool:
        """Whether there are runs that were never read: what is found grows."""
        return self._building

    def problems(self, home_id: str) -> tuple[str, ...]:
        """Return what stores of a home cannot be read, and why; their runs are shown as they were read last."""
        home = self._homes_followed.get(home_id)
        return home.problems if home else ()

    def named_stores(self, home_id: str) -> tuple[str, ...]:
        """Return the addresses of the stores that a home's runs say they are tracked in; empty for the home's own."""
        home = self._homes_followed.get(home_id)
        return home.named_stores if home else ()

    @property
    def store_files(self) -> tuple[Path, ...]:
        """The local stores that are followed: what is written to them shows in these files' times, and their logs'."""
        return tuple(path for home in tuple(self._homes_followed.values()) for path in home.store_files)

    @property
    def cursor(self) -> int:
        """Number of the catalog's present content."""
        return self._first_cursor + self._table.version

    def page(self, selection: RunSelection = EVERYTHING, offset: int = 0, limit: int = 50) -> RunPage:
        """Return part of the runs that are selected.

        Parameters
        ----------
        selection : RunSelection
            Which runs, in which order.
        offset, limit : int
            Which part.

        Raises
        ------
        UsageError
            The query is none, or the runs cannot be sorted or grouped so.
        """
        if not 1 <= limit <= MOST_RUNS:
            raise UsageError(f"A page holds 1 to {MOST_RUNS} runs, not {limit}.")
        if offset < 0:
            raise UsageError(f"A page begins at 0 or later, not at {offset}.")
        self._watched_at = time.monotonic()
        with self._table.lock:
            rows = self._selections.rows(selection)
            runs = tuple(self._shown(self._table.summary(row)) for row in rows.part(offset, limit))
            return RunPage(runs=runs, total=rows.total, offset=offset, cursor=self.cursor, building=self._building)

    def stored_summary(self, run_id: str) -> RunSummary:
        """Return a run that only a store has, as it was read last.

        Raises
        ------
        RunNotFoundError
            There is no such run.
        TrackingError
            It is not among the runs that were read so far: a tab that was open before a restart asks at once.
        """
        with self._table.lock:
            summary = self._table.get(run_id)
        if summary is None and self._building:
            raise TrackingError(
                f"Run {run_id[:32]} is not among the runs that were read so far; the rest is being read. "
                "Try again in a moment."
            )
        if summary is None or summary.source == "mlops":
            raise RunNotFoundError(f"No run {run_id[:32]} in the homes that this server shows.")
        return self._shown(summary)

    def stored_run(self, run_id: str) -> StoredRun:
        """Return where a run is that only a store has.

        Raises
        ------
        TrackingError
            Its store is not followed.
        """
        return self._stored(run_id)[1]

    def take_changed(self, run_id: str, name: str | None, tags: Mapping[str, str | None]) -> None:
        """Show at once what has just been changed of a run in its store."""
        home = self._stored(run_id)[0]
        # Not beside a refresh, which may have read the run before the change and would put that behind it.
        with self._refreshing:
            self._told |= home.take_changed(run_id, name, tags)

    def take_deleted(self, run_id: str) -> None:
        """Show no more what has just been deleted from its store."""
        home = self._stored(run_id)[0]
        with self._refreshing:
            self._told |= home.take_deleted(run_id)

    def count(self, status: RunStatus) -> int:
        """Return how many runs stand so, archived ones included."""
        return self._table.statuses[status]

    def groups(self, query: str = "", by: str = "experiment", *, archived: bool = False) -> RunGroups:
        """Return the groups of the runs that fit, the one with the newest run first.

        Raises
        ------
        UsageError
            The query is none, or there are no such groups.
        """
        with self._table.lock:
            rows = self._selections.rows(RunSelection(query, archived=archived)).whole()
            return RunGroups(groups=read_groups(self._table, rows, by), cursor=self.cursor, building=self._building)

    def columns(self) -> RunColumns:
        """Return the keys that runs have, the most frequent first."""
        with self._table.lock:
            return read_columns(self._table)

    def curves(self, run_id: str, keys: Collection[str] = (), points: int = MOST_POINTS) -> MetricPage:
        """Return curves of a run's metrics, down-sampled to at most so many points each.

        Parameters
        ----------
        run_id : str
            A run that the catalog shows, or that has a directory in one of its homes.
        keys : collection of str
            Only these metrics; those that the run does not have are left out.
        points : int
            10 to 2,000.

        Raises
        ------
        RunNotFoundError
            There is no such run.
        TrackingError
            The store that has it cannot be read now.
        UsageError
            More points are asked for than are sent.
        """
        return self._curves.page(run_id, keys, points)

    def trends(self, run_ids: Collection[str]) -> RunTrends:
        """Return the courses of main metrics that a list draws, of runs that only a store has; others are left out.

        Those of local stores are read now, for a bounded time. Of servers' runs those are returned that are known:
        the others are asked for, and told as changes when they have come.

        Raises
        ------
        UsageError
            There are more than a list has in sight.
        """
        if len(run_ids) > MOST_ASKED:
            raise UsageError(f"Courses of at most {MOST_ASKED} runs are told at a time, not of {len(run_ids)}.")
        return self._trends.read(filter(None, map(self._wanted_trend, dict.fromkeys(run_ids))))

    def refresh(self, budget_s: float = BUDGET_S) -> CatalogChanges:
        """Bring the catalog up to date; while it is `building`, call again at once. One thread at a time refreshes.

        Parameters
        ----------
        budget_s : float
            Leave what is new for the next call after so many seconds; what is known is always looked at.
        """
        if not self._refreshing.acquire(blocking=False):
            return CatalogChanges((), self.cursor)
        try:
            end = time.monotonic() + budget_s
            changed, self._told = self._told, set()
            changed |= self._follow_homes()
            for home in self._homes_followed.values():
                changed |= home.poll(end)
            self._building = any(home.building for home in self._homes_followed.values())
        finally:
            self._refreshing.release()
        return CatalogChanges(tuple(changed), self.cursor)

    def close(self) -> None:
        """Save what is not saved and let files go; who asks afterwards gets what is in memory."""
        with self._refreshing:
            for home in self._homes_followed.values():
                home.close()

    def by_home(self, run_ids: Iterable[str]) -> dict[str, list[str]]:
        """Return runs by the home that shows them; one that is gone is told for every home, such as are gone too."""
        found: dict[str, list[str]] = {}
        home_of = self._table.texts["home_id"]
        with self._table.lock:
            for run_id in run_ids:
                row = self._table.row(run_id)
                home_id = None if row is None else home_of.get(row)
                for owner in (home_id,) if home_id is not None else (*self._homes_followed, *self._homes_gone):
                    found.setdefault(owner, []).append(run_id)
        return found

    def owns(self, run_id: str) -> bool:
        """Return whether a run has a directory: it is one of ours, and what it logs may wait for its store."""
        return any(home.owns(run_id) for home in self._homes_followed.values())

    def _source(self, run_id: str) -> RunCurves:
        """Return what reads a run's curves: its directory where there is one."""
        for _home_id, service in self._homes:
            directory = service.home.run(run_id)
            if directory.spec_file.exists():
                return SpoolCurves(directory.path, run_id)
        return self._stored(run_id)[1].curves()

    def _stored(self, run_id: str) -> tuple[HomeFeed, StoredRun]:
        """Return the home that shows a run which only a store has, and where that is."""
        found = self._found(run_id)
        if found is not None:
            return found
        self.stored_summary(run_id)
        if self._building:
            raise TrackingError(f"The store of run {run_id} is still being read. Try again in a moment.")
        raise TrackingError(f"The store of run {run_id} is not followed any more. Refresh the list of runs.")

    def _found(self, run_id: str) -> tuple[HomeFeed, StoredRun] | None:
        for home in tuple(self._homes_followed.values()):
            stored = home.stored(run_id)
            if stored is not None:
                return home, stored
        return None

    def _wanted_trend(self, run_id: str) -> WantedTrend | None:
        """Return what is to be read of a run; None for one of ours, and for one without a metric or a store."""
        with self._table.lock:
            body, run = self._table.body(run_id), self._table.get(run_id)
        if run is None or run.source == "mlops":
            return None
        run = self._shown(run)
        key = headline(run.main_metric, run.metrics)
        found, is_live = self._found(run_id), not run.status.is_terminal
        return WantedTrend(run_id, key, hash(body), is_live, found[1]) if key and found else None

    def _shown(self, run: RunSummary) -> RunSummary:
        """Return a run with what is known of it besides what its store said when it was read."""
        home = self._homes_followed.get(run.home_id) if run.source != "mlops" else None
        return run if home is None else self._trends.shown(run, home.main_metric(run.experiment))

    def _tell(self, run_ids: Iterable[str]) -> None:
        with self._refreshing:
            self._told |= set(run_ids)

    def _is_watched(self) -> bool:
        return time.monotonic() - self._watched_at < WATCHED_S

    def _claim(self, store: Path | str, home_id: str) -> bool:
        return self._claims.setdefault(store, home_id) == home_id

    def _follow_homes(self) -> set[str]:
        """Begin with homes that came, and let go of those that went."""
        services = dict(self._homes)
        changed: set[str] = set()
        self._homes_gone = tuple(self._homes_followed.keys() - services.keys())
        for home_id in self._homes_gone:
            changed |= self._homes_followed.pop(home_id).forget()
            self._claims = {store: owner for store, owner in self._claims.items() if owner != home_id}
        for home_id, service in services.items():
            if home_id not in self._homes_followed:
                self._homes_followed[home_id] = HomeFeed(
                    home_id, service, self._table, self.owns, self._claim, self._is_watched
                )
        return changed
