"""MLflow inside a run: its own calls, unchanged, reach the run; nothing waits for a store."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tracked_cells import MLFLOWS_OWN, Tracked

from jupyter_mlops.tracking import last_values, read_children, read_params, read_tags
from jupyter_mlops.tracking._record import RunRecords

pytestmark = pytest.mark.filterwarnings(MLFLOWS_OWN)


def test_fluent_calls_speak_for_the_run(tracked: Tracked) -> None:
    run = tracked.submit()
    told = tracked.cell(
        run,
        """
        import mlflow
        mlflow.log_metric("acc", 0.9)
        mlflow.log_metric("acc", 0.95, step=1)
        mlflow.log_metrics({"f1": 0.8, "auc": 1})
        mlflow.log_param("depth", 3)
        mlflow.log_params({"lr": 0.1, "C": 0.001})
        mlflow.set_tag("stage", "dev")
        mlflow.set_tags({"gone": 1})
        mlflow.delete_tag("gone")
        told["active"] = mlflow.active_run().info.run_id
        mlflow.end_run()
        mlflow.log_metric("late", 1.0)
        mine = mlflow.get_run(RUN)
        told["mine"] = [mine.data.metrics, mine.data.params, mine.data.tags, mine.info.status, mine.info.run_name]
        told["history"] = [(m.step, m.value) for m in mlflow.MlflowClient().get_metric_history(RUN, "acc")]
        """,
    )
    metrics = {"acc": 0.95, "f1": 0.8, "auc": 1.0, "late": 1.0}
    params = {"C": "0.001", "depth": "3", "lr": "0.1"}
    tags = {"team": "blue", "stage": "dev"}
    assert told == {
        "active": run.run_id,
        "mine": [metrics, params, tags, "RUNNING", "baseline"],
        "history": [[0, 0.9], [1, 0.95]],
        "stderr": "",
    }
    assert (last_values(run), read_params(run), read_tags(run), read_children(run)) == (metrics, params, tags, ())


def test_one_start_run_joins_and_two_are_two_children(tracked: Tracked) -> None:
    one, two, loop = tracked.submit(), tracked.submit(), tracked.submit()
    told = tracked.cell(
        one,
        """
        import mlflow
        mlflow.log_param("before", 1)
        with mlflow.start_run(run_name="renamed") as r:
            mlflow.log_metric("acc", 0.9)
            with mlflow.start_run(nested=True, run_name="inner"):
                mlflow.log_metric("acc", 0.1)
        told["id"] = r.info.run_id
        """,
    )
    assert told["id"] == one.run_id
    assert last_values(one) == {"acc": 0.9}
    assert [(child.name, child.status, child.metrics) for child in read_children(one)] == [
        ("inner", "FINISHED", {"acc": 0.1})
    ]
    tracked.cell(
        two,
        """
        import mlflow
        with mlflow.start_run(run_name="a"):
            mlflow.log_metric("acc", 0.1)
        with mlflow.start_run(run_name="b"):
            mlflow.log_metric("acc", 0.2)
        mlflow.log_metric("acc", 0.3)
        """,
    )
    assert last_values(two) == {"acc": 0.3}
    assert [(child.name, child.metrics) for child in read_children(two)] == [("a", {"acc": 0.1}), ("b", {"acc": 0.2})]
    tracked.cell(
        loop,
        """
        import mlflow
        for c in (1, 2, 3):
            try:
                with mlflow.start_run():
                    mlflow.log_param("C", c)
                    1 / (c - 3)
            except ZeroDivisionError:
                pass
        """,
    )
    assert [(child.params, child.status) for child in read_children(loop)] == [
        ({"C": "1"}, "FINISHED"),
        ({"C": "2"}, "FINISHED"),
        ({"C": "3"}, "FAILED"),
    ]
    records = RunRecords(loop.path, loop.spec())
    records.refresh()
    parents = [record.tags.get("mlflow.parentRunId") for record in records.runs.values()]
    assert parents == [None, loop.run_id, loop.run_id, loop.run_id]


def test_a_start_hidden_in_a_library_joins_first_and_is_a_child_later(tracked: Tracked, tmp_path: Path) -> None:
    library = "import mlflow\ndef go():\n    with mlflow.start_run() as r: return r.info.run_id\n"
    (tmp_path / "library.py").write_text(library)
    run = tracked.submit()
    told = tracked.cell(
        run, "import sys; sys.path.insert(0, '.')\nimport library\ntold['ids'] = [library.go(), library.go()]"
    )
    assert told["ids"] == [run.run_id, read_children(run)[0].run_id]


def test_threads_and_started_programs_join_too(tracked: Tracked) -> None:
    run = tracked.submit()
    tracked.cell(
        run,
        """
        import mlflow, subprocess, sys, threading
        mlflow.log_metric("main", 1)
        thread = threading.Thread(target=lambda: mlflow.log_metric("thread", 2))
        thread.start(); thread.join()
        program = "import mlflow; mlflow.log_metric('program', 3); mlflow.log_param('p', 1)"
        subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True)
        program = "from jupyter_mlops import tracking; tracking.log(cheap=4)"
        subprocess.run([sys.executable, "-c", program], check=True)
        """,
    )
    assert (last_values(run), read_children(run)) == ({"main": 1.0, "thread": 2.0, "program": 3.0, "cheap": 4.0}, ())
    assert read_params(run) == {"C": "0.001", "p": "1"}


@pytest.fixture
def black_hole() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_set_experiment_moves_the_run_and_asks_no_store(tracked: Tracked, black_hole: socket.socket) -> None:
    run = tracked.submit(tracking_uri=address(black_hole))
    told = tracked.cell(
        run,
        """
        import mlflow
        chosen = mlflow.set_experiment("churn")
        with mlflow.start_run() as r:
            mlflow.log_metric("acc", 1)
        same = chosen.experiment_id == mlflow.get_run(RUN).info.experiment_id
        told["same"] = [same, r.info.run_id == RUN, chosen.name]
        told["new"] = mlflow.create_experiment("brand new", tags={"a": "b"})
        told["tags"] = mlflow.get_experiment(told["new"]).tags
        """,
    )
    assert (told["same"], told["tags"]) == ([True, True, "churn"], {"a": "b"})
    black_hole.setblocking(False)
    with pytest.raises(BlockingIOError):
        black_hole.accept()
    records = RunRecords(run.path, run.spec())
    records.refresh()
    assert records.runs[run.run_id].experiment == "churn"


def test_f34_what_cannot_be_deferred_says_so_after_two_seconds(tracked: Tracked, black_hole: socket.socket) -> None:
    run = tracked.submit(tracking_uri=address(black_hole))
    told = tracked.cell(
        run,
        """
        import mlflow, time
        from jupyter_mlops.exceptions import TrackingError
        mlflow.log_metric("acc", 1)
        waits, messages = [], []
        for ask in (lambda: mlflow.search_runs(), lambda: mlflow.get_run("f" * 32)):
            began = time.monotonic()
            try:
                ask()
            except TrackingError as error:
                messages.append(str(error))
            waits.append(time.monotonic() - began)
        mlflow.log_metric("acc", 2)
        told["waits"], told["messages"] = waits, messages
        """,
    )
    assert 1.9 < told["waits"][0] < 4
    assert told["waits"][1] < 1
    assert told["messages"][0].startswith(f"Cannot ask {address(black_hole)} for runs: no answer within 2 s.")
    assert "an earlier call waits" in told["messages"][1]
    assert last_values(run) == {"acc": 2.0}


def test_another_tracking_uri_is_honoured_and_said_once(tracked: Tracked, tmp_path: Path) -> None:
    run = tracked.submit()
    told = tracked.cell(
        run,
        f"""
        import mlflow
        mlflow.set_tracking_uri("sqlite:///{tmp_path}/other.db")
        with mlflow.start_run() as r:
            mlflow.log_metric("acc", 1)
            mlflow.log_metric("acc", 2)
        told["id"] = r.info.run_id
        told["metrics"] = mlflow.get_run(r.info.run_id).data.metrics
        """,
    )
    assert (told["id"] != run.run_id, told["metrics"], last_values(run)) == (True, {"acc": 2.0}, {})
    assert told["stderr"].count("goes there directly") == 1
    assert f"jupyter-mlops: what is logged to sqlite:///{tmp_path}/other.db goes there directly" in told["stderr"]


def test_the_real_stores_own_address_means_the_run(tracked: Tracked) -> None:
    run = tracked.submit(tracking_uri="http://127.0.0.1:9")
    told = tracked.cell(
        run,
        """
        import mlflow
        mlflow.set_tracking_uri("http://127.0.0.1:9")
        with mlflow.start_run() as r:
            mlflow.log_metric("acc", 1)
        told["id"] = r.info.run_id
        """,
    )
    assert (told["id"], told["stderr"], last_values(run)) == (run.run_id, "", {"acc": 1.0})


def test_b05_b06_b07_b08_b09_b38_bad_input_through_mlflow(tracked: Tracked) -> None:
    run = tracked.submit()
    told = tracked.cell(
        run,
        """
        import mlflow, math
        from mlflow.exceptions import MlflowException
        client = mlflow.MlflowClient()
        def refused(call, *args, **options):
            try:
                call(*args, **options)
            except MlflowException as error:
                return error.error_code
            return "taken"
        told["refused"] = [
            refused(mlflow.log_metric, "../x", 1.0),
            refused(mlflow.log_metric, "x" * 251, 1.0),
            refused(mlflow.log_metric, "x", "abc"),
            refused(mlflow.log_metric, "x", 1.0, step=2**63),
            refused(client.log_metric, RUN, "x", 1.0, timestamp=-1),
            refused(client.log_metric, RUN, "x", 1.0, timestamp=2**62),
            refused(client.log_metric, RUN, "x", 1.0, step=1.5),
            refused(mlflow.log_param, "a//b", 1),
            refused(mlflow.set_tag, "", 1),
        ]
        mlflow.log_metric("nan", math.nan); mlflow.log_metric("inf", math.inf); mlflow.log_metric("__proto__", 1.0)
        mlflow.log_param("long", "x" * 9000); mlflow.set_tag("long", "y" * 9000)
        mlflow.log_params({"api_key": "hunter2"}); mlflow.set_tag("db_password", "hunter2")
        told["same"] = [refused(mlflow.log_param, "p", value) for value in (1, 1, 2)]
        mlflow.log_params({"C": 7, "other": 1})
        """,
    )
    assert told["refused"] == ["INVALID_PARAMETER_VALUE"] * 9
    assert told["same"] == ["taken", "taken", "INVALID_PARAMETER_VALUE"]
    metrics = last_values(run)
    assert (str(metrics["nan"]), metrics["inf"], metrics["__proto__"], len(metrics)) == ("nan", float("inf"), 1.0, 3)
    params = read_params(run)
    assert (params["api_key"], params["C"], params["other"], len(params["long"])) == ("[masked]", "0.001", "1", 6000)
    assert (read_tags(run)["db_password"], len(read_tags(run)["long"])) == ("[masked]", 8000)
    assert "param 'long' is longer than 6000 characters" in told["stderr"]
    assert "param 'C' is '0.001' by -p; '7' is not stored" in told["stderr"]
    assert not [path for path in run.path.iterdir() if path.is_file() and b"hunter2" in path.read_bytes()]


def test_artifacts_and_models_lie_in_the_run_directory_and_can_be_used_there(tracked: Tracked) -> None:
    run = tracked.submit()
    told = tracked.cell(
        run,
        """
        import mlflow, os
        os.makedirs("plots/deep"); open("plots/a.txt", "w").write("a"); open("plots/deep/b.txt", "w").write("b")
        mlflow.log_text("hello", "notes/x.txt")
        mlflow.log_dict({"a": 1}, "config.json")
        mlflow.log_artifact("plots/a.txt")
        mlflow.log_artifacts("plots", "plots")
        mlflow.log_artifact("plots", "again")
        told["listed"] = sorted(f.path for f in mlflow.artifacts.list_artifacts(run_id=RUN))
        told["read"] = mlflow.artifacts.load_text(mlflow.get_artifact_uri("notes/x.txt"))
        class Doubler(mlflow.pyfunc.PythonModel):
            def predict(self, context, model_input, params=None):
                return [2 * x for x in model_input]
        info = mlflow.pyfunc.log_model(name="doubler", python_model=Doubler(), pip_requirements=["mlflow"])
        told["predicted"] = mlflow.pyfunc.load_model(info.model_uri).predict([1, 2])
        model = mlflow.get_logged_model(info.model_id)
        told["model"] = [model.name, str(model.status), model.source_run_id == RUN]
        told["outputs"] = [m.model_id == info.model_id for m in mlflow.get_run(RUN).outputs.model_outputs]
        mlflow.set_logged_model_tags(info.model_id, {"good": "yes"})
        told["tags"] = mlflow.get_logged_model(info.model_id).tags["good"]
        """,
    )
    assert told["listed"] == ["a.txt", "again", "config.json", "notes", "plots"]
    assert (told["read"], told["predicted"], told["tags"]) == ("hello", [2, 4], "yes")
    assert (told["model"], told["outputs"]) == (["doubler", "READY", True], [True])
    found = {path.relative_to(run.artifacts).as_posix(): path.read_text() for path in run.artifacts.rglob("*.txt")}
    assert found == {
        "a.txt": "a",
        "notes/x.txt": "hello",
        "plots/a.txt": "a",
        "plots/deep/b.txt": "b",
        "again/plots/a.txt": "a",
        "again/plots/deep/b.txt": "b",
    }


@pytest.mark.parametrize("call", ["log_artifact('big.bin')", "log_artifacts('folder')", "log_text('x' * 100, 'a.txt')"])
def test_f28_an_artifact_that_is_half_written_is_never_listed(tracked: Tracked, tmp_path: Path, call: str) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("big.bin", "folder/a.bin", "folder/b.bin"):
        (tmp_path / name).write_bytes(b"x" * 100_000)
    run = tracked.submit()
    with pytest.raises(AssertionError):
        tracked.cell(run, f"import mlflow\nmlflow.{call}", JUPYTER_MLOPS_CRASH_AT="artifact.copied")
    left = [path for path in run.artifacts.rglob("*") if path.is_file()]
    assert [path.name.startswith(".artifact.uploading.") for path in left] == [True]
    tracked.end(run, "FAILED", "signal 9")
    tracked.keep()
    assert (tracked.cursor(run).done, tracked.client().list_artifacts(run.run_id)) == (True, [])


def test_installing_does_not_import_mlflow(tracked: Tracked) -> None:
    run = tracked.submit()
    told = tracked.cell(
        run,
        """
        import sys
        from jupyter_mlops import tracking
        tracking.install(run, run.spec(), "")
        told["mlflow"] = "mlflow" in sys.modules
        """,
    )
    assert told["mlflow"] is False


def test_mlops_log_outside_of_a_run_says_what_to_do(tracked: Tracked) -> None:
    import subprocess
    import sys

    program = """
