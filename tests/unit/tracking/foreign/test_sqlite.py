"""Runs of other tools by SQL: strangers' rows, strange folders, and no longer than allowed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.tracking import ForeignRun, ForeignRuns, foreign_runs
from jupyter_mlops.tracking._foreign._foreign import decode_runs
from jupyter_mlops.tracking._foreign._sqlite import find_runs

SCHEMA = """
CREATE TABLE experiments (experiment_id INT, name TEXT, lifecycle_stage TEXT);
CREATE TABLE runs (run_uuid TEXT, name TEXT, experiment_id INT, status TEXT, start_time INT, end_time INT,
                   lifecycle_stage TEXT);
CREATE TABLE latest_metrics (run_uuid TEXT, key TEXT, value REAL, is_nan INT);
CREATE TABLE params (run_uuid TEXT, key TEXT, value TEXT);
CREATE TABLE tags (run_uuid TEXT, key TEXT, value TEXT);
INSERT INTO experiments VALUES (1, 'theirs', 'active');
"""


def made(path: Path, runs: int = 1) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(SCHEMA)
        rows = [(f"r{number:04d}", f"run {number}", number) for number in range(runs)]
        database.executemany("INSERT INTO runs VALUES (?, ?, 1, 'FINISHED', ?, NULL, 'active')", rows)
    return path


@pytest.mark.parametrize("name", ["per%20cent", "quest?ion", "ha#sh", "a=b&mode=rwc", "ü 🚀"])
def test_stores_in_folders_of_any_name_are_found(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    assert [row["name"] for row in find_runs(made(folder / "mlflow.db"), 1.0, 10)] == ["run 0"]


def test_looking_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        find_runs(tmp_path / "absent.db", 1.0, 10)
    assert not (tmp_path / "absent.db").exists()


def test_a_store_without_runs_has_none(tmp_path: Path) -> None:
    assert find_runs(made(tmp_path / "mlflow.db", runs=0), 1.0, 10) == []


def test_as_many_as_asked_for_with_all_that_belongs_to_them(tmp_path: Path) -> None:
    store = made(tmp_path / "mlflow.db", runs=500)
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("INSERT INTO tags SELECT run_uuid, 'note', NULL FROM runs")
        database.execute("INSERT INTO params SELECT run_uuid, 'n', start_time FROM runs")
    found = find_runs(store, 5.0, 400)
    assert [row["id"] for row in found] == [f"r{number:04d}" for number in range(499, 99, -1)]
    assert {row["id"]: (row["params"], row["tags"]) for row in found} == {
        f"r{number:04d}": ({"n": str(number)}, {"note": ""}) for number in range(100, 500)
    }


def test_the_time_is_up_for_a_query_that_does_not_end(tmp_path: Path) -> None:
    store = made(tmp_path / "mlflow.db", runs=2_000)
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("INSERT INTO tags SELECT a.run_uuid, 'k', 'v' FROM runs AS a, (SELECT 1 FROM runs LIMIT 20)")
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        find_runs(store, 0.0, 2_000)


def test_a_database_of_something_else_is_said(tmp_path: Path) -> None:
    store = tmp_path / "other.db"
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("CREATE TABLE t (n)")
    assert foreign_runs(f"sqlite:///{store}") == ForeignRuns(
        missing=f"runs of other tools in sqlite:///{store}: OperationalError: no such table: runs"
    )


def test_rows_of_no_known_shape_are_left_out() -> None:
    good = {"id": "a", "name": "n", "experiment": "e", "status": "FINISHED"}
    rows = [good, good | {"status": "PAUSED"}, {"id": "b"}, {}, good | {"metrics": 3}, good | {"id": "c", "new": 1}]
    assert decode_runs(rows) == tuple(
        ForeignRun(id=run_id, name="n", experiment="e", status=RunStatus.FINISHED) for run_id in ("a", "c")
    )
