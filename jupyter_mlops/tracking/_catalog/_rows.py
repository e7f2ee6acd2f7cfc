"""Runs out of the tables of MLflow's sqlite store: a stranger's texts and numbers, whatever they are."""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from typing import Any, NamedTuple

import msgspec

from ...entities import RunStatus
from .._foreign._foreign import ForeignRun
from .._foreign._stranger_sqlite import read_quickly

LARGEST = 1.7976931348623157e308
"""What MLflow stores for an infinity."""

MOST_S = 30.0
"""Of one look: a hostile file may hold views without end."""

_KIB, _BUILDING_KIB = 2_000, 64_000
"""Of sqlite's cache of the file."""

_STATUSES = {status.value: status for status in RunStatus}

_RUNS = """
SELECT r.run_uuid, CAST(r.name AS TEXT), CAST(e.name AS TEXT), CAST(r.status AS TEXT),
       CAST(r.start_time AS INTEGER), CAST(r.end_time AS INTEGER),
       r.lifecycle_stage = 'active' AND e.lifecycle_stage = 'active'
FROM runs AS r JOIN experiments AS e ON e.experiment_id = r.experiment_id WHERE r.run_uuid IN ({marks})
"""
_METRICS = """
SELECT run_uuid, CAST(key AS TEXT), CAST(ifnull(value, 0) AS REAL), is_nan FROM latest_metrics
WHERE run_uuid IN ({marks}) AND key IS NOT NULL
"""
_TEXTS = """
SELECT run_uuid, json_group_object(CAST(key AS TEXT), CAST(ifnull(value, '') AS TEXT)) FROM {table}
WHERE run_uuid IN ({marks}) AND key IS NOT NULL GROUP BY run_uuid
"""
_EACH_TEXT = """
SELECT run_uuid, CAST(key AS TEXT), CAST(ifnull(value, '') AS TEXT) FROM {table}
WHERE run_uuid IN ({marks}) AND key IS NOT NULL
"""
_decode_texts = msgspec.json.Decoder(dict[str, str]).decode


class StoreChanges(NamedTuple):
    """Runs as they are now, and the ids of those that are deleted or gone."""

    runs: tuple[ForeignRun, ...] = ()
    gone: tuple[str, ...] = ()


def cache_indexes(database: sqlite3.Connection) -> None:
    """Let very many runs be read: they are found by their ids, all over the indexes, which should stay in memory."""
    database.execute(f"PRAGMA cache_size = -{_BUILDING_KIB}")


def cache_little(database: sqlite3.Connection) -> None:
    """Give back what `cache_indexes` has taken."""
    database.execute(f"PRAGMA cache_size = -{_KIB}")
    database.execute("PRAGMA shrink_memory")


def marks_of(values: list[str]) -> str:
    """Return what stands in a query for so many values."""
    return ", ".join("?" * len(values))


def read_runs(database: sqlite3.Connection, run_ids: list[str]) -> StoreChanges:
    """Return runs by the store's ids.

    Raises
    ------
    sqlite3.Error
        The tables are no such store's, are damaged or locked.
    """
    known = [run_id for run_id in run_ids if isinstance(run_id, str)]
    return read_quickly(database, lambda: _read_runs(database, known))


def _read_runs(database: sqlite3.Connection, run_ids: list[str]) -> StoreChanges:
    marks = marks_of(run_ids)
    rows = [row for row in database.execute(_RUNS.format(marks=marks), run_ids) if row[6]]
    metrics: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for run_id, key, value, is_nan in database.execute(_METRICS.format(marks=marks), run_ids):
        # Nearly every number is stored as it is: a call for each would be a tenth of the time.
        is_plain = not is_nan and -LARGEST < value < LARGEST
        metrics[run_id][key] = value if is_plain else stored_value(value, is_nan)
    params, tags = (_read_texts(database, table, run_ids) for table in ("params", "tags"))
    runs = tuple(
        ForeignRun(
            id=run_id,
            name=name or "",
            experiment=experiment or "",
            status=_STATUSES.get(status, RunStatus.FINISHED),
            start_time=start_time or 0,
            end_time=end_time,
            metrics=metrics.get(run_id, {}),
            params=params.get(run_id, {}),
            tags=tags.get(run_id, {}),
        )
        for run_id, name, experiment, status, start_time, end_time, _is_active in rows
    )
    active = {row[0] for row in rows}
    return StoreChanges(runs, tuple(run_id for run_id in run_ids if run_id not in active))


def _read_texts(database: sqlite3.Connection, table: str, run_ids: list[str]) -> dict[str, dict[str, str]]:
    """Return the texts of runs by key."""
    marks = marks_of(run_ids)
    try:
        # sqlite gathers a run's texts into one, which msgspec reads: half the time of a loop. Numbers would
        # lose digits.
        rows = database.execute(_TEXTS.format(table=table, marks=marks), run_ids)
        return {run_id: _decode_texts(text) for run_id, text in rows}
    except sqlite3.DataError:
        # Of one run they are longer together than a value may be: each by itself need not be.
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for run_id, key, text in database.execute(_EACH_TEXT.format(table=table, marks=marks), run_ids):
            found[run_id][key] = text
        return found


def stored_value(value: float, is_nan: Any) -> float:
    """Return the number that MLflow was given: it stores NaN as a flag, infinities as the largest numbers."""
    if is_nan:
        return math.nan
    return math.copysign(math.inf, value) if abs(value) >= LARGEST else value
