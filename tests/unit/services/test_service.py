"""The sentences of the product that no other story speaks: what a repetition takes over, what is asked of whom."""

import sys
import threading
from types import SimpleNamespace

import pytest

from jupyter_mlops.entities import Origin, Param, Provenance, RunStatus
from jupyter_mlops.exceptions import LauncherNotFoundError, UnknownReferenceError, UsageError
from jupyter_mlops.services import Runs, RunService, SubmitRun
from jupyter_mlops.services._surroundings import TrackingUris, default_experiment, tracking_uris, working_directory


def test_a_repetition_takes_over_all_that_was_asked(service, make_run):
    run = make_run(
        cell="model = fit(x)",
        params={"lr": "1e-3"},
        tags={"team": "blue"},
        pending=("model",),
        explicit_returns=True,
        timeout_s=60.0,
        autolog="sklearn",
    )
    run.directory.write(Provenance(notebook="a.ipynb"), run.directory.provenance_file)
    names = {"x": 1}

    assert service.rerun_command("baseline", names) == SubmitRun(
        source="model = fit(x)",
        namespace=names,
        name="baseline",
        experiment="quickstart",
        params=(Param("lr", "1e-3"),),
        tags={"team": "blue"},
        returns=("model",),
        launcher="local",
        timeout_s=60.0,
        autolog="sklearn",
        notebook="a.ipynb",
        origin=Origin("rerun", run.id),
    )


def test_a_repetition_promises_anew_what_nobody_listed(service, make_run):
    run = make_run(pending=("model",))
    assert service.rerun_command(run, {}).returns is None


def test_a_repetition_may_differ_where_it_is_told_to(service, make_run, launcher):
    run = make_run(cell="y = 1", timeout_s=60.0)
    again = service.rerun(run, {}, name="second", timeout_s=None)

    assert (again.name, again.spec.timeout_s, again.cell, again.spec.origin) == (
        "second",
        None,
        "y = 1",
        Origin("rerun", run.id),
    )
    assert [spec.run_id for spec in launcher.submitted] == [again.id]


def test_a_main_metric_without_an_experiment_is_that_of_the_newest_run(service, make_run):
    make_run(experiment="digits")
    make_run(experiment="cancer")

    assert (service.set_main_metric("acc"), service.set_main_metric("-loss", "digits")) == ("cancer", "digits")
    assert (service.main_metrics.get("cancer"), service.main_metrics.get("digits")) == ("acc", "-loss")


def test_a_main_metric_needs_a_run_or_an_experiment(service):
    with pytest.raises(UnknownReferenceError) as told:
        service.set_main_metric("acc")
    assert str(told.value) == "There is no run here yet: %%train on a cell starts one."


def test_a_launcher_is_the_services_own_or_one_that_is_installed(service, launcher):
    assert (service.launcher_named(""), service.launcher_named("local")) == (launcher, launcher)
    with pytest.raises(LauncherNotFoundError) as told:
        service.launcher_named("mars")
    assert str(told.value) == "No launcher named 'mars'. Known: local. Install one or pass --on local."


def test_a_run_of_another_launcher_is_stopped_by_that_one(home, make_run):
    class Elsewhere:
        name = "elsewhere"

    run = make_run(status=None)
    run.directory.log_file.touch()
    service = RunService(home, Elsewhere())
    found = service.find(run.id)

    assert found.stop().status in (RunStatus.SCHEDULED, RunStatus.FAILED)


def test_a_handle_is_given_without_looking(service, home):
    run_id = home.new_run_id()
    assert (service.get(run_id).id, service.get(run_id).exists) == (run_id, False)
    assert service.get(run_id) is service.get(run_id)


def test_threads_get_one_and_the_same_handle(service, make_run):
    ids = [make_run(f"run {number}").id for number in range(20)]
    found = [[] for _ in range(4)]

    def look(into):
        into.extend(service.get(run_id) for run_id in ids)
        into.extend(service)

    threads = [threading.Thread(target=look, args=(into,)) for into in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [[run.id for run in into] for into in found] == [[*ids, *reversed(ids)]] * 4
    assert all(a == b for into in found[1:] for a, b in zip(found[0], into, strict=True))


def test_what_would_be_freed_is_told_before_it_is(service, make_run):
    make_run()
    plan = service.plan_collection()
    assert (plan.is_empty, service.collect(plan).is_empty, len(list(service))) == (True, True, 1)


def test_runs_answers_for_the_service_that_it_was_given(service, make_run, home):
    first, second = make_run("first", metrics={"acc": 0.5}), make_run("second", metrics={"acc": 0.75})
    runs = Runs(service)

    assert (runs["first"], runs.last, runs.find("best:acc"), runs.find("best:-acc")) == (first, second, second, first)
    assert (len(runs), list(runs), [run.name for run in runs.search("acc > 0.6")]) == (2, [second, first], ["second"])
    assert ("first" in runs, second in runs, "third" in runs, 3 in runs) == (True, True, False, False)
    assert repr(runs) == f"<Runs of {home.path}>"
    assert [change.key for change in runs.diff("first", second).metrics] == ["acc"]


@pytest.mark.parametrize(
    ("environment", "notebook", "experiment"),
    [
        ("", "", "Default"),
        ("", "work/My analysis ü.ipynb", "My analysis ü"),
        ("", "/", "Default"),
        ("", ".ipynb", ".ipynb"),
        ("chosen", "a.ipynb", "chosen"),
    ],
)
def test_the_experiment_of_a_run_that_names_none(monkeypatch, environment, notebook, experiment):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", environment)
    assert default_experiment(notebook) == experiment


def test_what_set_experiment_chose_comes_before_the_environment(monkeypatch):
    class Client:
        def __init__(self, uri):
            self.uri = uri

        def get_experiment(self, experiment_id):
            return SimpleNamespace(name=f"{experiment_id} of {self.uri}")

    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "chosen")
    tracking = SimpleNamespace(get_tracking_uri=lambda: "http://a")
    monkeypatch.setitem(sys.modules, "mlflow.tracking", tracking)
    fluent = SimpleNamespace(_active_experiment_id="3", MlflowClient=Client)
    monkeypatch.setitem(sys.modules, "mlflow.tracking.fluent", fluent)
    assert default_experiment("a.ipynb") == "3 of http://a"

    fluent._active_experiment_id = None
    assert default_experiment("a.ipynb") == "chosen"


def test_the_stores_are_those_of_the_environment(monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    assert tracking_uris() == TrackingUris("", "")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://a")
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "http://b")
    assert tracking_uris() == TrackingUris("http://a", "http://b")


def test_a_working_directory_that_was_removed_is_told(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert working_directory() == str(folder)
    folder.rmdir()
    with pytest.raises(UsageError) as told:
        working_directory()
    assert str(told.value) == "The working directory of this notebook was removed. Go to another one with %cd."
