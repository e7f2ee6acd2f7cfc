"""A run on its way into a store that gives ids of its own: what is sent, once, and what a refusal costs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mlflow.entities import Experiment, Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, TEMPORARILY_UNAVAILABLE
from mlflow.tracking._tracking_service import utils

from jupyter_mlops.entities import Exit, Fingerprint, GitState, Origin, Provenance, RunStatus, UserRecord
from jupyter_mlops.entities import Param as GivenParam
from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.home import Home, LifeLock, RunDirectory
from jupyter_mlops.tracking import MetricSpool
from jupyter_mlops.tracking._cursor import read_cursor
from jupyter_mlops.tracking._journal import Journal
from jupyter_mlops.tracking._shipment import Shipment
from jupyter_mlops.tracking._spool._spool import Series
from jupyter_mlops.tracking._target import Target

URI = "mlops-fake://me:hunter2@server"
CHILD = "c" * 32
ENDED_AT = 1_795_248_301_000


class Remote:
    """A server's store in memory, with ids of its own. `refusals` maps an operation to the error that it raises."""

    def __init__(self, artifacts: Path) -> None:
        self.artifacts = artifacts
        self.experiments: dict[str, str] = {"Default": "0"}
        self.deleted: set[str] = set()
        self.runs: dict[str, SimpleNamespace] = {}
        self.calls: list[str] = []
        self.refusals: dict[str, list[Exception]] = {}

    def told(self, operation: str) -> None:
        self.calls.append(operation)
        if self.refusals.get(operation):
            raise self.refusals[operation].pop(0)

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        found = self.experiments.get(name)
        stage = "deleted" if name in self.deleted else "active"
        return Experiment(found, name, "", stage) if found else None

    def create_experiment(self, name: str, location: str | None, tags: list[Any]) -> str:
        self.told("create_experiment")
        self.experiments[name] = str(len(self.experiments))
        return self.experiments[name]

    def create_run(self, experiment_id: str, user: str, start: int, tags: list[RunTag], name: str) -> Any:
        run_id = f"store-{len(self.runs)}"
        given = {tag.key: tag.value for tag in tags}
        info = SimpleNamespace(
            run_id=run_id,
            experiment_id=experiment_id,
            status="RUNNING",
            end_time=None,
            start_time=start,
            artifact_uri=(self.artifacts / run_id).as_uri(),
            name=name,
        )
        data = SimpleNamespace(tags=given, params={}, metrics=[])
        self.runs[run_id] = SimpleNamespace(info=info, data=data, inputs=None, outputs=None)
        self.told("create_run")
        return self.runs[run_id]

    def search_runs(self, ids: list[str], query: str, view: int, max_results: int) -> list[Any]:
        wanted = query.rpartition("= '")[2].rstrip("'")
        return [run for run in self.runs.values() if run.data.tags.get("mlops.run_id") == wanted][:max_results]

    def get_run(self, run_id: str) -> Any:
        return self.runs[run_id]

    def log_batch(self, run_id: str, metrics: list[Metric], params: list[Param], tags: list[RunTag]) -> None:
        self.told("log_params" if params else "log_metrics")
        self.runs[run_id].data.params |= {param.key: param.value for param in params}
        self.runs[run_id].data.metrics += [(metric.key, metric.step, metric.value) for metric in metrics]

    def log_metric(self, run_id: str, metric: Metric) -> None:
        self.told("log_metric")
        self.runs[run_id].data.metrics.append((metric.key, metric.step, metric.value, metric.dataset_name))

    def log_param(self, run_id: str, param: Param) -> None:
        self.told("log_param")
        self.runs[run_id].data.params[param.key] = param.value

    def set_tag(self, run_id: str, tag: RunTag) -> None:
        self.told("set_tag")
        self.runs[run_id].data.tags[tag.key] = tag.value

    def delete_tag(self, run_id: str, key: str) -> None:
        self.told("delete_tag")
        del self.runs[run_id].data.tags[key]

    def update_run_info(self, run_id: str, status: int, end_time: int | None, name: str | None) -> None:
        self.told("update_run_info")
        from mlflow.entities import RunStatus as TheirStatus

        info = self.runs[run_id].info
        info.status, info.end_time, info.name = TheirStatus.to_string(status), end_time, name or info.name

    def log_inputs(self, run_id: str, datasets: list[Any], models: list[Any] | None = None) -> None:
        self.told("log_inputs")
        self.runs[run_id].inputs = [dataset.dataset.name for dataset in datasets]


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Remote]:
    remote = Remote(tmp_path / "server")
    utils._tracking_store_registry.register("mlops-fake", lambda store_uri, artifact_uri: remote)
    yield remote
    utils._tracking_store_registry._registry.pop("mlops-fake")


