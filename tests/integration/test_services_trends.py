"""Courses of runs that scripts have logged with MLflow alone: into a local store, and to a server."""

import math
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow.entities import Metric
from tracking_server import TrackingServer, serving

from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.services import RunCatalog, RunService
from jupyter_mlops.services._catalog import _remote_trends
from jupyter_mlops.testing import wait_until

SCRIPT = """
import math, sys, time
from mlflow import MlflowClient
from mlflow.entities import Metric

client = MlflowClient(sys.argv[1])
experiment = client.create_experiment("theirs", artifact_location=sys.argv[2])

def made(name, key, values):
    run = client.create_run(experiment, run_name=name).info.run_id
    points = [Metric(key, value, 1, step) for step, value in enumerate(values)]
    for start in range(0, len(points), 1000):
        client.log_batch(run, metrics=points[start:start + 1000])
    client.set_terminated(run)

made("few", "loss", [3.0, 2.0, math.nan, math.inf, 1.0])
made("one", "loss", [3.0])
made("many", "loss", [math.cos(step / 1000) for step in range(20_000)])
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunService:
    monkeypatch.chdir(tmp_path)
    home = Home.create(tmp_path / ".mlops")
    return RunService(home, LocalLauncher(home))


@pytest.fixture
def catalog(service: RunService) -> Iterator[RunCatalog]:
    catalog = RunCatalog([("h1", service)])
    yield catalog
    catalog.close()


def look(catalog: RunCatalog) -> dict[str, str]:
    """Return the runs that are shown: id by name."""
    catalog.refresh()
    return {run.name: run.run_id for run in catalog.page().runs}


def test_a_scripts_runs_have_courses(service, catalog, tmp_path):
    uri = f"sqlite:///{service.home.path / 'mlflow.db'}"
    subprocess.run([sys.executable, "-c", SCRIPT, uri, str(tmp_path / "files")], check=True, timeout=120)
    wait_until(lambda: len(look(catalog)) == 3)
    ids = look(catalog)

    answer = catalog.trends(list(ids.values()))

    values = {trend.run_id: trend.values for trend in answer.trends}
    many = values.pop(ids["many"])
    assert values == {ids["few"]: (3.0, 2.0, "NaN", "Infinity", 1.0), ids["one"]: (3.0,)}
    assert (many[0], many[-1], 24 <= len(many) <= 48) == (1.0, math.cos(19.999), True)
    assert min(many) < -0.9, "down and up again, three times"
    assert answer.waiting == 0


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    with serving(tmp_path / "elsewhere.db") as running:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", running.uri)
        yield running


def log(server: TrackingServer, name: str, *values: float, key: str = "loss") -> str:
    run = server.store.create_run("0", "somebody", 1_760_000_000_000, [], name).info.run_id
    server.store.log_batch(run, [Metric(key, value, 1, step) for step, value in enumerate(values)], [], [])
    return run


POINTS = "metrics/get-history-bulk-interval"


def test_a_servers_runs_are_asked_for_once_and_told_when_they_have_come(server, catalog):
    few, one = log(server, "few", 3.0, math.nan, 1.0), log(server, "one", 3.0)
    acc = log(server, "other", *(float(step) for step in range(500)), key="acc")
    wait_until(lambda: len(look(catalog)) == 3)

    assert (catalog.trends([few, one, acc]).trends, server.seen[POINTS] <= 2) == ((), True), "nobody waits for it"

    told: set[str] = set()
    wait_until(lambda: told.update(catalog.refresh().run_ids) or told == {few, acc})
    shown = {run.run_id: run.spark for run in catalog.page().runs}
    assert (shown[few], shown[one], shown[acc][0], shown[acc][-1]) == ((3.0, "NaN", 1.0), (3.0,), 0.0, 499.0)
    assert len(shown[acc]) <= 50
    assert catalog.trends([few, one, acc]).waiting == 0
    assert server.seen[POINTS] == 2, "one question for each metric"


def test_a_server_that_fails_is_left_alone_for_a_while(server, catalog, monkeypatch):
    run = log(server, "theirs", 2.0, 1.0)
    wait_until(lambda: "theirs" in look(catalog))
    server.mode = "500"
    catalog.trends([run])
    wait_until(lambda: server.seen[POINTS] == 1 and not is_asking())

    server.mode = "ok"
    assert catalog.trends([run]).waiting == 1
    assert (is_asking(), server.seen[POINTS]) == (False, 1)

    monkeypatch.setattr(_remote_trends.time, "monotonic", lambda now=_remote_trends.time.monotonic: now() + 61)
    wait_until(lambda: catalog.trends([run]).waiting == 0)
    assert catalog.trends([run]).trends[0].values == (2.0, 1.0)


def is_asking() -> bool:
    return any(thread.name == "mlops-remote-trends" for thread in threading.enumerate())


def test_a_run_that_the_server_has_cleared_away_hides_no_other(server, catalog):
    gone, kept = log(server, "gone", 2.0, 1.0), log(server, "kept", 2.0, 1.0)
    wait_until(lambda: len(look(catalog)) == 2)
    server.store._hard_delete_run(gone)
    wait_until(lambda: catalog.trends([gone, kept]).waiting == 0)
    assert [trend.values for trend in catalog.trends([gone, kept]).trends] == [(), (2.0, 1.0)]
