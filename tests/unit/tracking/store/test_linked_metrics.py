"""Metrics that the run has logged and that MLflow then links to a model: the run has them once, as in its own store."""

import math
from collections.abc import Iterator

import pytest
from mlflow.entities import Metric
from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry

from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking import MetricSpool, MetricTail, RunLogbook, TrackingSession, read_metrics
from jupyter_mlops.tracking._catalog._curves import SpoolCurves
from jupyter_mlops.tracking._journal import Journal
from jupyter_mlops.tracking._spool._reading import read_keys, read_spool
from jupyter_mlops.tracking._store._spooling import SpoolingStore

MODEL, OTHER_MODEL = "m-" + "1" * 32, "m-" + "2" * 32


@pytest.fixture
def store(run: RunDirectory) -> Iterator[SpoolingStore]:
    before = dict(_artifact_repository_registry._registry)
    spool = MetricSpool.open(run.path, run.run_id)
    yield SpoolingStore(TrackingSession(run.path, run.spec(), spool, Journal(run.path)))
    _artifact_repository_registry._registry.clear()
    _artifact_repository_registry._registry.update(before)


def link(store: SpoolingStore, run: RunDirectory, key: str, model: str, step: int = 0) -> None:
    """Link a metric's points at a step to a model, as `mlflow.models.Model.log` does."""
    history = [point for point in store.get_metric_history(run.run_id, key) if point.step == step]
    copies = [Metric(key, point.value, point.timestamp, point.step, model_id=model) for point in history]
    store.log_batch(run.run_id, copies, [], [])


def values(run: RunDirectory, key: str) -> list[float]:
    return [point.value for point in read_metrics(run)[key]]


def test_a_metric_that_is_linked_to_models_stands_once_wherever_the_run_is_shown(
    run: RunDirectory, store: SpoolingStore
) -> None:
    for step, value in enumerate((1.0, 0.5, 0.25)):
        store.log_metric(run.run_id, Metric("loss", value, 1000 + step, step))
    tail = MetricTail(run.path)
    for model in (MODEL, OTHER_MODEL):
        link(store, run, "loss", model)

    assert [(point.step, point.value) for point in store.get_metric_history(run.run_id, "loss")] == [
        (0, 1.0),
        (1, 0.5),
        (2, 0.25),
    ]
    assert values(run, "loss") == [1.0, 0.5, 0.25]
    assert SpoolCurves(run.path, run.run_id).read(["loss"])["loss"].total == 3
    logbook = RunLogbook(run)
    logbook.refresh()
    assert (logbook.spark("loss"), logbook.metrics) == ((1.0, 0.5, 0.25), {"loss": 0.25})
    assert tail.count(ended=True) == {(run.run_id, "loss"): 3}
    assert [[point.value for point in batch.points] for batch in tail.read(ended=True)] == [[1.0, 0.5, 0.25]]


def test_the_links_are_on_record_for_the_store(run: RunDirectory, store: SpoolingStore) -> None:
    store.log_metric(run.run_id, Metric("loss", 1.0, 1000, 0))
    link(store, run, "loss", MODEL)
    series = read_keys(run.metrics_file, links=True)
    shipped = [series[point.key_id].model_id for point in read_spool(run.metrics_file).points]
    assert shipped == [None, MODEL]


def test_what_is_logged_for_a_model_alone_is_the_runs_too(run: RunDirectory, store: SpoolingStore) -> None:
    store.log_metric(run.run_id, Metric("loss", 1.0, 1000, 0))
    store.log_batch(run.run_id, [Metric("loss", 1.0, 1001, 0, model_id=MODEL)], [], [])
    store.log_metric(run.run_id, Metric("acc", 0.5, 1000, 0, model_id=MODEL))
    link(store, run, "acc", OTHER_MODEL)
    assert (values(run, "loss"), values(run, "acc")) == ([1.0, 1.0], [0.5])


def test_a_nan_is_linked_as_well(run: RunDirectory, store: SpoolingStore) -> None:
    store.log_metric(run.run_id, Metric("loss", math.nan, 1000, 0))
    link(store, run, "loss", MODEL)
    assert len(values(run, "loss")) == 1


def test_a_point_of_a_child_run_is_no_point_of_the_run(run: RunDirectory, store: SpoolingStore) -> None:
    child = store.create_run("0", "", 5, [], "fold").info.run_id
    store.log_metric(child, Metric("loss", 1.0, 1000, 0))
    store.log_batch(run.run_id, [Metric("loss", 1.0, 1000, 0, model_id=MODEL)], [], [])
    assert values(run, "loss") == [1.0]
