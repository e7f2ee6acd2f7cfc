"""Metrics by plain SQL, in tables as MLflow has them; test_tracking_bulk.py lets MLflow read them back."""

import math
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.tracking._bulk import BulkWriter, MetricRow

LARGEST = 1.7976931348623157e308
SCHEMA = """
CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY);
CREATE TABLE metrics (
    key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL, run_uuid VARCHAR(32) NOT NULL,
    step BIGINT NOT NULL DEFAULT 0, is_nan BOOLEAN NOT NULL DEFAULT 0,
    PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan), FOREIGN KEY (run_uuid) REFERENCES runs (run_uuid)
);
CREATE TABLE latest_metrics (
    key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT, step BIGINT NOT NULL, is_nan BOOLEAN NOT NULL,
    run_uuid VARCHAR(32) NOT NULL, PRIMARY KEY (key, run_uuid), FOREIGN KEY (run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO runs VALUES ('r'), ('s');
"""


def made(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
    return path


def rows(path: Path, table: str) -> list[tuple]:
    columns = "run_uuid, key, step, timestamp, value, is_nan"
    with closing(sqlite3.connect(path)) as database:
        return sorted(database.execute(f"SELECT {columns} FROM {table}").fetchall())


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return made(tmp_path / "store.db")


@pytest.fixture
def writer(store: Path) -> Iterator[BulkWriter]:
    writer = BulkWriter(store, timeout_s=0.1)
    yield writer
    writer.close()


def point(value: float = 0.5, step: int = 0, timestamp: int = 1, run_id: str = "r", key: str = "loss") -> MetricRow:
    return MetricRow(run_id, key, value, timestamp, step)


def test_points_of_several_runs_are_written_in_one_go(store: Path, writer: BulkWriter) -> None:
    writer.write([point(0.5), point(0.25, 1, 2), point(0.9, key="val/acc"), point(7.0, run_id="s")])
    assert rows(store, "metrics") == [
        ("r", "loss", 0, 1, 0.5, 0),
        ("r", "loss", 1, 2, 0.25, 0),
        ("r", "val/acc", 0, 1, 0.9, 0),
        ("s", "loss", 0, 1, 7.0, 0),
    ]
    assert rows(store, "latest_metrics") == [
        ("r", "loss", 1, 2, 0.25, 0),
        ("r", "val/acc", 0, 1, 0.9, 0),
        ("s", "loss", 0, 1, 7.0, 0),
    ]


def test_b07_nan_is_a_flag_and_infinities_are_the_largest_numbers(store: Path, writer: BulkWriter) -> None:
    writer.write([point(value, step) for step, value in enumerate((math.nan, math.inf, -math.inf, -0.0))])
    assert rows(store, "metrics") == [
        ("r", "loss", 0, 1, 0.0, 1),
        ("r", "loss", 1, 1, LARGEST, 0),
        ("r", "loss", 2, 1, -LARGEST, 0),
        ("r", "loss", 3, 1, 0.0, 0),
    ]
    assert rows(store, "latest_metrics") == [("r", "loss", 3, 1, 0.0, 0)]


def test_b08_steps_of_64_bits_are_kept_exactly(store: Path, writer: BulkWriter) -> None:
    steps = [-(2**63), -1, 2**53 + 1, 2**63 - 1]
    writer.write([point(step=step) for step in steps])
    assert [row[2] for row in rows(store, "metrics")] == steps
    assert rows(store, "latest_metrics") == [("r", "loss", 2**63 - 1, 1, 0.5, 0)]


def test_the_latest_value_goes_by_step_then_time_then_value(store: Path, writer: BulkWriter) -> None:
    writer.write([point(1.0, 5, 20), point(9.0, 4, 99), point(2.0, 5, 10)])
    assert rows(store, "latest_metrics") == [("r", "loss", 5, 20, 1.0, 0)]
    writer.write([point(3.0, 5, 20)])
    writer.write([point(0.5, 5, 20)])
    assert rows(store, "latest_metrics") == [("r", "loss", 5, 20, 3.0, 0)]


def test_writing_again_changes_nothing(store: Path, writer: BulkWriter) -> None:
    points = [point(math.nan), point(0.5, 1), point(0.5, 1), point(math.inf, 2)]
    writer.write(points)
    before = rows(store, "metrics"), rows(store, "latest_metrics")
    writer.write(points)
    writer.write(points[:2])
    assert (rows(store, "metrics"), rows(store, "latest_metrics")) == before
    assert len(before[0]) == 3


def test_no_points_are_no_trouble(store: Path, writer: BulkWriter) -> None:
    writer.write([])
    writer.write(iter([]))
    assert rows(store, "metrics") == []


def test_a_point_of_an_unknown_run_costs_the_whole_batch_and_leaves_the_writer_usable(
    store: Path, writer: BulkWriter
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        writer.write([point(), point(run_id="nobody")])
    assert (rows(store, "metrics"), rows(store, "latest_metrics")) == ([], [])
    writer.write([point()])
    assert rows(store, "metrics") == [("r", "loss", 0, 1, 0.5, 0)]


def test_f30_a_locked_store_raises_in_time_and_takes_the_points_later(store: Path, writer: BulkWriter) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.write([point()])
        other.execute("ROLLBACK")
    writer.write([point()])
    assert rows(store, "metrics") == [("r", "loss", 0, 1, 0.5, 0)]


def test_f30_a_short_lock_is_waited_for(store: Path) -> None:
    with closing(sqlite3.connect(store, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(0.05, other.execute, ("ROLLBACK",))
        release.start()
        writer = BulkWriter(store, timeout_s=10)
        writer.write([point()])
        writer.close()
        release.join()
    assert rows(store, "metrics") == [("r", "loss", 0, 1, 0.5, 0)]


def test_keys_are_data_not_sql(store: Path, writer: BulkWriter) -> None:
    key = "x'; DROP TABLE runs; --"
    writer.write([point(key=key)])
    assert rows(store, "metrics") == [("r", key, 0, 1, 0.5, 0)]


POINTS = st.lists(
    st.builds(
        MetricRow,
        st.sampled_from(["r", "s"]),
        st.sampled_from(["loss", "acc"]),
        st.sampled_from([0.0, 0.5, 1.0, math.nan, math.inf, -math.inf]),
        st.integers(0, 3),
        st.integers(-2, 2),
    ),
    max_size=12,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(POINTS, st.integers(0, 12))
def test_in_how_many_batches_points_come_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, points: list[MetricRow], cut: int
) -> None:
    stores = []
    for batches in ([points], [points[cut:], points[:cut], points]):
        stores.append(made(tmp_path_factory.mktemp("bulk") / "store.db"))
        writer = BulkWriter(stores[-1])
        for batch in batches:
            writer.write(batch)
        writer.close()
    tables = [{table: rows(path, table) for table in ("metrics", "latest_metrics")} for path in stores]
    for table in ("metrics", "latest_metrics"):
        assert without_ties(tables[0][table]) == without_ties(tables[1][table])


def without_ties(found: list[tuple]) -> list[tuple]:
    """Rows without the NaN flag: NaN and 0 of the same moment are one age, and either may be the latest."""
    return [row[:5] for row in found]