@pytest.fixture
def submit(make_run: Callable[..., RunDirectory]) -> Callable[..., RunDirectory]:
    return lambda **changes: make_run(**{"tracking_uri": URI, **changes})


@pytest.fixture
def shipment(home: Home, remote: Remote) -> Callable[[RunDirectory], Shipment]:
    return lambda run: Shipment(run, run.spec(), Target(URI, home.path))


def end(run: RunDirectory, status: str = "FINISHED", reason: str = "") -> None:
    times = {"started_at": "2026-11-21T08:00:01+00:00", "ended_at": "2026-11-21T08:05:01+00:00"}
    run.write(Exit(status=RunStatus(status), reason=reason, **times), run.exit_file)


def log(run: RunDirectory, count: int = 3) -> None:
    spool = MetricSpool.open(run.path, run.run_id)
    for number in range(count):
        spool.log(loss=number / 2)


Ship = Callable[[RunDirectory], Shipment]
Submit = Callable[..., RunDirectory]


def test_a_run_that_has_ended_is_there_whole(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit(origin=Origin("rerun", "d" * 32), user="eve")
    run.write(Provenance(notebook="a.ipynb", cell_id="abc"), run.provenance_file)
    run.write(GitState(commit="f00", branch="main", dirty=True), run.git_file)
    log(run)
    end(run)
    assert shipment(run).ship() is True
    (sent,) = remote.runs.values()
    assert sent.data.tags == {
        "mlops.run_id": run.run_id,
        "mlflow.source.name": "a.ipynb",
        "mlflow.source.type": "NOTEBOOK",
        "mlflow.user": "eve",
        "mlops.cell_id": "abc",
        "mlops.origin": f"rerun {'d' * 32}",
        "team": "blue",
        "mlflow.runName": "baseline",
        "mlflow.source.git.commit": "f00",
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.dirty": "true",
    }
    assert sent.data.params == {"C": "0.001"}
    assert sent.data.metrics == [("loss", 0, 0.0), ("loss", 1, 0.5), ("loss", 2, 1.0)]
    assert (sent.info.status, sent.info.end_time, sent.info.name) == ("FINISHED", ENDED_AT, "baseline")
    cursor = read_cursor(run)
    assert (cursor.done, cursor.problem, cursor.status, cursor.uri) == (True, "", "FINISHED", "mlops-fake://server")
    assert (cursor.run_ids, cursor.shipped) == (
        {run.run_id: "store-0"},
        ["start", "params", "datasets", "git"],
    )


def test_shipping_again_sends_nothing_twice(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    log(run)
    end(run)
    shipment(run).ship()
    before = len(remote.calls)
    assert shipment(run).ship() is True
    assert remote.calls[before:] == []
    assert len(remote.runs) == 1


def test_f34_an_answer_that_was_lost_makes_no_second_run(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    end(run)
    remote.refusals["create_run"] = [MlflowException("cut", error_code=TEMPORARILY_UNAVAILABLE)]
    with pytest.raises(MlflowException, match="cut"):
        shipment(run).ship()
    assert shipment(run).ship() is True
    assert list(remote.runs) == ["store-0"]


@pytest.mark.parametrize("operation", ["log_metrics", "log_params", "set_tag", "update_run_info", "create_experiment"])
def test_f34_a_store_that_is_away_is_no_refusal(submit: Submit, shipment: Ship, remote: Remote, operation: str) -> None:
    run = submit()
    Journal(run.path).append("set_tag", run.run_id, key="a", value="1")
    log(run)
    end(run)
    remote.refusals[operation] = [MlflowException("away", error_code=TEMPORARILY_UNAVAILABLE)]
    with pytest.raises(MlflowException, match="away"):
        shipment(run).ship()
    assert not read_cursor(run).done
    assert shipment(run).ship() is True
    (sent,) = remote.runs.values()
    assert (sent.data.tags["a"], sent.data.params, len(sent.data.metrics)) == ("1", {"C": "0.001"}, 3)
    assert read_cursor(run).problem == ""


def test_what_the_store_refuses_for_good_is_noted_and_the_rest_goes_on(
    submit: Submit, shipment: Ship, remote: Remote
) -> None:
    run = submit()
    journal = Journal(run.path)
    for key in ("a", "b"):
        journal.append("set_tag", run.run_id, key=key, value="1")
    log(run)
    end(run)
    remote.refusals["set_tag"] = [MlflowException("bad tag", error_code=INVALID_PARAMETER_VALUE)]
    assert shipment(run).ship() is True
    (sent,) = remote.runs.values()
    assert ("a" in sent.data.tags, sent.data.tags["b"], len(sent.data.metrics)) == (False, "1", 3)
    assert read_cursor(run).problem == "set_tag {'key': 'a', 'value': '1'}: bad tag"


def test_an_entry_of_another_shape_is_noted_and_the_rest_goes_on(
    submit: Submit, shipment: Ship, remote: Remote
) -> None:
    run = submit()
    journal = Journal(run.path)
    journal.append("log_param", run.run_id, key="only")
    journal.append("of a newer version", run.run_id, x=1)
    journal.append("set_tag", run.run_id, key="b", value="1")
    end(run)
    assert shipment(run).ship() is True
    assert read_cursor(run).problem == "log_param {'key': 'only'}: KeyError: 'value'"
    assert remote.runs["store-0"].data.tags["b"] == "1"


def test_at_most_five_problems_are_told_each_cut(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    journal = Journal(run.path)
    for number in range(9):
        journal.append("set_tag", run.run_id, key=str(number), value="x" * 1_000)
    end(run)
    remote.refusals["set_tag"] = [MlflowException("y" * 1_000, error_code=INVALID_PARAMETER_VALUE) for _ in range(9)]
    shipment(run).ship()
    problems = read_cursor(run).problem.split("; ")
    assert (len(problems), {len(problem) for problem in problems}) == (5, {502})


def test_a_run_that_goes_on_is_shipped_as_far_as_it_is(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    run.executor_file.write_text('{"pid":1,"start_time":1,"boot_id":"","started_at":"2026-11-21T08:00:01+00:00"}')
    lock = LifeLock.acquire(run.executor_lock)
    assert lock is not None
    with lock:
        spool = MetricSpool.open(run.path, run.run_id)
        ours = shipment(run)
        spool.log(loss=1.0)
        assert ours.ship() is False
        spool.log(loss=2.0)
        assert ours.ship() is False
        (sent,) = remote.runs.values()
        assert sent.data.metrics == [("loss", 0, 1.0), ("loss", 1, 2.0)]
        assert (sent.info.status, sent.info.end_time) == ("RUNNING", None)
        assert remote.calls.count("update_run_info") == 1
    end(run, "KILLED", "stopped by user")
    assert ours.ship() is True
    assert (sent.info.status, sent.info.end_time, sent.data.tags["mlops.reason"]) == (
        "KILLED",
        ENDED_AT,
        "stopped by user",
    )


def test_child_runs_get_the_stores_ids_their_parents_too(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    journal = Journal(run.path)
    journal.append(
        "create_run", CHILD, experiment="cancer", name="trial", user="eve", start_time=5,
        tags={"mlflow.parentRunId": run.run_id},
    )  # fmt: skip
    spool = MetricSpool.open(run.path, run.run_id)
    spool.write_point(Series(CHILD, "loss"), 0.5, 1, 7)
    spool.write_point(Series("e" * 32, "loss"), 9.0, 1, 7)
    end(run)
    shipment(run).ship()
    child = remote.runs["store-1"]
    assert child.data.tags == {"mlops.run_id": CHILD, "mlflow.parentRunId": "store-0"}
    assert child.data.metrics == [("loss", 1, 0.5)]
    assert remote.runs["store-0"].data.metrics == []


@pytest.mark.parametrize(("ended", "childs"), [("FINISHED", "FAILED"), ("FAILED", "FAILED"), ("KILLED", "KILLED")])
def test_child_runs_that_nobody_ended_end_with_the_run(
    submit: Submit, shipment: Ship, remote: Remote, ended: str, childs: str
) -> None:
    run = submit()
    journal = Journal(run.path)
    journal.append("create_run", CHILD, experiment="cancer", name="open")
    journal.append("create_run", "d" * 32, experiment="cancer", name="done")
    journal.append("update_run", "d" * 32, status="FINISHED", end_time=6)
    end(run, ended)
    shipment(run).ship()
    assert {sent.info.name: (sent.info.status, sent.info.end_time) for sent in remote.runs.values()} == {
        "baseline": (ended, ENDED_AT),
        "open": (childs, ENDED_AT),
        "done": ("FINISHED", 6),
    }


def test_points_with_a_data_set_go_one_by_one(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    spool = MetricSpool.open(run.path, run.run_id)
    spool.write_point(Series(run.run_id, "acc", None, "train", "abc"), 0.5, 1, 7)
    spool.log(loss=1.0)
    end(run)
    shipment(run).ship()
    assert remote.runs["store-0"].data.metrics == [("loss", 0, 1.0), ("acc", 1, 0.5, "train")]


def test_many_parameters_go_in_batches_that_servers_take(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit(params=tuple(GivenParam(f"p{number}", str(number)) for number in range(250)))
    end(run)
    shipment(run).ship()
    assert remote.calls.count("log_params") == 3
    assert len(remote.runs["store-0"].data.params) == 250


def test_captured_data_are_shown_as_data_sets(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    prints = (
        Fingerprint(name="x" * 600, type="numpy.ndarray", digest="a" * 64, shape=(2, 3)),
        Fingerprint(name="df", type="pandas.DataFrame", digest="", columns=("a: b: int64", "c: object", "odd")),
    )
    run.write(Provenance(fingerprints=prints), run.provenance_file)
    end(run)
    shipment(run).ship()
    assert remote.runs["store-0"].inputs == ["x" * 500, "df"]


def test_a_tag_is_taken_away_only_where_it_is(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    journal = Journal(run.path)
    journal.append("delete_tag", run.run_id, key="never there")
    journal.append("delete_tag", run.run_id, key="team")
    end(run)
    shipment(run).ship()
    assert remote.calls.count("delete_tag") == 1
    assert "team" not in remote.runs["store-0"].data.tags


def test_where_a_store_lets_no_run_move_a_tag_says_where_it_was_wanted(
    submit: Submit, shipment: Ship, remote: Remote
) -> None:
    run = submit()
    journal = Journal(run.path)
    journal.append("move_run", run.run_id, experiment="churn")
    end(run)
    shipment(run).ship()
    sent = remote.runs["store-0"]
    assert (sent.data.tags["mlops.experiment"], sent.info.experiment_id) == ("churn", remote.experiments["cancer"])
    assert read_cursor(run).experiment == "cancer"


def test_a_number_is_the_name_of_an_experiment(submit: Submit, shipment: Ship, remote: Remote) -> None:
    """The store has an experiment with this id: it is somebody else's."""
    remote.experiments["churn"] = "7"
    run = submit(experiment="7")
    Journal(run.path).append("use_experiment", run.run_id, experiment="0")
    Journal(run.path).append("move_run", run.run_id, experiment="0")
    end(run)

    assert shipment(run).ship() is True

    sent = remote.runs["store-0"]
    assert (sent.info.experiment_id, sent.data.tags["mlops.experiment"]) == (remote.experiments["7"], "0")
    assert remote.experiments.keys() == {"Default", "churn", "7", "0"}


def test_a_deleted_experiment_is_said_with_the_way_back(submit: Submit, shipment: Ship, remote: Remote) -> None:
    remote.experiments["cancer"] = "7"
    remote.deleted.add("cancer")
    run = submit()
    end(run)
    with pytest.raises(TrackingError) as told:
        shipment(run).ship()
    assert str(told.value) == (
        "Experiment 'cancer' is deleted in the tracking store. Restore it there (mlflow experiments restore -x 7); "
        "the run is shipped then."
    )
    remote.deleted.clear()
    assert shipment(run).ship() is True


def test_an_experiment_that_somebody_else_makes_at_that_moment_is_used(
    submit: Submit, shipment: Ship, remote: Remote
) -> None:
    run = submit()
    end(run)
    ours = shipment(run)

    def somebody_was_quicker(name: str, location: str | None, tags: list[Any]) -> str:
        remote.experiments[name] = "99"
        raise MlflowException("exists")

    remote.create_experiment = somebody_was_quicker
    assert ours.ship() is True
    assert remote.runs["store-0"].info.experiment_id == "99"


def test_artifacts_are_sent_to_where_the_store_wants_them(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    Journal(run.path).append("create_run", CHILD, experiment="cancer", name="trial")
    (run.artifacts / "plots").mkdir(parents=True)
    (run.artifacts / "plots" / "ü.txt").write_text("own")
    staged = run.staged / "runs" / CHILD / "artifacts"
    staged.mkdir(parents=True)
    (staged / "a.txt").write_text("child")
    stranger = run.staged / "runs" / ("e" * 32) / "artifacts"
    stranger.mkdir(parents=True)
    (stranger / "a.txt").write_text("of nobody")
    end(run)
    shipment(run).ship()
    found = {
        path.relative_to(remote.artifacts).as_posix(): path.read_text() for path in remote.artifacts.rglob("*.txt")
    }
    assert found == {"store-0/plots/ü.txt": "own", "store-1/a.txt": "child"}
    assert set(read_cursor(run).artifacts) == {"artifacts/plots/ü.txt", f"staged/runs/{CHILD}/artifacts/a.txt"}


def test_a_home_that_got_another_store_is_shipped_whole(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    log(run)
    end(run)
    shipment(run).ship()
    cursor = read_cursor(run)
    cursor.uri = "mlops-fake://elsewhere"
    run.write(cursor, run.tracking_file)
    remote.runs.clear()
    assert shipment(run).ship() is True
    assert len(remote.runs["store-0"].data.metrics) == 3


def test_what_is_noted_with_a_run_can_be_taken_back(submit: Submit, shipment: Ship) -> None:
    run = submit()
    ours = shipment(run)
    ours.note("the server is away")
    assert read_cursor(run).problem == "the server is away"
    ours.note("")
    assert read_cursor(run).problem == ""


def test_space_of_the_spool_is_given_back_when_all_is_shipped(submit: Submit, shipment: Ship) -> None:
    run = submit()
    log(run, 5)
    assert (run.path / "metrics.spool").stat().st_size > 5 * 32
    end(run)
    shipment(run).ship()
    assert (run.path / "metrics.spool").stat().st_size == 5 * 32


def say(run: RunDirectory, **changes: Any) -> None:
    run.write(UserRecord(**{"changed_at": "2026-11-21T09:00:00.000+00:00", **changes}), run.user_file)


def test_what_the_user_says_of_a_run_is_told(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    say(run, name="best", note="why", tags={"team": "red", "absent": None, "mlops.run_id": "stolen"}, archived=True)
    end(run)
    shipment(run).ship()
    (sent,) = remote.runs.values()
    told = ("mlflow.runName", "mlflow.note.content", "team", "mlops.archived", "mlops.run_id")
    assert [sent.data.tags.get(key) for key in told] == ["best", "why", "red", "true", run.run_id]
    assert "absent" not in sent.data.tags


def test_a_report_of_a_run_that_is_shipped_follows_alone(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    log(run)
    end(run)
    shipment(run).ship()
    before = len(remote.calls)
    say(run, tags={"mlops.fairness": "sex 1", "team": None})
    (run.artifacts / "reports").mkdir(parents=True)
    (run.artifacts / "reports" / "fairness.json").write_text("{}")
    assert shipment(run).ship() is True
    (sent,) = remote.runs.values()
    assert (sent.data.tags["mlops.fairness"], "team" in sent.data.tags) == ("sex 1", False)
    assert (remote.artifacts / "store-0" / "reports" / "fairness.json").read_text() == "{}"
    assert remote.calls[before:] == ["set_tag", "delete_tag"]
    assert (read_cursor(run).done, read_cursor(run).problem) == (True, "")


def test_what_was_told_is_not_told_again(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    end(run)
    say(run, tags={"a": "1"})
    shipment(run).ship()
    before = len(remote.calls)
    shipment(run).ship()
    assert remote.calls[before:] == []


def test_a_tag_that_the_store_refuses_does_not_hold_up_the_report(
    submit: Submit, shipment: Ship, remote: Remote
) -> None:
    run = submit()
    end(run)
    shipment(run).ship()
    say(run, tags={"a": "1", "b": "2"})
    remote.refusals["set_tag"] = [MlflowException("too long", error_code=INVALID_PARAMETER_VALUE)]
    assert shipment(run).ship() is True
    (sent,) = remote.runs.values()
    assert ("a" in sent.data.tags, sent.data.tags["b"]) == (False, "2")
    assert read_cursor(run).problem.startswith("tag a: ")


def test_f34_a_store_that_is_away_gets_the_report_later(submit: Submit, shipment: Ship, remote: Remote) -> None:
    run = submit()
    end(run)
    shipment(run).ship()
    say(run, tags={"a": "1"})
    remote.refusals["set_tag"] = [MlflowException("away", error_code=TEMPORARILY_UNAVAILABLE)]
    with pytest.raises(MlflowException):
        shipment(run).ship()
    shipment(run).ship()
    (sent,) = remote.runs.values()
    assert sent.data.tags["a"] == "1"
