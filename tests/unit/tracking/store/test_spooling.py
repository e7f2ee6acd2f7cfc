"""The spooling store: what MLflow may say to a run, what it is answered, and what is on record afterwards."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mlflow.entities import (
    Dataset,
    DatasetInput,
    ExperimentTag,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    Metric,
    Param,
    RunStatus,
    RunTag,
)
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry

from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking import MetricSpool, TrackingSession
from jupyter_mlops.tracking._journal import Journal, read_journal
from jupyter_mlops.tracking._staged_artifacts import StagedArtifactRepository
from jupyter_mlops.tracking._store._spooling import SpoolingStore
from jupyter_mlops.tracking._uris import experiment_id_of

OTHER = "f" * 32
CANCER = experiment_id_of("cancer")


@pytest.fixture(autouse=True)
def own_registry() -> Iterator[None]:
    """A store stages all local artifacts of its process: here, only while the test runs."""
    before = dict(_artifact_repository_registry._registry)
    yield
    _artifact_repository_registry._registry.clear()
    _artifact_repository_registry._registry.update(before)


@pytest.fixture
def open_store() -> Callable[[RunDirectory], SpoolingStore]:
    def opened(run: RunDirectory) -> SpoolingStore:
        spool = MetricSpool.open(run.path, run.run_id)
        return SpoolingStore(TrackingSession(run.path, run.spec(), spool, Journal(run.path)))

    return opened


@pytest.fixture
def store(run: RunDirectory, open_store: Callable[[RunDirectory], SpoolingStore]) -> SpoolingStore:
    return open_store(run)


def told(run: RunDirectory) -> list[tuple[str, str, dict[str, Any]]]:
    return [(entry.op, entry.run_id, entry.fields) for entry in read_journal(run.path)]


def test_the_run_as_mlflow_sees_it(run: RunDirectory, store: SpoolingStore) -> None:
    store.log_metric(run.run_id, Metric("loss", 0.5, 7, 3))
    seen = store.get_run(run.run_id)
    assert dict(seen.info) == {
        "artifact_uri": run.artifacts.as_uri(),
        "end_time": None,
        "experiment_id": CANCER,
        "lifecycle_stage": "active",
        "run_id": run.run_id,
        "run_name": "baseline",
        "start_time": 1_795_248_000_000,
        "status": "RUNNING",
        "user_id": "",
    }
    assert (seen.data.params, seen.data.tags, seen.data.metrics) == ({"C": "0.001"}, {"team": "blue"}, {"loss": 0.5})
    assert told(run) == []


def test_a_child_run_begins_under_an_id_of_ours_and_ends(run: RunDirectory, store: SpoolingStore) -> None:
    child = store.create_run(CANCER, "eve", 5, [RunTag("fold", "1")], "trial").info.run_id
    store.log_param(child, Param("C", "2"))
    store.log_metric(child, Metric("loss", 0.25, 7, 0))
    info = store.update_run_info(child, RunStatus.from_string("FINISHED"), 9, None)
    assert (info.status, info.end_time, info.run_name) == ("FINISHED", 9, "trial")
    tags = {"mlflow.parentRunId": run.run_id, "fold": "1", "mlflow.runName": "trial"}
    assert told(run) == [
        (
            "create_run",
            child,
            {"experiment": "cancer", "user": "eve", "start_time": 5, "tags": tags, "name": "trial"},
        ),
        ("log_param", child, {"key": "C", "value": "2"}),
        ("update_run", child, {"status": "FINISHED", "end_time": 9}),
    ]
    assert store.get_run(child).data.metrics == {"loss": 0.25}
    assert store.get_run(run.run_id).data.metrics == {}


def test_a_child_run_without_a_name_gets_one_and_one_named_by_tag_keeps_it(store: SpoolingStore) -> None:
    plain = store.create_run(CANCER, "eve", None, None, None).info
    tagged = store.create_run(CANCER, "eve", None, [RunTag("mlflow.runName", "by tag")], None).info
    assert (bool(plain.run_name), plain.start_time > 0, tagged.run_name) == (True, True, "by tag")


def test_a_name_is_not_drawn_from_the_cells_random_state(run: RunDirectory, store: SpoolingStore) -> None:
    random.seed(0)
    names = {store.create_run(CANCER, "eve", None, None, None).info.run_name for _ in range(3)}
    models = {store.create_logged_model(CANCER, source_run_id=run.run_id).name for _ in range(3)}
    drawn = random.random()
    random.seed(0)
    assert (drawn, len(names), len(models)) == (random.random(), 3, 3)


def test_how_the_cells_own_run_stands_is_not_for_the_cell_to_say(run: RunDirectory, store: SpoolingStore) -> None:
    info = store.update_run_info(run.run_id, RunStatus.from_string("FAILED"), 9, None)
    assert (info.status, info.end_time, told(run)) == ("RUNNING", None, [])
    assert store.update_run_info(run.run_id, None, None, "better ü").run_name == "better ü"
    assert told(run) == [("update_run", run.run_id, {"name": "better ü"})]


def test_the_cells_own_run_is_not_for_the_cell_to_delete(run: RunDirectory, store: SpoolingStore) -> None:
    for delete in (store.delete_run, store.restore_run):
        with pytest.raises(MlflowException, match=r"^A cell cannot delete the run that it is; use `%runs gc`\.$"):
            delete(run.run_id)
    assert told(run) == []


def test_a_child_run_is_deleted_and_restored(store: SpoolingStore) -> None:
    child = store.create_run(CANCER, "", 5, [], "trial").info.run_id
    store.delete_run(child)
    assert store.get_run(child).info.lifecycle_stage == "deleted"
    store.restore_run(child)
    assert store.get_run(child).info.lifecycle_stage == "active"


def test_a_batch_is_checked_before_anything_is_written(run: RunDirectory, store: SpoolingStore) -> None:
    good, metrics = [Param("depth", "3")], [Metric("loss", 0.5, 1, 0)]
    with pytest.raises(MlflowException, match="param key 'a//b'"):
        store.log_batch(run.run_id, metrics, [*good, Param("a//b", "1")], [])
    with pytest.raises(MlflowException, match="tag key"):
        store.log_batch(run.run_id, metrics, good, [RunTag("ok", "1"), RunTag("", "1")])
    for bad in (Metric("a//b", 1.0, 1, 0), Metric("acc", "much", 1, 0), Metric("acc", 1.0, -1, 0)):
        with pytest.raises(MlflowException, match=r"metric|acc") as refused:
            store.log_batch(run.run_id, [*metrics, bad], good, [])
        assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
    store.log_param(run.run_id, Param("x", "1"))
    with pytest.raises(MlflowException, match="Changing param values"):
        store.log_batch(run.run_id, metrics, [*good, Param("x", "2")], [])
    assert told(run) == [("log_param", run.run_id, {"key": "x", "value": "1"})]
    assert store.get_run(run.run_id).data.metrics == {}


def test_a_param_that_is_logged_again_is_on_record_once(run: RunDirectory, store: SpoolingStore) -> None:
    for _ in range(3):
        store.log_param(run.run_id, Param("depth", "3"))
    assert told(run) == [("log_param", run.run_id, {"key": "depth", "value": "3"})]


def test_the_refusal_of_another_value_is_mlflows_own(run: RunDirectory, store: SpoolingStore) -> None:
    store.log_param(run.run_id, Param("depth", "3"))
    with pytest.raises(MlflowException) as refused:
        store.log_param(run.run_id, Param("depth", "4"))
    assert (refused.value.error_code, str(refused.value)) == (
        "INVALID_PARAMETER_VALUE",
        f"Changing param values is not allowed. Param with key='depth' was already logged with value='3' "
        f"for run ID='{run.run_id}'. Attempted logging new value '4'.",
    )


def test_a_param_given_with_p_wins_and_that_is_said(
    run: RunDirectory, store: SpoolingStore, capsys: pytest.CaptureFixture[str]
) -> None:
    value = f"of {run.run_id}"
    store.log_batch(run.run_id, [], [Param("C", value), Param("depth", "3")], [])
    assert capsys.readouterr().err == f"jupyter-mlops: param 'C' is '0.001' by -p; {value!r} is not stored.\n"
    assert store.get_run(run.run_id).data.params == {"C": "0.001", "depth": "3"}


def test_a_child_run_may_have_another_value_than_p_gave(store: SpoolingStore) -> None:
    child = store.create_run(CANCER, "", 5, [], "trial").info.run_id
    store.log_param(child, Param("C", "2"))
    assert store.get_run(child).data.params == {"C": "2"}


def test_b05_b38_long_values_are_cut_aloud_and_secrets_never_written(
    run: RunDirectory, store: SpoolingStore, capsys: pytest.CaptureFixture[str]
) -> None:
    key = f"text {run.run_id}"
    store.log_param(run.run_id, Param(key, "x" * 6_001))
    store.set_tag(run.run_id, RunTag("api_key", "hunter2"))
    assert capsys.readouterr().err == (
        f"jupyter-mlops: param {key!r} is longer than 6000 characters; 27 of them are not stored.\n"
    )
    assert len(store.get_run(run.run_id).data.params[key]) == 6_000
    assert b"hunter2" not in (run.path / "journal.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        (Metric("loss", "high", 1, 0), "'loss' takes a number, not str 'high'"),
        (Metric("loss", 1.0, 1, 0.5), "'loss': a step is an integer, not float 0.5"),
        (Metric("loss", 1.0, -1, 0), "'loss': timestamp -1 ms lies outside"),
        (Metric("../loss", 1.0, 1, 0), "must be a clean relative path"),
    ],
)
def test_b06_b07_b08_b09_what_is_no_metric_is_refused_as_mlflow_does(
    run: RunDirectory, store: SpoolingStore, metric: Metric, why: str
) -> None:
    with pytest.raises(MlflowException, match=why) as refused:
        store.log_metric(run.run_id, metric)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
    assert store.get_run(run.run_id).data.metrics == {}


def test_the_history_of_a_metric_is_that_of_one_run_in_the_order_of_logging(
    run: RunDirectory, store: SpoolingStore
) -> None:
    child = store.create_run(CANCER, "", 5, [], "trial").info.run_id
    for step, value in ((5, 0.5), (1, 0.25), (5, 0.125)):
        store.log_metric(run.run_id, Metric("loss", value, 7, step))
        store.log_metric(child, Metric("loss", -value, 7, step))
        store.log_metric(run.run_id, Metric("other", 9.0, 7, step))
    page = store.get_metric_history(run.run_id, "loss")
    assert [(point.step, point.value) for point in page] == [(5, 0.5), (1, 0.25), (5, 0.125)]
    assert [point.value for point in store.get_metric_history(child, "loss")] == [-0.5, -0.25, -0.125]
    assert page.token is None


def test_data_and_models_that_a_run_read_and_made(run: RunDirectory, store: SpoolingStore) -> None:
    dataset = DatasetInput(Dataset("train", "abc", "local", "{}", None, None), [InputTag("mlflow.data.context", "fit")])
    store.log_inputs(run.run_id, [dataset], [LoggedModelInput("m-1")])
    store.log_inputs(run.run_id, [dataset])
    store.log_outputs(run.run_id, [LoggedModelOutput("m-2", 4)])
    seen = store.get_run(run.run_id)
    assert [found.to_dictionary() for found in seen.inputs.dataset_inputs] == [dataset.to_dictionary()]
    assert [model.model_id for model in seen.inputs.model_inputs] == ["m-1"]
    assert [(model.model_id, model.step) for model in seen.outputs.model_outputs] == [("m-2", 4)]


def test_the_history_tag_of_models_grows_and_survives_nonsense(run: RunDirectory, store: SpoolingStore) -> None:
    class Model:
        def __init__(self, name: str) -> None:
            self.name = name

        def get_tags_dict(self) -> dict[str, str]:
            return {"artifact_path": self.name}

    key = "mlflow.log-model.history"
    store.record_logged_model(run.run_id, Model("a"))
    store.record_logged_model(run.run_id, Model("b"))
    assert json.loads(store.get_run(run.run_id).data.tags[key]) == [{"artifact_path": "a"}, {"artifact_path": "b"}]
    store.set_tag(run.run_id, RunTag(key, "no json"))
    store.record_logged_model(run.run_id, Model("c"))
    assert json.loads(store.get_run(run.run_id).data.tags[key]) == [{"artifact_path": "c"}]


def test_experiments_are_names_with_ids_of_ours(run: RunDirectory, store: SpoolingStore) -> None:
    churn = store.get_experiment_by_name("churn")
    assert (churn.experiment_id, churn.name, churn.lifecycle_stage) == (experiment_id_of("churn"), "churn", "active")
    assert store.get_experiment(churn.experiment_id).name == "churn"
    store.get_experiment_by_name("churn")
    store.get_experiment_by_name("cancer")
    assert told(run) == [("use_experiment", run.run_id, {"experiment": "churn"})]


def test_a_number_is_a_name_once_the_cell_has_used_it_as_one(run: RunDirectory, store: SpoolingStore) -> None:
    store.move_run(run.run_id, "7")
    assert store.get_run(run.run_id).info.experiment_id == "7"

    named = store.get_experiment_by_name("7").experiment_id
    assert (named, store.get_run(run.run_id).info.experiment_id) == (experiment_id_of("7"), experiment_id_of("7"))


def test_a_run_that_was_submitted_to_a_number_is_in_the_experiment_of_that_name(make_run, open_store) -> None:
    run = make_run(experiment="2")

    assert open_store(run).get_run(run.run_id).info.experiment_id == experiment_id_of("2")


def test_an_experiment_can_be_made_once_and_has_its_tags(run: RunDirectory, store: SpoolingStore) -> None:
    made = store.create_experiment("new ü", None, [ExperimentTag("a", "1")])
    store.set_experiment_tag(made, ExperimentTag("b", "2"))
    store.delete_experiment_tag(made, "a")
    assert (made, store.get_experiment(made).tags) == (experiment_id_of("new ü"), {"b": "2"})
    with pytest.raises(MlflowException) as refused:
        store.create_experiment("new ü")
    assert (str(refused.value), refused.value.error_code) == (
        "Experiment 'new ü' already exists.",
        "RESOURCE_ALREADY_EXISTS",
    )


def test_b38_secrets_in_an_experiments_tags_are_never_written(run: RunDirectory, store: SpoolingStore) -> None:
    made = store.create_experiment("new", None, [ExperimentTag("api_key", "hunter2"), ExperimentTag("n", 5)])
    store.set_experiment_tag(made, ExperimentTag("db.password", "hunter2"))
    assert store.get_experiment(made).tags == {"api_key": "[masked]", "n": "5", "db.password": "[masked]"}
    assert "hunter2" not in str(told(run))


@pytest.mark.parametrize("name", ["", None])
def test_an_experiment_has_a_name(store: SpoolingStore, name: object) -> None:
    with pytest.raises(MlflowException):
        store.create_experiment(name)
    with pytest.raises(MlflowException):
        store.get_experiment_by_name(name)


def test_a_run_goes_to_another_experiment_once(run: RunDirectory, store: SpoolingStore) -> None:
    churn = store.get_experiment_by_name("churn").experiment_id
    for _ in range(2):
        store.move_run(run.run_id, churn)
    assert told(run)[1:] == [("move_run", run.run_id, {"experiment": "churn"})]
    assert store.get_run(run.run_id).info.experiment_id == churn


def test_the_life_of_a_model(run: RunDirectory, store: SpoolingStore) -> None:
    model = store.create_logged_model(
        CANCER, "net", run.run_id, [LoggedModelTag("token", "hunter2")], [LoggedModelParameter("depth", "3")], "torch"
    )
    store.set_logged_model_tags(model.model_id, [LoggedModelTag("a", "1"), LoggedModelTag("b", "2")])
    store.delete_logged_model_tag(model.model_id, "a")
    store.log_logged_model_params(model.model_id, [LoggedModelParameter("width", "9")])
    ready = store.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    folder = run.staged / "models" / model.model_id / "artifacts"
    assert (ready.name, ready.source_run_id, ready.model_type, ready.status) == (
        "net",
        run.run_id,
        "torch",
        LoggedModelStatus.READY,
    )
    assert (ready.tags, ready.params) == ({"token": "[masked]", "b": "2"}, {"depth": "3", "width": "9"})
    assert (ready.artifact_location, ready.experiment_id) == (folder.as_uri(), CANCER)
    store.delete_logged_model(model.model_id)
    assert told(run)[-1] == ("delete_model", run.run_id, {"model_id": model.model_id})


@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")  # MLflow's own models give it
def test_what_cannot_be_deferred_says_why_when_the_store_is_not_made_yet(
    run: RunDirectory, store: SpoolingStore
) -> None:
    asked = {
        "run ffffffffffffffffffffffffffffffff": lambda: store.get_run(OTHER),
        "runs": lambda: store.search_runs([CANCER], "", 1),
        "a metric of run ffffffffffffffffffffffffffffffff": lambda: store.log_metric(OTHER, Metric("a", 1.0, 1, 0)),
        "model m-0": lambda: store.get_logged_model("m-0"),
        "experiment 12": lambda: store.get_experiment("12"),
        "a trace": lambda: store.get_trace_info("tr-1"),
    }
    uri = store.session.real_uri
    for ask in asked.values():
        with pytest.raises(MlflowException) as refused:
            ask()
        assert refused.value.error_code == "TEMPORARILY_UNAVAILABLE"
        assert str(refused.value) == (
            f"Cannot ask {uri} for the store: it is not made yet; the keeper makes it. "
            "The run goes on and what it logs is kept; ask again later, or outside of the run."
        )
    assert not (run.path.parent.parent / "mlflow.db").exists()
    assert told(run) == []


def test_threads_of_a_cell_log_without_losing_or_doubling(run: RunDirectory, store: SpoolingStore) -> None:
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for step in range(20):
                store.log_batch(
                    run.run_id,
                    [Metric(f"m{number}", float(step), 1, step)],
                    [Param(f"p{number}.{step}", str(step))],
                    [RunTag(f"t{number}", str(step))],
                )
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    data = store.get_run(run.run_id).data
    assert failures == []
    assert data.metrics == {f"m{number}": 19.0 for number in range(4)}
    assert data.tags == {"team": "blue"} | {f"t{number}": "19" for number in range(4)}
    assert len(data.params) == 81


def test_a_second_process_of_the_run_sees_what_the_first_has_logged(
    run: RunDirectory, open_store: Callable[[RunDirectory], SpoolingStore]
) -> None:
    first, second = open_store(run), open_store(run)
    child = first.create_run(CANCER, "", 5, [], "trial").info.run_id
    second.log_metric(child, Metric("loss", 0.5, 1, 0))
    first.log_metric(child, Metric("loss", 0.25, 1, 1))
    assert second.get_run(child).data.metrics == first.get_run(child).data.metrics == {"loss": 0.25}
    assert len(second.get_metric_history(child, "loss")) == 2


def test_a_folder_of_artifacts_is_copied_with_its_empty_folders(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "a" / "b").mkdir(parents=True)
    (source / "empty").mkdir()
    (source / "a" / "b" / "ü.bin").write_bytes(b"\x00\xff")
    (source / "top.txt").write_text("top")
    repository = StagedArtifactRepository(target.as_uri())
    repository.log_artifacts(str(source), "inner")
    repository.log_artifacts(str(source))
    names = {path.relative_to(target).as_posix() for path in target.rglob("*")}
    expected = {"a", "a/b", "a/b/ü.bin", "empty", "top.txt"}
    assert names == expected | {"inner"} | {f"inner/{name}" for name in expected}
    assert (target / "a" / "b" / "ü.bin").read_bytes() == b"\x00\xff"
