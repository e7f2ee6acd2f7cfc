"""The bulk path writes what `log_batch` would have written: MLflow reads both back, and they are equal."""

import math
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tracked_cells import MLFLOWS_OWN, close_stores

from jupyter_mlops.tracking._bulk import KNOWN_REVISIONS, BulkWriter, MetricRow
from jupyter_mlops.tracking._local_store import known_revision, schema_revision

pytestmark = pytest.mark.filterwarnings(MLFLOWS_OWN)


@pytest.fixture(autouse=True)
def open_stores() -> Iterator[None]:
    yield
    close_stores()


def points(seed: int) -> list[tuple[str, float, int, int]]:
    """Keys, values, times and steps as they come, with ties, repetitions, NaN and infinities."""
    chance = random.Random(seed)
    values = [0.0, -1.5, 2.5, math.nan, math.inf, -math.inf, 5e-324, 1e308]
    return [
        (chance.choice("abc"), chance.choice(values), chance.randrange(3), chance.randrange(-2, 4)) for _ in range(600)
    ] + [("long", number / 3, 1_795_000_000_000 + number, number) for number in range(2_000)]


def test_the_installed_schema_is_one_that_is_tested_here(store: Path) -> None:
    assert {schema_revision(store), known_revision()} <= KNOWN_REVISIONS


@pytest.mark.parametrize("seed", range(3))
def test_b07_mlflow_reads_back_the_same_from_both_ways(store: Path, seed: int) -> None:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    client = MlflowClient(f"sqlite:///{store}")
    bulk_run, batch_run = (client.create_run("0").info.run_id for _ in range(2))
    given = points(seed)
    with closing(BulkWriter(store)) as bulk:
        for start in range(0, len(given), 700):
            bulk.write([MetricRow(bulk_run, *point) for point in given[start : start + 700]])
    for start in range(0, len(given), 1000):
        client.log_batch(batch_run, [Metric(*point) for point in given[start : start + 1000]])

    def read_back(run_id: str) -> dict[str, object]:
        history = {key: client.get_metric_history(run_id, key) for key in ("a", "b", "c", "long")}
        plain = {key: sorted(map(repr, map(dict, found))) for key, found in history.items()}
        return {"history": plain, "latest": repr(sorted(client.get_run(run_id).data.metrics.items()))}

    assert read_back(bulk_run) == read_back(batch_run)
    assert rows(store, bulk_run) == rows(store, batch_run)
    assert len(client.get_metric_history(bulk_run, "long")) == 2_000


def rows(store: Path, run_id: str) -> list[tuple[object, ...]]:
    query = "SELECT key, value, timestamp, step, is_nan FROM {} WHERE run_uuid = ?"
    with closing(sqlite3.connect(store)) as database:
        tables = [
            database.execute(query.format(table), (run_id,)).fetchall() for table in ("metrics", "latest_metrics")
        ]
    return [sorted(table) for table in tables]
