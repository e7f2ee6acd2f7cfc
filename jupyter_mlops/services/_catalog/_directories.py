"""One home's run directories, followed into the catalog's table: what is new, what goes on, what changed or went.

An ended run is read once. That it was changed afterwards (a note, a tag) shows in its directory's time of modification:
the newest runs are looked at every time, the others in turn, so that 100,000 of them cost a few milliseconds a look.
"""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from ...entities import RunSummary
from ...exceptions import HomeError, RunNotFoundError
from ...tracking import RunTable, absolute_uri
from .._main_metrics import MainMetrics
from .._service import RunService
from .._summary import SummaryReader

_RUN_ID = re.compile(r"[0-9a-f]{32}")
_MOST_READERS = 64
_MOST_STORES = 8
_NEWEST = 200
_IN_TURN = 1000
_UNBORN_S = 600.0
"""For so long a directory without a spec may still become a run, and a run without a witness change its end."""
_RACY_S = 0.1
"""What was modified so lately may have been modified again within the same tick of the file system's clock."""


class DirectoryFeed:
    """Keeps the runs of a home in a table. Used by one thread at a time.

    Parameters
    ----------
    home_id : str
        Of the home, on the wire.
    service : RunService
        The home's.
    table : RunTable
        Filled under its lock.

    Attributes
    ----------
    stores : dict of str to None
        Addresses of the stores that the runs read so far are tracked in.
    """

    def __init__(self, home_id: str, service: RunService, table: RunTable) -> None:
        self.home_id = home_id
        self._service = service
        self._table = table
        self.stores: dict[str, None] = {}
        self._metrics: MainMetrics = service.main_metrics
        self._listed_at = self._metrics_at = -1
        self._known: set[str] = set()
        self._unread: list[str] = []
        self._open: dict[str, SummaryReader | None] = {}
        self._settled: dict[str, int] = {}
        self._unsaved: dict[str, int] = {}
        self._newest: deque[str] = deque(maxlen=_NEWEST)
        self._turn: list[str] = []

    @property
    def building(self) -> bool:
        """Whether there are directories that were never read."""
        return bool(self._unread)

    def owns(self, run_id: str) -> bool:
        """Return whether the home has a directory of that name."""
        return run_id in self._known

    def poll(self, end: float) -> set[str]:
        """Bring the table up to date and return the ids of runs that changed, came or went.

        Parameters
        ----------
        end : float
            Monotonic time at which to leave the rest of what is new for the next call.
        """
        self._notice_main_metrics()
        changed = self._list()
        changed |= self._read(tuple(self._open))
        changed |= self._read(self._modified())
        while self._unread and (time.monotonic() < end or not changed):
            newest = self._unread[-50:]
            del self._unread[-50:]
            changed |= self._read(reversed(newest))
        return changed

    def restore(self, run_id: str, stamp: int) -> None:
        """Take a run, which the table has from another session, for read when its directory was modified at `stamp`."""
        self._settled[run_id] = stamp

    def take_unsaved(self) -> dict[str, int]:
        """Return the ended runs that were read since the last time, and when their directories were modified."""
        unsaved, self._unsaved = self._unsaved, {}
        return unsaved

    def _notice_main_metrics(self) -> None:
        """Read every run again when the user has set what counts in an experiment: rows show it."""
        modified = self._metrics.modified_ns
        if modified != self._metrics_at:
            if self._metrics_at >= 0:
                self._settled = dict.fromkeys(self._settled, 0)
                self._turn = list(self._newest)
            self._metrics_at = modified

    def forget(self) -> set[str]:
        """Take every run of the home out of the table and return their ids."""
        return self._forget(self._known)

    def _list(self) -> set[str]:
        """Notice directories that came or went; nothing is read where no directory did."""
        try:
            listed_at = _modified_ns(self._service.home.runs)
            if listed_at == self._listed_at:
                return set()
            # The order of submission costs a sort of all: it is worth it once, when all are new.
            found = _names_in(self._service.home.runs) if self._known else self._service.home.run_ids()
        except (FileNotFoundError, HomeError):
            listed_at, found = -1, ()
        now = {name for name in found if _RUN_ID.fullmatch(name)}
        gone = (self._known or self._settled.keys()) - now
        new = [name for name in found if name in now and name not in self._known and name not in self._settled]
        self._unread += reversed(new)
        self._newest.extendleft(reversed((new if self._known else [*found])[:_NEWEST]))
        self._known = now
        self._listed_at = 0 if _is_racy(listed_at) else listed_at
        return self._forget(gone)

    def _forget(self, run_ids: Iterable[str]) -> set[str]:
        gone = set()
        for run_id in run_ids:
            self._open.pop(run_id, None)
            self._settled.pop(run_id, None)
            self._unsaved.pop(run_id, None)
            with self._table.lock:
                if self._table.remove(run_id):
                    gone.add(run_id)
        return gone

    def _modified(self) -> list[str]:
        """Return ended runs whose directory has changed since it was read: among the newest, and some of the others."""
        if not self._turn:
            self._turn = list(self._settled)
        turn, self._turn = self._turn[:_IN_TURN], self._turn[_IN_TURN:]
        runs = self._service.home.runs
        return [
            run_id
            for run_id in dict.fromkeys((*self._newest, *turn))
            if run_id in self._settled and _modified_ns(runs / run_id, 0) != self._settled[run_id]
        ]

    def _read(self, run_ids: Iterable[str]) -> set[str]:
        """Read runs into the table; return those that are not what they were."""
        changed = set()
        for run_id in run_ids:
            modified = _modified_ns(self._service.home.runs / run_id, 0)
            summary = self._summary(run_id, modified)
            if summary is not None:
                self._settle(summary, modified)
                with self._table.lock:
                    if self._table.put(summary):
                        changed.add(run_id)
        return changed

    def _summary(self, run_id: str, modified: int) -> RunSummary | None:
        try:
            reader = self._open.get(run_id) or SummaryReader(self._service.get(run_id), self.home_id, self._metrics)
            summary = reader.read()
            if len(self.stores) < _MOST_STORES:
                self.stores[absolute_uri(reader.run.spec.tracking_uri, Path(reader.run.spec.cwd))] = None
        except (RunNotFoundError, HomeError, OSError):
            # A submission that has not written what it asks for; or one that never will, a newer version's run, or
            # one that this user may not read: it hides no other.
            self._open.pop(run_id, None)
            if abs(time.time() - modified / 1e9) < _UNBORN_S:
                self._open[run_id] = None
            return None
        if len(self._open) < _MOST_READERS or run_id in self._open:
            self._open[run_id] = reader
        return summary

    def _settle(self, summary: RunSummary, modified: int) -> None:
        """Decide whether a run is to be read again before its directory changes."""
        ended = summary.status.is_terminal and bool(summary.ended_at)
        may_change = not ended and (not summary.status.is_terminal or abs(time.time() - modified / 1e9) < _UNBORN_S)
        if may_change:
            self._settled.pop(summary.run_id, None)
            self._open.setdefault(summary.run_id, None)
        else:
            self._open.pop(summary.run_id, None)
            self._settled[summary.run_id] = self._unsaved[summary.run_id] = 0 if _is_racy(modified) else modified


def _names_in(folder: Path) -> tuple[str, ...]:
    with os.scandir(folder) as entries:
        return tuple(entry.name for entry in entries)


def _modified_ns(path: Path, otherwise: int | None = None) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        if otherwise is None:
            raise
        return otherwise


def _is_racy(modified: int) -> bool:
    return abs(time.time() - modified / 1e9) < _RACY_S
