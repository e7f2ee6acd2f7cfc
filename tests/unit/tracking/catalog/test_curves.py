"""A run's curves from its spools and from MLflow's local store: the same points, read once, then only what came."""

import math
import random
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_mlops.tracking import MetricSpool, RunCurves, SpoolCurves, SqliteCurves

RUN, CHILD = "a" * 32, "b" * 32
SCHEMA = """
CREATE TABLE metrics (key TEXT, value REAL, timestamp INT, run_uuid TEXT, step INT, is_nan INT);
CREATE TABLE latest_metrics (key TEXT, run_uuid TEXT);
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
"""


def drawn(curves: RunCurves, keys: Collection[str] = ()) -> dict[str, list[tuple[int, float]]]:
    """Return steps and values by key."""
    return {key: [(p.step, p.value) for p in curve.points(2000)] for key, curve in curves.read(keys).items()}


class TestSpools:
    def test_all_keys_or_those_that_are_asked_for(self, tmp_path):
        spool = MetricSpool.open(tmp_path, RUN)
        spool.log(loss=0.5, acc=0.1)
        spool.log(loss=0.25)
        curves = SpoolCurves(tmp_path, RUN)

        assert drawn(curves) == {"loss": [(0, 0.5), (1, 0.25)], "acc": [(0, 0.1)]}
        assert drawn(curves, ["acc", "nobody"]) == {"acc": [(0, 0.1)]}
        spool.log(loss=math.inf, new=1.0)
        assert drawn(curves, ["loss", "new"]) == {"loss": [(0, 0.5), (1, 0.25), (2, math.inf)], "new": [(0, 1.0)]}
        spool.close()

    def test_series_of_child_runs_are_not_the_runs(self, tmp_path):
        from jupyter_mlops.tracking._spool._spool import Series

        spool = MetricSpool.open(tmp_path, RUN)
        spool.log(loss=0.5)
        spool.write_point(Series(CHILD, "loss"), 9.0, 0, 1)
        spool.write_point(Series(CHILD, "other"), 9.0, 0, 1)
        spool.close()

        assert drawn(SpoolCurves(tmp_path, RUN)) == {"loss": [(0, 0.5)]}

    def test_f29_a_run_without_spools_has_none(self, tmp_path):
        assert drawn(SpoolCurves(tmp_path / "gone", RUN)) == {}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    do(tmp_path / "mlflow.db", SCHEMA)
    return tmp_path / "mlflow.db"


def do(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)


def log(path: Path, *rows: str, key: str = "loss", run: str = RUN) -> None:
    """Add points: value, time and step, and whether it is NaN, as SQL."""
    for row in rows:
        value, time, step, is_nan = row.split()
        do(path, f"INSERT INTO metrics VALUES ('{key}', {value}, {time}, '{run}', {step}, {is_nan})")
    do(path, f"INSERT INTO latest_metrics VALUES ('{key}', '{run}')")


of_any_age = pytest.mark.parametrize(
    "index", ["", "CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, key, step)"]
)


