"""Runs of other tools out of MLflow's sqlite store, by SQL: a millisecond, where MLflow's own search needs seconds."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from ._stranger_sqlite import bound_time, open_stranger

_RUNS = """
SELECT r.run_uuid, r.name, e.name, r.status, r.start_time, r.end_time
FROM runs AS r JOIN experiments AS e ON e.experiment_id = r.experiment_id
WHERE r.lifecycle_stage = 'active' AND e.lifecycle_stage = 'active'
  AND NOT EXISTS (SELECT 1 FROM tags AS t WHERE t.run_uuid = r.run_uuid AND t.key = 'mlops.run_id')
ORDER BY r.start_time DESC LIMIT ?
"""


def find_runs(path: Path, timeout_s: float, limit: int) -> list[dict[str, Any]]:
    """Return the newest runs that are not ours, as plain rows.

    Raises
    ------
    sqlite3.Error
        The file is no such store, is locked, or the time was up.
    """
    end = time.monotonic() + timeout_s
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=timeout_s / 2)) as database:
        database.set_progress_handler(lambda: int(time.monotonic() > end), 10_000)
        rows = {
            row[0]: {
                "id": row[0],
                "name": row[1] or "",
                "experiment": row[2],
                "status": row[3],
                "start_time": row[4] or 0,
                "end_time": row[5],
                "metrics": {},
                "params": {},
                "tags": {},
            }
            for row in database.execute(_RUNS, (limit,))
        }
        for run_id, key, value, is_nan in _of(database, "key, value, is_nan", "latest_metrics", rows):
            rows[run_id]["metrics"][key] = float("nan") if is_nan else value
        for table in ("params", "tags"):
            for run_id, key, value in _of(database, "key, value", table, rows):
                rows[run_id][table][key] = value or ""
    return list(rows.values())


def read_tags(path: Path, run_id: str, timeout_s: float) -> dict[str, str]:
    """Return the tags of one run, whole.

    Raises
    ------
    sqlite3.Error
        As in `find_runs`.
    """
    with closing(open_stranger(path)) as database:
        bound_time(database, timeout_s)
        return {key: value or "" for _run, key, value in _of(database, "key, value", "tags", [run_id])}


def _of(database: sqlite3.Connection, columns: str, table: str, runs: Iterable[str]) -> Iterable[Any]:
    """Return a table's rows that belong to runs; the names are ours, only ids are data."""
    ids = list(runs)
    marks = ", ".join("?" * len(ids))
    return database.execute(f"SELECT run_uuid, {columns} FROM {table} WHERE run_uuid IN ({marks})", ids)
