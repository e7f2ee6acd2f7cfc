"""A long series of MLflow's local store, down-sampled by sqlite itself.

Row by row, a million points hand Python's lock back and forth a million times: beside one busy thread that takes ten
seconds, and the server's event loop feels it. sqlite finds the extremes without the lock; only they are fetched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from ._catalog_curve import CurvePoint
from ._catalog_sqlite import LARGEST, stored_value

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
SELECT count(*), CAST(ifnull(min(step), 0) AS INTEGER), CAST(ifnull(max(step), 0) AS INTEGER), min(rowid), max(rowid)
FROM metrics WHERE run_uuid = :run AND key = :key AND +rowid <= :last
"""
_BUCKET = "CAST(({by} - :low) / :width AS INTEGER)"
_KIND = f"CASE WHEN is_nan THEN 0 WHEN value >= {LARGEST!r} THEN 1 WHEN value <= -{LARGEST!r} THEN 2 ELSE 3 END"
# A column beside min() or max() is of the row that has it: documented by sqlite, and by it only.
_LOWEST = f"SELECT number, min(value) FROM ({_SERIES}) GROUP BY {_BUCKET}, {_KIND}"
_HIGHEST = f"SELECT number, max(value) FROM ({_SERIES}) WHERE {_KIND} = 3 GROUP BY {_BUCKET}"
_CHOSEN = f"SELECT json_group_array(number) FROM (SELECT number FROM ({_LOWEST}) UNION SELECT number FROM ({_HIGHEST}))"
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
    if low == high:
        # Logged without steps, all of them are at the first: the order of logging is left.
        by, low, high = "number", first, newest
    wanted |= {"low": low, "width": (high - low) // _BUCKETS + 1}
    chosen = database.execute(_CHOSEN.format(by=by), wanted).fetchone()[0]
    rows = database.execute(_POINTS, {"chosen": chosen}).fetchall()
    place = _STEP if by == "step" else _NUMBER
    rows.sort(key=lambda row: row[place])
    stretches = groupby(rows, lambda row: (row[place] - low) // wanted["width"])
    return total, [tuple(map(_point, stretch)) for _bucket, stretch in stretches]


def _point(row: Sequence[Any]) -> CurvePoint:
    step, time, value, is_nan, number = row
    return CurvePoint(number, step, time, stored_value(value, is_nan))