class TestStore:
    @of_any_age
    def test_points_come_by_step_and_what_comes_later_is_added(self, store, index):
        do(store, index)
        log(store, "0.5 10 0 0", "0.1 30 2 0", "0.25 20 1 0")
        log(store, "9 1 1 0", run=CHILD)
        curves = SqliteCurves(store, RUN)

        assert drawn(curves) == {"loss": [(0, 0.5), (1, 0.25), (2, 0.1)]}
        log(store, "0.05 40 3 0")
        log(store, "1 1 1 0", key="acc")
        assert drawn(curves, ["loss"]) == {"loss": [(0, 0.5), (1, 0.25), (2, 0.1), (3, 0.05)]}
        assert drawn(curves) == {"loss": [(0, 0.5), (1, 0.25), (2, 0.1), (3, 0.05)], "acc": [(1, 1.0)]}

    def test_b07_nan_and_infinities_are_what_was_logged(self, store):
        log(store, "0 1 0 1", "1.7976931348623157e308 2 1 0", "-1.7976931348623157e308 3 2 0", "5 4 3 0")

        ((_step, nan), *rest) = drawn(SqliteCurves(store, RUN))["loss"]

        assert (math.isnan(nan), rest) == (True, [(1, math.inf), (2, -math.inf), (3, 5.0)])

    @of_any_age
    @pytest.mark.parametrize("has_steps", [True, False])
    def test_b10_of_a_long_series_every_extreme_is_kept(self, store, has_steps, index):
        do(store, index)
        chance = random.Random(5)
        values = [chance.gauss(0, 1) for _ in range(50_000)]
        rows = [(value, 10 + at, RUN, at if has_steps else 7, 0) for at, value in enumerate(values)]
        rows[100] = (0, 110, RUN, rows[100][3], 1)
        rows[30_000] = (1.7976931348623157e308, 30_010, RUN, rows[30_000][3], 0)
        rows[40_000] = (-1.7976931348623157e308, 40_010, RUN, rows[40_000][3], 0)
        with closing(sqlite3.connect(store)) as database, database:
            database.executemany("INSERT INTO metrics VALUES ('loss', ?, ?, ?, ?, ?)", rows)
            database.execute("INSERT INTO latest_metrics VALUES ('loss', ?)", (RUN,))
        curves = SqliteCurves(store, RUN)

        points = curves.read(["loss"])["loss"].points(2000)

        others = {100, 30_000, 40_000}
        finite = [value for at, value in enumerate(values) if at not in others]
        told = [point.value for point in points if math.isfinite(point.value)]
        assert (500 < len(points) <= 2000, min(told), max(told)) == (True, min(finite), max(finite))
        assert [point.time - 10 for point in points if not math.isfinite(point.value)] == sorted(others)
        assert [point.time for point in points] == sorted(point.time for point in points)
        assert all(values[point.time - 10] == point.value for point in points if math.isfinite(point.value))
        assert curves.read(["loss"])["loss"].total == 50_000
        log(store, "99 60000 50000 0", "-99 60001 50001 0", key="loss")
        later = curves.read(["loss"])["loss"]
        assert (later.total, later.points(2000)[-1].value, max(p.value for p in later.points(50))) == (
            50_002, -99.0, math.inf,
        )  # fmt: skip

    def test_another_file_in_its_place_is_another_store(self, store, tmp_path):
        log(store, "1 1 0 0", "2 1 1 0", "3 1 2 0")
        curves = SqliteCurves(store, RUN)
        assert len(drawn(curves)["loss"]) == 3
        do(tmp_path / "new.db", SCHEMA)
        log(tmp_path / "new.db", "7 1 0 0")

        (tmp_path / "new.db").rename(store)

        assert drawn(curves) == {"loss": [(0, 7.0)]}

    def test_f31_a_store_that_is_damaged_or_gone_is_said(self, store, tmp_path):
        store.write_text("no database")
        for path in (store, tmp_path / "absent.db"):
            with pytest.raises(sqlite3.Error):
                SqliteCurves(path, RUN).read(())

    @pytest.mark.parametrize("anything", ["5", "'text'", "x'ff00'", "NULL", "9e999", "CAST(x'62ff' AS TEXT)"])
    def test_b27_whatever_stands_there_is_read(self, tmp_path, anything):
        path = tmp_path / "hostile.db"
        do(path, "CREATE TABLE metrics (key, value, timestamp, run_uuid, step, is_nan);"
                 "CREATE TABLE latest_metrics (key, run_uuid);"
                 f"INSERT INTO metrics VALUES ('loss', {anything}, {anything}, '{RUN}', {anything}, {anything});"
                 f"INSERT INTO latest_metrics VALUES ('loss', '{RUN}'), ({anything}, '{RUN}')")  # fmt: skip

        curves = SqliteCurves(path, RUN).read(())

        assert curves["loss"].total == 1
        (point,) = curves["loss"].points(10)
        assert [type(field) for field in point] == [int, int, int, float]
