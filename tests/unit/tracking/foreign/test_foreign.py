"""Runs of other tools in a sqlite store, without MLflow."""

import math
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.tracking import ForeignRun, ForeignRuns, foreign_runs

LAST_MS = 253_402_300_799_999
"""The last moment of the year 9999."""

SCHEMA = """
CREATE TABLE experiments (experiment_id INT, name TEXT, lifecycle_stage TEXT);
CREATE TABLE runs (run_uuid TEXT, name TEXT, experiment_id INT, status TEXT, start_time INT, end_time INT,
                   lifecycle_stage TEXT);
CREATE TABLE latest_metrics (run_uuid TEXT, key TEXT, value REAL, is_nan INT);
CREATE TABLE params (run_uuid TEXT, key TEXT, value TEXT);
CREATE TABLE tags (run_uuid TEXT, key TEXT, value TEXT);
INSERT INTO experiments VALUES (1, 'theirs', 'active'), (2, 'removed', 'deleted');
INSERT INTO runs VALUES ('r1', 'older', 1, 'FINISHED', 1000, 2000, 'active'),
                        ('r2', NULL, 1, 'RUNNING', 3000, NULL, 'active'),
                        ('r3', 'ours', 1, 'FINISHED', 4000, 5000, 'active'),
                        ('r4', 'gone', 1, 'FINISHED', 4000, 5000, 'deleted'),
                        ('r5', 'gone too', 2, 'FINISHED', 4000, 5000, 'active');
INSERT INTO tags VALUES ('r3', 'mlops.run_id', 'r3'), ('r1', 'team', 'red');
INSERT INTO latest_metrics VALUES ('r1', 'acc', 0.5, 0), ('r1', 'bad', 0, 1);
INSERT INTO params VALUES ('r1', 'C', '1.0');
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        database.executescript(SCHEMA)
    return tmp_path / "mlflow.db"


def test_the_newest_come_first_and_ours_are_left_out(store: Path) -> None:
    page = foreign_runs(f"sqlite:///{store}")
    newer, older = page.runs
    assert newer == ForeignRun(id="r2", name="", experiment="theirs", status=RunStatus.RUNNING, start_time=3000)
    assert (older.id, older.metrics["acc"], math.isnan(older.metrics["bad"])) == ("r1", 0.5, True)
    assert (older.params, older.tags, older.end_time, page.missing) == ({"C": "1.0"}, {"team": "red"}, 2000, "")
    assert [run.id for run in foreign_runs(f"sqlite:///{store}", limit=1).runs] == ["r2"]


def began(milliseconds: int) -> str:
    run = ForeignRun(id="r", name="", experiment="", status=RunStatus.FINISHED, start_time=milliseconds)
    return run.started_at


@pytest.mark.parametrize("milliseconds", [-62_135_596_800_000, -1, 1, 951_868_799_999, 1_760_000_123_457, LAST_MS])
def test_a_moment_is_that_of_the_calendar(milliseconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    assert began(milliseconds) == moment.isoformat(timespec="milliseconds")


@pytest.mark.parametrize("milliseconds", [0, LAST_MS + 1, -62_135_596_800_001, 2**63 - 1, -(2**63)])
def test_outside_of_all_calendars_there_is_no_moment(milliseconds: int) -> None:
    assert began(milliseconds) == ""


def test_a_store_that_is_not_made_yet_has_none(tmp_path: Path) -> None:
    assert foreign_runs(f"sqlite:///{tmp_path}/none.db") == ForeignRuns()


def test_f31_a_damaged_store_is_said(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("no database at all, whatever its name")
    page = foreign_runs(f"sqlite:///{tmp_path}/mlflow.db")
    assert page.missing == (
        f"runs of other tools in sqlite:///{tmp_path}/mlflow.db: DatabaseError: file is not a database"
    )


def test_f30_a_locked_store_is_said_in_time(store: Path) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        page = foreign_runs(f"sqlite:///{store}", 0.5)
        assert time.monotonic() - began < 2
    assert (page.runs, "sqlite" in page.missing) == ((), True)


def test_any_other_store_is_asked_in_a_child_that_is_not_waited_for() -> None:
    began = time.monotonic()
    page = foreign_runs("postgresql://u:hunter2@127.0.0.1:1/mlflow", 0.3)
    assert time.monotonic() - began < 3
    assert page == ForeignRuns(missing="runs of other tools in postgresql://127.0.0.1:1/mlflow: no answer within 0.3 s")


def test_mlflow_is_not_imported_here() -> None:
    program = "import sys; from jupyter_mlops.tracking import foreign_runs, read_metrics, start_keeper, store_problem\n"
    import subprocess

    told = subprocess.run(
        [sys.executable, "-c", program + "print('mlflow' in sys.modules)"], capture_output=True, text=True
    )
    assert told.stdout == "False\n"