from jupyter_mlops import tracking
try:
    tracking.log(a=1)
except Exception as error:
    print(type(error).__name__, error)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=tracked.environment())
    assert said.stdout.strip() == (
        "TrackingError mlops.log works inside a run. Put %%train on the cell, or use mlflow.log_metric."
    )


def test_data_sets_that_the_cell_logs_are_on_record(tracked: Tracked) -> None:
    run = tracked.submit()
    told = tracked.cell(
        run,
        """
        import mlflow, pandas as pd
        data = mlflow.data.from_pandas(pd.DataFrame({"a": [1, 2]}), name="train")
        mlflow.log_input(data, context="training")
        told["names"] = [d.dataset.name for d in mlflow.get_run(RUN).inputs.dataset_inputs]
        """,
    )
    assert told["names"] == ["train"]
    entry = next(line for line in run.journal_file.read_text().splitlines() if '"log_inputs"' in line)
    assert json.loads(entry)["datasets"][0]["tags"] == {"mlflow.data.context": "training"}


REGISTER = """
import mlflow
class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * x for x in model_input]
options = {"python_model": Doubler(), "pip_requirements": ["mlflow"]}
info = mlflow.pyfunc.log_model(name="doubler", registered_model_name="doubler", **options)
version = mlflow.MlflowClient().get_model_version("doubler", "1")
told["version"] = [version.run_id, "/staged/" in version.source, info.registered_model_version]
"""


