"""F34, F35: a tracking server that is refused, silent, cut, slow, broken or wants a login. The run does not notice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tracked_cells import LOGGING_LOOP, MLFLOWS_OWN, Tracked, until

from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking import MetricSpool, foreign_runs, read_metrics, store_problem
from jupyter_mlops.tracking._journal import Journal

if TYPE_CHECKING:
    from tracking_server import TrackingServer

pytestmark = pytest.mark.filterwarnings(MLFLOWS_OWN)


@pytest.fixture
def server(tmp_path: Path, store: Path) -> Iterator[TrackingServer]:
    # MLflow's store warns when it is imported: only inside a test is that known to be MLflow's own affair.
    from tracking_server import serving

    folder = tmp_path / "server"
    folder.mkdir()
    (folder / "mlflow.db").write_bytes(store.read_bytes())
    with serving(folder / "mlflow.db") as server:
        yield server


QUICK = {"JUPYTER_MLOPS_HTTP_TIMEOUT_S": "1", "JUPYTER_MLOPS_KEEPER_GIVE_UP_S": "60"}


def logged_run(tracked: Tracked, uri: str, points: int = 50) -> RunDirectory:
    run = tracked.submit(tracking_uri=uri)
    spool = MetricSpool.open(run.path, run.run_id)
    for number in range(points):
        spool.log(loss=number / 2)
    journal = Journal(run.path)
    journal.append("log_param", run.run_id, key="depth", value="3")
    journal.append("set_tag", run.run_id, key="a", value="b")
    return run


def found(server: TrackingServer, run: RunDirectory) -> tuple[Any, list[tuple[int, float]]]:
    """The run in the server's store, of which there must be one only."""
    experiment = server.store.get_experiment_by_name("cancer")
    (only,) = server.store.search_runs([experiment.experiment_id], f"tags.`mlops.run_id` = '{run.run_id}'", 3)
    points = server.store.get_metric_history(only.info.run_id, "loss")
    return only, sorted((point.step, point.value) for point in points)


def check(server: TrackingServer, run: RunDirectory, points: int = 50) -> None:
    """The server has the run once, with all of it."""
    only, history = found(server, run)
    assert (only.info.status, only.info.end_time, only.info.run_name) == ("FINISHED", 1795248301000, "baseline")
    assert (only.data.params, only.data.tags["a"]) == ({"C": "0.001", "depth": "3"}, "b")
    assert history == [(number, number / 2) for number in range(points)]


def test_a_run_is_shipped_to_a_server_under_its_id_and_ours_is_a_tag(tracked: Tracked, server: TrackingServer) -> None:
    run = logged_run(tracked, server.uri, points=2_500)
    tracked.end(run)
    assert tracked.keep() == ""
    check(server, run, points=2_500)
    only, _ = found(server, run)
    assert tracked.cursor(run).run_ids == {run.run_id: only.info.run_id}
    assert (tracked.cursor(run).problem, only.info.run_id != run.run_id) == ("", True)


def test_models_children_and_artifacts_get_the_servers_ids(tracked: Tracked, server: TrackingServer) -> None:
    run = tracked.submit(tracking_uri=server.uri)
    told = tracked.cell(
        run,
        """
        import mlflow
        mlflow.log_text("hello", "notes/x.txt")
        class Doubler(mlflow.pyfunc.PythonModel):
            def predict(self, context, model_input, params=None):
                return [2 * x for x in model_input]
        told["model"] = mlflow.pyfunc.log_model(name="m", python_model=Doubler(), pip_requirements=["mlflow"]).model_id
        with mlflow.start_run(nested=True) as child: mlflow.log_metric("loss", 0.5)
        told["child"] = child.info.run_id
        """,
    )
    tracked.end(run)
    assert tracked.keep() == ""
    cursor = tracked.cursor(run)
    only, _ = found(server, run)
    assert cursor.problem == ""
    child = server.store.get_run(cursor.run_ids[told["child"]])
    assert (child.data.tags["mlflow.parentRunId"], child.data.metrics) == (only.info.run_id, {"loss": 0.5})
    assert Path(only.info.artifact_uri, "notes/x.txt").read_text() == "hello"
    model = server.store.get_logged_model(cursor.model_ids[told["model"]])
    assert (model.source_run_id, str(model.status)) == (only.info.run_id, "READY")
    described = Path(model.artifact_location, "MLmodel").read_text()
    assert (model.model_id in described, told["model"] in described) == (True, False)


@pytest.mark.parametrize("fault", ["refused", "500", "silent", "cut", "slow"])
def test_f34_after_a_fault_everything_is_there_exactly_once(
    tracked: Tracked, server: TrackingServer, fault: str
) -> None:
    run = logged_run(tracked, server.uri)
    tracked.end(run)
    if fault == "refused":
        server.stop()
    else:
        server.mode = fault
    with tracked.keeper(**QUICK) as keeper:
        if fault != "slow":
            until(lambda: tracked.cursor(run).problem)
            assert not tracked.cursor(run).done
            until(lambda: store_problem(tracked.home, server.uri))
        if fault == "refused":
            server.start()
        server.mode = "ok" if fault != "slow" else fault
        server.release.set()
        until(lambda: tracked.cursor(run).done, 60)
        keeper.wait()
    check(server, run)
    assert tracked.cursor(run).problem == ""


