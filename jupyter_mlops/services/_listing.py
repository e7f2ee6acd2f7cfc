"""The newest runs that fit a query: ours from their directories, other tools' from the tracking store when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..exceptions import UsageError
from ._index import RunIndex
from ._matching import RunFacts, matches
from ._names import clean_name
from ._query import parse_query
from ._surroundings import tracking_uris

if TYPE_CHECKING:
    from ..home import Home

FOREIGN_TIMEOUT_S = 2.0
"""How long a listing waits for the tracking store."""


@dataclass(frozen=True)
class RunPage:
    """The answer to a listing; to go through it is to go through its runs.

    Parameters
    ----------
    runs : tuple of RunFacts
        Newest first; `Run` handles and, when asked for, runs of other tools after them.
    has_more : bool
        There are older runs that fit.
    missing : str
        What could not be looked at in time, in words; empty when everything was.
    """

    runs: tuple[RunFacts, ...]
    has_more: bool = False
    missing: str = ""

    def __iter__(self) -> Iterator[RunFacts]:
        """Yield the runs."""
        return iter(self.runs)


def list_runs(index: RunIndex, query: str, limit: int, foreign: Home | None) -> RunPage:
    """Return a page of runs.

    Raises
    ------
    UsageError
        The query is none, or the limit is not positive.
    """
    if limit < 1:
        raise UsageError(f"A listing of {limit} runs is empty. Ask for 1 or more.")
    wanted = parse_query(query)
    found: list[RunFacts] = list(islice((run for run in index if matches(wanted, run)), limit + 1))
    missing = ""
    if foreign is not None and len(found) <= limit:
        others = list_others(index, foreign)
        missing = others.missing
        found += [run for run in others if matches(wanted, run)]
    return RunPage(tuple(found[:limit]), len(found) > limit, missing)


def list_others(index: RunIndex, home: Home) -> RunPage:
    """Return the newest runs of other tools in the present tracking store, safe to show."""
    from ..tracking import absolute_uri, foreign_runs, home_store_uri

    uri = absolute_uri(tracking_uris().tracking, Path.cwd()) or home_store_uri(home.path)
    told = foreign_runs(uri, FOREIGN_TIMEOUT_S)
    known = set(index.ids())
    clean = tuple(
        replace(run, name=clean_name(run.name), experiment=clean_name(run.experiment))
        for run in told.runs
        if run.id not in known
    )
    return RunPage(clean, missing=told.missing)