def test_a_version_of_the_runs_model_is_registered_with_the_place_that_lasts(tracked: Tracked) -> None:
    run = tracked.submit()
    with tracked.live(run) as lock, tracked.keeper() as keeper:
        told = tracked.cell(run, REGISTER)
        tracked.end(run)
        lock.release()
        keeper.wait()
    assert told["version"] == [run.run_id, False, 1]
    client = tracked.client()
    location = client.get_model_version_download_uri("doubler", "1")
    assert location.startswith(str(tracked.home.path / "artifacts"))
    assert (Path(location) / "MLmodel").exists()
    (linked,) = json.loads(client.search_logged_models(["1"])[0].tags["mlflow.modelVersions"])
    assert linked == {"name": "doubler", "version": 1}


def test_f34_without_a_keeper_registering_says_what_to_do_and_keeps_the_model(tracked: Tracked) -> None:
    run = tracked.submit()
    told = tracked.cell(
        run,
        f"""
        from jupyter_mlops.exceptions import TrackingError
        try:
            exec({REGISTER!r})
        except TrackingError as error:
            told["error"] = str(error)
        """,
    )
    assert "is not in the tracking store after 10 s (the keeper has not shipped it yet)" in told["error"]
    assert "register it when the run has ended: mlflow.register_model" in told["error"]
    assert len(list((run.staged / "models").iterdir())) == 1