def test_f34_a_server_that_breaks_between_any_two_requests(tracked: Tracked, server: TrackingServer) -> None:
    run = logged_run(tracked, server.uri, points=3_000)
    tracked.end(run)
    seen = 0
    with tracked.keeper(**QUICK) as keeper:
        while not tracked.cursor(run).done:
            # Lets two requests pass, answers the next one with a cut, and so on.
            server.mode = "cut" if sum(server.seen.values()) - seen > 2 else "ok"
            seen = sum(server.seen.values()) if server.mode == "cut" else seen
            time.sleep(0.02)
            assert keeper.returncode is None or tracked.cursor(run).done
        server.mode = "ok"
        keeper.wait()
    check(server, run, points=3_000)


def test_f34_a_dead_server_holds_up_no_run_of_another_store(tracked: Tracked, server: TrackingServer) -> None:
    server.mode = "silent"
    stuck, well = logged_run(tracked, server.uri), logged_run(tracked, "")
    tracked.end(stuck)
    tracked.end(well)
    with tracked.keeper(**QUICK | {"JUPYTER_MLOPS_HTTP_TIMEOUT_S": "30"}):
        until(lambda: tracked.cursor(well).done)
        assert not tracked.cursor(stuck).done


@pytest.mark.parametrize("fault", ["refused", "silent", "500"])
def test_f34_no_log_call_waits_for_a_server(tracked: Tracked, server: TrackingServer, fault: str) -> None:
    if fault == "refused":
        server.stop()
    server.mode = fault
    run = tracked.submit(tracking_uri=server.uri)
    told = tracked.cell(run, LOGGING_LOOP)
    # The first call of all imports the store; 99 % of the rest, with room for a machine that does other things.
    assert told["slow"][0] < 0.05
    assert {key: len(points) for key, points in read_metrics(run).items()} == {"fluent": 300, "cheap": 300}
    assert told["stderr"] == ""
    if fault == "refused":
        server.start()


def test_f35_a_login_that_ends_is_said_and_appears_in_no_file(tracked: Tracked, server: TrackingServer) -> None:
    server.token = "hunter2-new"
    run = logged_run(tracked, server.uri)
    tracked.end(run)
    said = tracked.keep(MLFLOW_TRACKING_TOKEN="hunter2-old", JUPYTER_MLOPS_KEEPER_GIVE_UP_S="1")
    assert "401" in tracked.cursor(run).problem
    assert "401" in said
    tracked.keep(MLFLOW_TRACKING_TOKEN="hunter2-new")
    check(server, run)
    files = [path for path in tracked.home.path.rglob("*") if path.is_file()]
    assert [path for path in files if b"hunter2" in path.read_bytes()] == []
    assert "hunter2" not in said


def test_b38_credentials_in_an_address_appear_in_no_message(tracked: Tracked, server: TrackingServer) -> None:
    server.stop()
    run = logged_run(tracked, f"http://me:hunter2@127.0.0.1:{server.port}")
    tracked.end(run)
    said = tracked.keep(JUPYTER_MLOPS_KEEPER_GIVE_UP_S="1")
    server.start()
    assert tracked.cursor(run).problem
    texts = [said, run.tracking_file.read_text(), (tracked.home.path / "keeper.json").read_text()]
    assert [text for text in texts if "hunter2" in text] == []


def test_foreign_runs_of_a_server_without_mlflow_in_this_process(server: TrackingServer) -> None:
    experiment = server.store.create_experiment("theirs")
    theirs = server.store.create_run(experiment, "me", 1000, [], "manual")
    from mlflow.entities import Metric, RunTag

    ours = server.store.create_run(experiment, "me", 2000, [RunTag("mlops.run_id", "a" * 32)], "ours")
    server.store.log_batch(theirs.info.run_id, [Metric("acc", float("nan"), 1, 0)], [], [])
    page = foreign_runs(server.uri)
    assert (page.missing, [(run.id, run.name, run.experiment, run.status.value) for run in page.runs]) == (
        "",
        [(theirs.info.run_id, "manual", "theirs", "RUNNING")],
    )
    assert str(page.runs[0].metrics) == "{'acc': nan}"
    assert ours.info.run_id


@pytest.mark.parametrize("fault", ["silent", "500", "401", "refused"])
def test_f34_foreign_runs_that_cannot_be_had_are_said_in_two_seconds(server: TrackingServer, fault: str) -> None:
    server.mode = fault
    if fault == "refused":
        server.stop()
    began = time.monotonic()
    page = foreign_runs(server.uri.replace("//", "//me:hunter2@"), 1.0)
    assert time.monotonic() - began < 3
    assert (page.runs, page.missing.startswith(f"runs of other tools in {server.uri}: ")) == ((), True)
    assert "hunter2" not in page.missing
    if fault == "refused":
        server.start()
