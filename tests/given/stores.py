"""A local tracking store as another tool fills it: the tables of MLflow's that we read, without MLflow."""

import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_mlops.tracking._catalog import _sqlite

SCHEMA = """
CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name TEXT, lifecycle_stage TEXT);
CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name TEXT, status TEXT, start_time INT, end_time INT,
                   lifecycle_stage TEXT, experiment_id INT);
CREATE TABLE metrics (key TEXT, value REAL, timestamp INT, run_uuid TEXT, step INT, is_nan INT);
CREATE TABLE latest_metrics (key TEXT, value REAL, run_uuid TEXT, is_nan INT, PRIMARY KEY (key, run_uuid));
CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
INSERT INTO experiments VALUES (1, 'theirs', 'active');
"""


def do(path: Path, *scripts: str) -> None:
    """Execute SQL in a store and close it again, as a process does that comes and goes."""
    with closing(sqlite3.connect(path)) as database:
        for script in scripts:
            database.executescript(script)


def make_store(path: Path, *scripts: str) -> Path:
    """Make a store with the experiment `theirs`, and with what the scripts put into it."""
    do(path, SCHEMA, *scripts)
    return path


def run_row(run_id: str, name: str = "n") -> str:
    """Return the SQL that adds a finished run of a minute to `theirs`."""
    return f"INSERT INTO runs VALUES ('{run_id}', '{name}', 'FINISHED', 1760000000000, 1760000060000, 'active', 1);"


def stay_small(patches: pytest.MonkeyPatch) -> None:
    """Let a store be small also on a machine that is so busy that reading three runs takes long."""
    patches.setattr(_sqlite, "_BRIEF_S", math.inf)
    patches.setattr(_sqlite, "_COMPARE_REST", 0)
