"""The newest runs that fit a query: ours from their directories, other tools' from the tracking store when asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from msgspec.structs import replace

from ..exceptions import UnknownReferenceError, UsageError
from ._index import RunIndex
from ._matching import RunFacts, matches
from ._names import clean_name, clean_text
from ._query import parse_query
from ._surroundings import tracking_uris

if TYPE_CHECKING:
    from ..home import Home
    from ..tracking import ForeignRun

_SHORT_ID = re.compile(r"[0-9a-f]{4,7}")
"""Shorter than `%runs` shows it: it is one of ours, or none."""

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
    store : str
        Where the runs of other tools are, without a login.
    """

    runs: tuple[RunFacts, ...]
    has_more: bool = False
    missing: str = ""
    store: str = ""

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
    from ..tracking import absolute_uri, foreign_runs, home_store_uri, without_credentials

    uri = absolute_uri(tracking_uris().tracking, Path.cwd()) or home_store_uri(home.path)
    told = foreign_runs(uri, FOREIGN_TIMEOUT_S)
    known = set(index.ids())
    clean = tuple(
        replace(run, name=clean_name(run.name), experiment=clean_name(run.experiment))
        for run in told.runs
        if run.id not in known
    )
    return RunPage(clean, missing=told.missing, store=without_credentials(uri))


class OtherRun(NamedTuple):
    """A run of another tool, and the store that has it."""

    run: ForeignRun
    store: str


def find_other(ask: Callable[[], RunPage], reference: str, unknown: UnknownReferenceError) -> OtherRun:
    """Return the run of another tool that is meant by its name or the beginning of its id, as `%runs` lists it.

    Parameters
    ----------
    ask : callable
        Return the runs of other tools.
    reference : str
        What a person has written, which means none of ours.
    unknown : UnknownReferenceError
        Why it means none of ours; raised where it means no other either.

    Raises
    ------
    UnknownReferenceError
        There is none, or there are several.
    """
    if _SHORT_ID.fullmatch(reference):
        raise unknown
    others, wanted = ask(), clean_name(reference)
    meant = {run.id: run for run in others if run.name == wanted or run.id.startswith(reference)}
    if len(meant) == 1:
        return OtherRun(_safe(cast("ForeignRun", next(iter(meant.values())))), others.store)
    if meant:
        ids = ", ".join(list(meant)[:8])
        raise UnknownReferenceError(f"{reference!r} is ambiguous: {ids}. Write one of these ids.")
    if others.missing:
        raise UnknownReferenceError(f"{unknown} Not seen: {others.missing}.")
    raise unknown


def _safe(run: ForeignRun) -> ForeignRun:
    """Return a run with nothing in it that steers a terminal."""
    return replace(
        run,
        metrics={clean_name(key): value for key, value in run.metrics.items()},
        params={clean_name(key): clean_text(text) for key, text in run.params.items()},
        tags={clean_name(key): clean_text(text) for key, text in run.tags.items()},
    )
