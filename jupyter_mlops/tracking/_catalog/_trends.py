"""The course of one metric of many runs out of MLflow's local store, some tens of points each: for a list's pictures.

However long a series is, only so many of its points are looked up, where the store has MLflow's index by step; an older
store's are found in the order of logging, which is given up where it takes too long.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from .._foreign._stranger_sqlite import bound_time, open_stranger
from .._logbook import SPARK_POINTS
from ._extremes import has_step_index
from ._rows import stored_value

MOST_S = 0.25
"""Of one run's course: it is a picture of some pixels."""


class _Way(NamedTuple):
    """How a series is looked through: the condition that its index answers, and what grows along it."""

    where: str
    by: str
    order: str


_BY_STEP = _Way("run_uuid = :run AND key = :key", "step", "step, rowid")
# Logged without steps, all points are at one.
_AT_ONE_STEP = _Way("run_uuid = :run AND key = :key AND step = :step", "rowid", "rowid")
# "+": by the run, not by the key of all runs, which has an index too.
_AS_LOGGED = _Way("run_uuid = :run AND +key = :key", "rowid", "rowid")

_ROWS = "SELECT step, rowid, CAST(ifnull(value, 0) AS REAL), is_nan FROM metrics"
_FIRST = f"{_ROWS} WHERE {{where}} ORDER BY {{order}} LIMIT {SPARK_POINTS + 1}"
_ENDS = "SELECT (SELECT min({by}) FROM metrics WHERE {where}), (SELECT max({by}) FROM metrics WHERE {where})"
_LAST = "SELECT rowid FROM metrics WHERE {where} AND {by} = :high ORDER BY rowid DESC LIMIT 1"
_SOME = """
SELECT (SELECT rowid FROM metrics WHERE {where} AND {by} >= start.value AND {by} < start.value + :width
        ORDER BY {order} LIMIT 1)
FROM json_each(:starts) AS start
"""
_CHOSEN = f"{_ROWS} WHERE rowid IN (SELECT value FROM json_each(:chosen))"


def read_trends(path: Path, keys: Mapping[str, str], end: float) -> dict[str, tuple[float, ...] | None]:
    """Return the course of a metric of each run, by step; empty where it has none, None where that took too long.

    Parameters
    ----------
    path : Path
        The sqlite file.
    keys : Mapping of str to str
        The metric by the store's id of the run.
    end : float
        Monotonic time at which to leave the others out.

    Raises
    ------
    sqlite3.Error
        The store cannot be read.
    """
    trends: dict[str, tuple[float, ...] | None] = {}
    with closing(open_stranger(path)) as database:
        way = _BY_STEP if has_step_index(database) else _AS_LOGGED
        for run, key in keys.items():
            if time.monotonic() >= end:
                break
            bound_time(database, MOST_S)
            try:
                trends[run] = _read(database, way, {"run": run, "key": key})
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
                trends[run] = None
    return trends


def _read(database: sqlite3.Connection, way: _Way, wanted: dict[str, Any]) -> tuple[float, ...]:
    """Return all of a few points; of more the first, the last and some between, one of each stretch."""
    rows = database.execute(_FIRST.format_map(way._asdict()), wanted).fetchall()
    if len(rows) > SPARK_POINTS:
        chosen = _chosen(database, way, wanted)
        rows = database.execute(_CHOSEN, {"chosen": json.dumps(chosen)}).fetchall()
    # By step, and in the order of logging where that is the same.
    return tuple(stored_value(value, is_nan) for _step, _row, value, is_nan in sorted(rows, key=_place))


def _place(row: tuple[Any, ...]) -> tuple[int, int]:
    step, number, *_value = row
    return step if isinstance(step, int) else 0, number


def _chosen(database: sqlite3.Connection, way: _Way, wanted: dict[str, Any]) -> list[int]:
    """Return the row numbers of the points that are kept of many."""
    low, high = database.execute(_ENDS.format_map(way._asdict()), wanted).fetchone()
    if not isinstance(low, int) or not isinstance(high, int):
        return []  # a stranger's table: MLflow writes whole numbers
    if way is _BY_STEP and low == high:
        return _chosen(database, _AT_ONE_STEP, {**wanted, "step": low})
    width = (high - low) // (SPARK_POINTS - 1) + 1
    wanted = {**wanted, "high": high, "width": width, "starts": json.dumps(list(range(low, high, width)))}
    queries = (_SOME.format_map(way._asdict()), _LAST.format_map(way._asdict()))
    numbers = {number for query in queries for (number,) in database.execute(query, wanted)}
    return sorted(numbers - {None})
