"""The course of a metric in some tens of points: right at its ends, however long, whichever index the store has."""

import math
import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from stores import make_store, run_row

from jupyter_mlops.tracking import read_trends
from jupyter_mlops.tracking._catalog import _trends
from jupyter_mlops.tracking._catalog._trends import _AS_LOGGED, _BY_STEP, _read
from jupyter_mlops.tracking._logbook import SPARK_POINTS

INDEXES = {
    "old": ["CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid)"],
    "new": [
        "CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid)",
        "CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, key, step)",
    ],
}
LARGEST = 1.7976931348623157e308
MANY = 20_000

Row = tuple[float | None, object]


@pytest.fixture(params=list(INDEXES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    key = "CREATE UNIQUE INDEX metric_pk ON metrics (key, timestamp, step, run_uuid, value, is_nan);"
    return make_store(tmp_path / "mlflow.db", run_row("r"), key, ";".join(INDEXES[request.param]) + ";")


def log(store: Path, rows: list[Row], key: str = "loss", run: str = "r") -> None:
    """Add points: value, None for NaN, and step."""
    with closing(sqlite3.connect(store)) as database, database:
        database.executemany(
            f"INSERT INTO metrics VALUES ('{key}', ?, ?, '{run}', ?, ?)",
            [(0 if value is None else value, at, step, value is None) for at, (value, step) in enumerate(rows)],
        )


def read(store: Path, key: str = "loss", run: str = "r") -> tuple[float, ...]:
    return read_trends(store, {run: key}, time.monotonic() + 60)[run]


@pytest.mark.parametrize("count", [0, 1, 2, SPARK_POINTS])
def test_of_a_short_series_every_point_is_told_by_step(store: Path, count: int) -> None:
    log(store, [(float(step), step) for step in reversed(range(count))])
    assert read(store) == tuple(map(float, range(count)))


@pytest.mark.parametrize("count", [SPARK_POINTS + 1, SPARK_POINTS * 2, 1000, MANY])
def test_of_a_long_series_the_first_point_is_told_the_last_and_some_between(store: Path, count: int) -> None:
    log(store, [(float(step), step) for step in range(count)])

    values = read(store)

    assert (values[0], values[-1]) == (0.0, count - 1.0)
    assert SPARK_POINTS // 2 <= len(values) <= SPARK_POINTS
    assert list(values) == sorted(set(values))
    assert max(after - before for before, after in pairwise(values)) <= count / 10


def test_logged_without_steps_the_order_of_logging_is_told(store: Path) -> None:
    log(store, [(float(at), 0) for at in range(1000)])
    values = read(store)
    assert (values[0], values[-1], list(values)) == (0.0, 999.0, sorted(values))
    assert SPARK_POINTS // 2 <= len(values) <= SPARK_POINTS


def test_steps_far_apart_and_below_zero_are_steps(store: Path) -> None:
    log(store, [(float(at), at * 2**55 - 2**62) for at in range(200)])
    values = read(store)
    assert (values[0], values[-1], list(values)) == (0.0, 199.0, sorted(values))


def test_what_is_no_number_is_told_as_such(store: Path) -> None:
    log(store, [(1.0, 0), (None, 1), (LARGEST, 2), (-LARGEST, 3)])
    values = read(store)
    assert (values[0], math.isnan(values[1]), values[2:]) == (1.0, True, (math.inf, -math.inf))


def test_points_of_other_runs_and_metrics_are_not_told(store: Path) -> None:
    for run, key in (("r", "acc"), ("q", "loss"), ("r", "loss")):
        log(store, [(float(len(key) + step), step) for step in range(200)], key, run)
    alone = read(store)
    log(store, [(9e9, step) for step in range(500)], "other")
    assert (alone[0], alone[-1], read(store)[-1]) == (4.0, 203.0, alone[-1])
    assert read(store, "nobody") == read(store, "loss", "nobody") == ()


def test_what_a_stranger_has_written_for_a_step_hurts_nobody(store: Path) -> None:
    log(store, [(1.0, None), (2.0, "x"), (3.0, 5), (4.0, b"\xff")])
    assert sorted(read(store)) == [1.0, 2.0, 3.0, 4.0]
    log(store, [(1.0, step) for step in ["x", None, 1.5, b"\xff"] * 50])
    assert set(read(store)) <= {1.0, 2.0, 3.0, 4.0}


@pytest.mark.parametrize(("way", "index"), [(_BY_STEP, "new"), (_AS_LOGGED, "old")])
def test_b10_a_series_of_any_length_costs_the_same(tmp_path: Path, way: object, index: str) -> None:
    """Counted in instructions of sqlite's machine: a hundred times as many points cost a few more."""
    cost = {}
    for points in (1000, 100_000):
        path = make_store(tmp_path / f"{points}.db", ";".join(INDEXES[index]) + ";")
        log(path, [(math.sin(step), step) for step in range(points)])
        with closing(sqlite3.connect(path)) as database:
            counted = [0]

            def count(counted: list[int] = counted) -> int:
                counted[0] += 1
                return 0

            database.set_progress_handler(count, 10)
            assert len(_read(database, way, {"run": "r", "key": "loss"})) > SPARK_POINTS // 2
            cost[points] = counted[0]
    assert cost[100_000] < 2 * cost[1000]


def test_what_takes_too_long_says_so_and_holds_nobody_up(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_trends, "MOST_S", -1.0)
    log(store, [(1.0, step) for step in range(10)], "loss", "quick")
    log(store, [(float(step), step) for step in range(60_000)], "other")
    log(store, [(1.0, 0), (2.0, 1)])
    found = read_trends(store, {"r": "loss", "quick": "loss"}, time.monotonic() + 60)
    assert found["quick"] == (1.0,) * 10
    assert found["r"] in (None, (1.0, 2.0)), "only a store without the index looks through all points"


def test_what_is_not_reached_in_time_is_left_out(store: Path) -> None:
    log(store, [(1.0, 0), (2.0, 1)])
    assert read_trends(store, {"r": "loss"}, time.monotonic() - 1) == {}


def test_a_store_in_trouble_is_said(store: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(store)) as database:
        database.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            read(store)
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        read(tmp_path / "nowhere.db")
    store.write_text("no database")
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        read(store)
