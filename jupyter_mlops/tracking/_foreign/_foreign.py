"""Runs of other tools in a tracking store: looked up for at most two seconds, without MLflow in the asking process.

A sqlite store is read by SQL and a server by plain HTTP, in a thread that nobody waits for longer. Any other store is
asked by MLflow in a child process. What is not found in time is said.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from ...entities import RunStatus, understood
from ...exceptions import TrackingError
from .._keeper_start import keeper_environment
from .._uris import sqlite_path, without_credentials

RUN_TAG = "mlops.run_id"

_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999
"""The years 1 to 9999, which have dates."""


class ForeignRun(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A run that some other tool has logged.

    Parameters
    ----------
    id, name, experiment : str
        As the store has them.
    start_time, end_time : int, optional
        Milliseconds since 1970, UTC.
    metrics, params, tags
        Last values.
    """

    id: str
    name: str
    experiment: str
    status: RunStatus
    start_time: int = 0
    end_time: int | None = None
    metrics: dict[str, float] = {}
    params: dict[str, str] = {}
    tags: dict[str, str] = {}

    @property
    def started_at(self) -> str:
        """When it began: ISO 8601, UTC; empty where the store does not say."""
        return _moment(self.start_time)

    @property
    def ended_at(self) -> str:
        """When it ended; empty until it has."""
        return _moment(self.end_time if self.status.is_terminal else None)

    @property
    def duration_s(self) -> float | None:
        """How long it went, once it has ended."""
        started, ended = self.start_time, self.end_time
        if ended is None or not (self.status.is_terminal and _is_dated(started) and _is_dated(ended)):
            return None
        return max(0.0, (ended - started) / 1000)


def _moment(milliseconds: int | None) -> str:
    """Return a store's time in ISO 8601, UTC; empty where there is none, or one outside of all calendars."""
    if milliseconds is None or not _is_dated(milliseconds):
        return ""
    days, rest = divmod(milliseconds, 86_400_000)
    seconds, rest = divmod(rest, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{_day(days)}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{rest:03}+00:00"


def _is_dated(milliseconds: int) -> bool:
    """Return whether a store says when: not by a 0, and within the calendars."""
    return milliseconds != 0 and _FIRST_MS <= milliseconds <= _LAST_MS


@lru_cache(maxsize=1024)  # 100,000 runs are of few days: so their moments are written in half of the time.
def _day(days: int) -> str:
    """Return the date so many days after 1970 began."""
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


class ForeignRuns(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, newest first, and what could not be, in words; empty when everything was."""

    runs: tuple[ForeignRun, ...] = ()
    missing: str = ""


def foreign_runs(tracking_uri: str, timeout_s: float = 2.0, *, limit: int = 100) -> ForeignRuns:
    """Return the newest runs of other tools in a store.

    Parameters
    ----------
    tracking_uri : str
        Of the real store.
    timeout_s : float
        Nobody waits longer; never raises.
    limit : int
        At most so many runs.
    """
    if tracking_uri.startswith(("http://", "https://")):
        return _in_time(lambda: _ask_server(tracking_uri, timeout_s, limit), tracking_uri, timeout_s)
    path = sqlite_path(tracking_uri)
    if path is not None:
        if not path.exists():
            return ForeignRuns()
        return _in_time(lambda: _ask_sqlite(tracking_uri, timeout_s, limit), tracking_uri, timeout_s)
    return _ask_child(tracking_uri, timeout_s, limit)


def stored_tags(tracking_uri: str, run_id: str, timeout_s: float = 2.0) -> dict[str, str]:
    """Return the tags of one run, whole.

    Raises
    ------
    TrackingError
        The store cannot be read in time.
    """
    import sqlite3

    from ._rest import find_run
    from ._sqlite import read_tags

    path = sqlite_path(tracking_uri)
    try:
        if path is not None:
            return read_tags(path, run_id, timeout_s)
        found = find_run(tracking_uri, run_id, timeout_s)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise TrackingError(f"The store of run {run_id} cannot be read: {error}. Try again.") from None
    return dict(found["tags"]) if found else {}


def decode_runs(rows: list[dict[str, Any]]) -> tuple[ForeignRun, ...]:
    """Return runs from plain rows; a row of no known shape is left out."""
    runs = []
    for row in rows:
        try:
            runs.append(msgspec.convert(row, understood(ForeignRun), strict=False))
        except msgspec.ValidationError:
            continue
    return tuple(runs)


def _in_time(find: Callable[[], tuple[ForeignRun, ...]], uri: str, timeout_s: float) -> ForeignRuns:
    """Return what a function finds in a thread, or that it found nothing in time."""
    found: list[ForeignRuns] = []

    def work() -> None:
        try:
            found.append(ForeignRuns(runs=find()))
        except Exception as error:  # noqa: BLE001  # whatever a stranger's store does, the table of runs is shown
            found.append(_missing(uri, f"{type(error).__name__}: {error}"))

    thread = threading.Thread(target=work, daemon=True, name="mlops-foreign-runs")
    thread.start()
    thread.join(timeout_s)
    return found[0] if found else _missing(uri, f"no answer within {timeout_s:g} s")


def _missing(uri: str, why: str) -> ForeignRuns:
    text = " ".join(why.split())[:200].replace(uri, without_credentials(uri))
    return ForeignRuns(missing=f"runs of other tools in {without_credentials(uri)}: {text}")


def _ask_sqlite(uri: str, timeout_s: float, limit: int) -> tuple[ForeignRun, ...]:
    from ._sqlite import find_runs

    path = sqlite_path(uri)
    return decode_runs(find_runs(path, timeout_s, limit)) if path else ()


def _ask_server(uri: str, timeout_s: float, limit: int) -> tuple[ForeignRun, ...]:
    from ._rest import find_runs

    return decode_runs(find_runs(uri, timeout_s, limit))


def _ask_child(uri: str, timeout_s: float, limit: int) -> ForeignRuns:
    command = [sys.executable, "-m", "jupyter_mlops.tracking._foreign._child", str(limit)]
    try:
        # The address goes through stdin: it may hold a password, and arguments are visible to everybody.
        told = subprocess.run(
            command, input=uri, capture_output=True, text=True, timeout=timeout_s, env=keeper_environment(), check=True
        )
        return ForeignRuns(runs=decode_runs(json.loads(told.stdout)))
    except subprocess.TimeoutExpired:
        return _missing(uri, f"no answer within {timeout_s:g} s")
    except (subprocess.CalledProcessError, OSError, ValueError):
        return _missing(uri, "it cannot be read")
