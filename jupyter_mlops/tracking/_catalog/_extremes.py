"""A long series of MLflow's local store, down-sampled by sqlite itself.

Row by row, a million points hand Python's lock back and forth a million times: beside one busy thread that takes ten
seconds, and the server's event loop feels it. sqlite finds the extremes without the lock; only they are fetched.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from ._curve import CurvePoint
from ._rows import LARGEST, stored_value

FEW = 20_000
"""Points that are read one by one: it takes some milliseconds."""

_BUCKETS = 1000
_STEP, _NUMBER = 0, 4

_SERIES = """
SELECT rowid AS number, CAST(ifnull(step, 0) AS INTEGER) AS step, CAST(ifnull(value, 0) AS REAL) AS value, is_nan
FROM metrics WHERE run_uuid = :run AND key = :key AND +rowid <= :last
"""
# From the index alone.
_SPAN = """
SELECT count(*), min(CAST(ifnull(step, 0) AS INTEGER)), max(CAST(ifnull(step, 0) AS INTEGER)), min(rowid), max(rowid)
FROM metrics WHERE run_uuid = :run AND key = :key AND +rowid <= :last
"""
_SPECIAL = f"is_nan OR value >= {LARGEST!r} OR value <= -{LARGEST!r}"
_BUCKET = "CAST(({by} - :low) / :width AS INTEGER)"
_KIND = f"CASE WHEN is_nan THEN 0 WHEN value >= {LARGEST!r} THEN 1 WHEN value <= -{LARGEST!r} THEN 2 ELSE 3 END"
# A column beside min() or max() is of the row that has it: documented by sqlite, and by it only.
_LOWEST = f"SELECT number, min(value) FROM ({_SERIES}) GROUP BY {_BUCKET}, {_KIND}"
_HIGHEST = f"SELECT number, max(value) FROM ({_SERIES}) WHERE {_KIND} = 3 GROUP BY {_BUCKET}"
_CHOSEN = f"SELECT json_group_array(number) FROM (SELECT number FROM ({_LOWEST}) UNION SELECT number FROM ({_HIGHEST}))"
# Newer stores have an index by step: each stretch is a range of it, and nothing is sorted.
_INDEX = "SELECT group_concat(name) FROM pragma_index_info('index_metrics_run_uuid_key_step')"
_EXTREME = f"""
SELECT (SELECT number FROM (
    SELECT rowid AS number, {{extreme}}(value) FROM metrics
    WHERE run_uuid = :run AND key = :key AND {{stretch}} AND +rowid <= :last AND NOT ({_SPECIAL})
)) AS number FROM json_each(:starts) AS start
"""
_STRETCH = {
    "step": "step >= start.value AND step < start.value + :width",
    "number": "step = :only_step AND rowid >= start.value AND rowid < start.value + :width",
}
_SPECIALS = f"SELECT min(number) AS number FROM ({_SERIES}) WHERE {_SPECIAL} GROUP BY {_BUCKET}, {_KIND}"
_POINTS = """
SELECT CAST(ifnull(step, 0) AS INTEGER) AS step, CAST(ifnull(timestamp, 0) AS INTEGER),
       CAST(ifnull(value, 0) AS REAL), is_nan, rowid
FROM metrics WHERE rowid IN (SELECT value FROM json_each(:chosen)) ORDER BY step, rowid
"""


def read_extremes(
    database: sqlite3.Connection, run: str, key: str, last: int
) -> tuple[int, list[tuple[CurvePoint, ...]]]:
    """Return the number of points of a series, and what of each stretch is kept; nothing where there are `FEW`.

    Parameters
    ----------
    database : sqlite3.Connection
        The store.
    run, key : str
        Of the series.
    last : int
        The row number up to which points count.

    Raises
    ------
    sqlite3.Error
        The store cannot be read.
    """
    wanted: dict[str, Any] = {"run": run, "key": key, "last": last}
    total, low, high, first, newest = database.execute(_SPAN, wanted).fetchone()
    if total <= FEW:
        return total, []
    by = "step"
    wanted["only_step"] = low
    if low == high:
        # Logged without steps, all of them are at the first: the order of logging is left.
        by, low, high = "number", first, newest
    wanted |= {"low": low, "width": (high - low) // _BUCKETS + 1}
    chosen = _chosen(database, by, range(low, high + 1, wanted["width"]), wanted)
    rows = database.execute(_POINTS, {"chosen": chosen}).fetchall()
    place = _STEP if by == "step" else _NUMBER
    rows.sort(key=lambda row: row[place])
    stretches = groupby(rows, lambda row: (row[place] - low) // wanted["width"])
    return total, [tuple(map(_point, stretch)) for _bucket, stretch in stretches]


def has_step_index(database: sqlite3.Connection) -> bool:
    """Return whether a store has the index of a run's points by step, as newer ones of MLflow do."""
    return bool(database.execute(_INDEX).fetchone()[0] == "run_uuid,key,step")


def _chosen(database: sqlite3.Connection, by: str, starts: range, wanted: dict[str, Any]) -> str:
    """Return the row numbers of what is kept, as JSON."""
    if not has_step_index(database):
        kept: str = database.execute(_CHOSEN.format(by=by), wanted).fetchone()[0]
        return kept
    wanted = {**wanted, "starts": json.dumps(list(starts))}
    queries = [_EXTREME.format(extreme=extreme, stretch=_STRETCH[by]) for extreme in ("min", "max")]
    queries.append(_SPECIALS.format(by=by))
    numbers = {number for query in queries for (number,) in database.execute(query, wanted)}
    return json.dumps(sorted(numbers - {None}))


def _point(row: Sequence[Any]) -> CurvePoint:
    step, time, value, is_nan, number = row
    return CurvePoint(number, step, time, stored_value(value, is_nan))
