"""The newest runs of other tools on an MLflow server, followed into the catalog's table while somebody looks.

A server is asked in a thread of its own, now and then, for a bounded part; whatever it does, nobody waits for it. Its
runs are rows only: they are not kept on disk. Their curves are asked for when somebody looks at them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace

from ...tracking import ForeignRuns, RunTable, absolute_uri, foreign_runs
from .._summary import shown
from .._surroundings import tracking_uris
from ._stores import ARCHIVED_TAG, RUN_ID, store_summary

NEWEST = 500
"""Runs that are asked for."""

EVERY_S = 60.0
"""Between two questions to one server; a server that has failed is asked again no sooner."""

PATIENCE_S = 15.0
"""For so long an answer is waited for, in the thread that asks."""


class RemoteFeed:
    """Keeps the newest runs of a server in a table. Used by one thread at a time.

    Parameters
    ----------
    home_id : str
        The home that shows them.
    uri : str
        The server's address; it may hold a login.
    table : RunTable
        Filled under its lock.
    owns : callable
        Tell whether a run has a directory, which knows better.
    is_watched : callable
        Tell whether somebody looks: a server is left alone while nobody does.
    """

    def __init__(
        self, home_id: str, uri: str, table: RunTable, owns: Callable[[str], bool], is_watched: Callable[[], bool]
    ) -> None:
        self.problem = ""
        self._home_id = home_id
        self._uri = uri
        self._table = table
        self._owns = owns
        self._is_watched = is_watched
        self._asked_at = float("-inf")
        self._asking: threading.Thread | None = None
        self._answer: ForeignRuns | None = None
        self._shown: set[str] = set()

    def poll(self) -> set[str]:
        """Bring the table up to date with the last answer, ask anew when it is time, and return runs that changed."""
        if self._asking is not None and self._asking.is_alive():
            return set()
        answer, self._answer = self._answer, None
        if time.monotonic() - self._asked_at >= EVERY_S and self._is_watched():
            self._asked_at = time.monotonic()
            self._asking = threading.Thread(target=self._ask, daemon=True, name="mlops-remote-runs")
            self._asking.start()
        return self._take(answer) if answer is not None else set()

    def shows(self, run_id: str) -> bool:
        """Return whether the server has told of a run."""
        return run_id in self._shown

    def take_changed(self, run_id: str, name: str | None, tags: Mapping[str, str | None]) -> set[str]:
        """Show a run with what was changed of it on the server, until the server tells it itself."""
        if run_id not in self._shown:
            return set()
        with self._table.lock:
            summary = self._table.get(run_id)
            if summary is None:
                return set()
            kept = {key: text for key, text in {**summary.tags, **tags}.items() if text is not None}
            run = replace(
                summary,
                name=summary.name if name is None else name,
                tags=shown(kept.items()),
                archived=kept.get(ARCHIVED_TAG) == "true",
            )
            return {run_id} if self._table.put(run) else set()

    def take_deleted(self, run_id: str) -> set[str]:
        """Take a run out of the table that was deleted on the server."""
        gone = self._remove({run_id} & self._shown)
        self._shown -= gone
        return gone

    def forget(self) -> set[str]:
        """Take every run of the server out of the table and return the runs' ids."""
        return self._remove(self._shown)

    def _ask(self) -> None:
        self._answer = foreign_runs(self._uri, PATIENCE_S, limit=NEWEST)

    def _take(self, answer: ForeignRuns) -> set[str]:
        self.problem = answer.missing
        if answer.missing:
            return set()
        changed, found = set(), set()
        for run in answer.runs:
            if RUN_ID.fullmatch(run.id) and not self._owns(run.id):
                found.add(run.id)
                summary = store_summary(run, run.id, self._home_id)
                with self._table.lock:
                    if self._table.put(summary):
                        changed.add(run.id)
        changed |= self._remove(self._shown - found)
        self._shown = found
        return changed

    def _remove(self, run_ids: Iterable[str]) -> set[str]:
        with self._table.lock:
            return {run_id for run_id in run_ids if not self._owns(run_id) and self._table.remove(run_id)}


def remote_stores(named: Iterable[str]) -> tuple[str, ...]:
    """Return the servers whose runs a home shows: the environment's, and those that its runs name."""
    chosen = absolute_uri(tracking_uris().tracking, Path.cwd())
    return tuple(dict.fromkeys(uri for uri in (chosen, *named) if uri.startswith(("http://", "https://"))))
