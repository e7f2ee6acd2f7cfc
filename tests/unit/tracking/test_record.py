"""The record of a run: what its journal means, read from the start or as it grows."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.entities import Param
from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking import MetricSpool
from jupyter_mlops.tracking._journal import Entry, Journal
from jupyter_mlops.tracking._record import ModelRecord, RunRecord, RunRecords, milliseconds
from jupyter_mlops.tracking._spool._reading import Point
from jupyter_mlops.tracking._spool._spool import Series

CHILD = "c" * 32
START = 1_795_248_000_000


def records_of(run: RunDirectory) -> RunRecords:
    records = RunRecords(run.path, run.spec())
    records.refresh()
    return records


@pytest.fixture
def journal(run: RunDirectory) -> Journal:
    return Journal(run.path)


def test_a_submission_is_a_record(run: RunDirectory) -> None:
    assert records_of(run).runs == {
        run.run_id: RunRecord(
            run.run_id, "baseline", "cancer", START, params={"C": "0.001"}, tags={"team": "blue"}, status="RUNNING"
        )
    }


def test_parameters_are_the_text_that_the_cell_would_log(make_run: Callable[..., RunDirectory]) -> None:
    texts = {"rate": "1e-3", "on": "True", "none": "None", "text": "relu", "list": "[1,2]", "quoted": "'a'", "": "x"}
    run = make_run(params=tuple(Param(key, text) for key, text in texts.items()))
    assert records_of(run).runs[run.run_id].params == {
        "rate": "0.001",
        "on": "True",
        "none": "None",
        "text": "relu",
        "list": "[1, 2]",
        "quoted": "a",
        "": "x",
    }


def test_a_param_keeps_its_first_value(run: RunDirectory, journal: Journal) -> None:
    for value in ("1", "2"):
        journal.append("log_param", run.run_id, key="depth", value=value)
        journal.append("log_param", run.run_id, key="C", value=value)
    assert records_of(run).runs[run.run_id].params == {"C": "0.001", "depth": "1"}


def test_a_name_tag_names_the_run_and_a_name_sets_the_tag(run: RunDirectory, journal: Journal) -> None:
    journal.append("set_tag", run.run_id, key="mlflow.runName", value="first ü")
    assert records_of(run).runs[run.run_id].name == "first ü"
    journal.append("update_run", run.run_id, name="second")
    own = records_of(run).runs[run.run_id]
    assert (own.name, own.tags) == ("second", {"team": "blue", "mlflow.runName": "second"})


def test_updates_change_what_they_name(run: RunDirectory, journal: Journal) -> None:
    journal.append("create_run", CHILD, experiment="cancer", name="trial", user="eve", start_time=7, tags=None)
    journal.append("update_run", CHILD, status="FAILED")
    journal.append("update_run", CHILD, end_time=9)
    journal.append("update_run", CHILD, status=None, end_time=None, name="")
    assert records_of(run).runs[CHILD] == RunRecord(CHILD, "trial", "cancer", 7, "eve", "FAILED", 9)


def test_a_deleted_run_can_come_back(run: RunDirectory, journal: Journal) -> None:
    journal.append("create_run", CHILD, experiment="cancer", name="trial")
    seen = []
    for op in ("delete_run", "delete_run", "restore_run"):
        journal.append(op, CHILD)
        seen.append(records_of(run).runs[CHILD].deleted)
    assert seen == [True, True, False]


def test_a_data_set_that_is_logged_twice_is_one(run: RunDirectory, journal: Journal) -> None:
    train, test = {"name": "train", "digest": "1"}, {"name": "test", "digest": "2"}
    journal.append("log_inputs", run.run_id, datasets=[train])
    journal.append("log_inputs", run.run_id, datasets=[train, test], models=[{"model_id": "m-1"}])
    journal.append("log_inputs", run.run_id, datasets=None, models=None)
    journal.append("log_outputs", run.run_id, models=[{"model_id": "m-2", "step": 3}])
    own = records_of(run).runs[run.run_id]
    assert (own.datasets, own.model_inputs, own.model_outputs) == (
        [train, test],
        [{"model_id": "m-1"}],
        [{"model_id": "m-2", "step": 3}],
    )


def test_the_life_of_a_model(run: RunDirectory, journal: Journal) -> None:
    journal.append(
        "create_model", run.run_id, model_id="m-1", experiment="cancer", name="net", model_type="torch", tags={"a": "1"}
    )
    journal.append("change_model", run.run_id, model_id="m-1", params={"depth": "3"}, tags={"b": "2"})
    journal.append("change_model", run.run_id, model_id="m-1", deleted_tags=["a", "never there"])
    journal.append("finalize_model", run.run_id, model_id="m-1", status="READY")
    model = records_of(run).models["m-1"]
    assert model == ModelRecord(
        "m-1", "cancer", "net", run.run_id, "torch", model.created_at, "READY", {"depth": "3"}, {"b": "2"}
    )
    journal.append("delete_model", run.run_id, model_id="m-1")
    assert records_of(run).models == {}


def test_experiments_that_the_cell_uses_and_makes(run: RunDirectory, journal: Journal) -> None:
    journal.append("use_experiment", run.run_id, experiment="old")
    journal.append("create_experiment", run.run_id, experiment="new", tags={"a": "1", "b": "2"})
    journal.append("set_experiment_tag", run.run_id, experiment="old", key="c", value="3")
    journal.append("delete_experiment_tag", run.run_id, experiment="new", key="a")
    journal.append("delete_experiment_tag", run.run_id, experiment="unheard of", key="a")
    records = records_of(run)
    assert (records.experiments, records.created_experiments, records.experiment_tags) == (
        {"old", "new"},
        {"new"},
        {"old": {"c": "3"}, "new": {"b": "2"}},
    )


@pytest.mark.parametrize(
    ("op", "fields"),
    [
        ("log_param", {}),
        ("log_param", {"key": ["a"], "value": "1"}),
        ("set_tag", {"key": "a"}),
        ("delete_tag", {"key": []}),
        ("move_run", {}),
        ("log_inputs", {"datasets": 3}),
        ("log_outputs", {"models": 3}),
        ("create_model", {"model_id": "m-1"}),
        ("finalize_model", {"status": "READY"}),
        ("change_model", {"model_id": "m-1", "tags": 7}),
        ("create_experiment", {"tags": {}}),
        ("delete_experiment_tag", {"experiment": "a"}),
        ("something_new", {"key": "a", "value": "1"}),
    ],
)
def test_an_operation_of_another_shape_is_passed_over(
    run: RunDirectory, journal: Journal, op: str, fields: dict[str, Any]
) -> None:
    journal.append(op, run.run_id, **fields)
    journal.append("set_tag", run.run_id, key="after", value="1")
    assert records_of(run).runs[run.run_id].tags == {"team": "blue", "after": "1"}


@pytest.mark.parametrize("fields", [{"tags": 3}, {"tags": {"a": "1"}, "deleted_tags": 3}, {"tags": [["a"]]}])
def test_a_child_run_or_a_model_of_another_shape_does_not_end_the_reading(
    run: RunDirectory, journal: Journal, fields: dict[str, Any]
) -> None:
    journal.append("create_model", run.run_id, model_id="m-1", experiment="cancer", name="net")
    journal.append("create_run", CHILD, experiment="cancer", name="trial", **fields)
    journal.append("change_model", run.run_id, model_id="m-1", **fields)
    journal.append("set_tag", run.run_id, key="after", value="1")
    assert records_of(run).runs[run.run_id].tags["after"] == "1"


def test_operations_on_runs_and_models_that_are_not_ours_change_nothing(run: RunDirectory, journal: Journal) -> None:
    before = records_of(run).runs
    for op in ("log_param", "set_tag", "delete_tag", "update_run", "delete_run", "move_run", "log_inputs"):
        journal.append(op, CHILD, key="a", value="1", experiment="x", datasets=[{"name": "d"}])
    for op in ("finalize_model", "change_model", "delete_model"):
        journal.append(op, run.run_id, model_id="m-0", status="READY", tags={"a": "1"})
    records = records_of(run)
    assert (records.runs, records.models) == (before, {})


def test_metrics_of_unknown_runs_are_left_out_and_losses_are_told(run: RunDirectory) -> None:
    spool = MetricSpool.open(run.path, run.run_id)
    spool.write_point(Series(CHILD, "loss"), 9.0, 0, 1)
    spool.write_point(Series(run.run_id, "loss"), 0.5, 3, 2)
    records = records_of(run)
    assert records.runs[run.run_id].latest == {"loss": Point(2, 3, 2, 0.5)}
    assert records.lost_points == {"metrics.spool": 0}


def test_the_same_series_in_two_spools_has_one_last_value(run: RunDirectory) -> None:
    ours, childs = (MetricSpool.open(run.path, run.run_id) for _ in range(2))
    for spool, step, value in ((ours, 1, 0.1), (childs, 2, 0.2), (ours, 0, 0.3)):
        spool.write_point(Series(run.run_id, "loss"), value, step, 1)
    assert records_of(run).runs[run.run_id].metrics == {"loss": 0.2}


def test_without_metrics_the_spools_are_not_read(run: RunDirectory) -> None:
    MetricSpool.open(run.path, run.run_id).log(loss=1.0)
    records = RunRecords(run.path, run.spec())
    records.refresh(metrics=False)
    assert (records.runs[run.run_id].metrics, records.lost_points) == ({}, {})
    records.refresh()
    assert records.runs[run.run_id].metrics == {"loss": 1.0}


def test_f29_a_torn_line_is_read_when_it_is_whole(run: RunDirectory) -> None:
    file = run.path / "journal.jsonl"
    line = b'{"seq": 1, "at": 3, "op": "set_tag", "run_id": "%s", "key": "a", "value": "\xc3\xbc"}\n'
    whole = line % run.run_id.encode()
    records = RunRecords(run.path, run.spec())
    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        records.refresh()
        assert records.runs[run.run_id].tags == {"team": "blue"}
    file.write_bytes(whole)
    records.refresh()
    assert records.runs[run.run_id].tags == {"team": "blue", "a": "ü"}


def test_moments() -> None:
    assert milliseconds("2026-11-21T08:00:00+00:00") == START
    assert milliseconds("2026-11-21T09:00:00.5+01:00") == START + 500
    assert milliseconds("") > START - 400 * 86_400_000
    assert milliseconds("yesterday") > START - 400 * 86_400_000


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
OPERATIONS = st.one_of(
    st.tuples(st.just("log_param"), st.fixed_dictionaries({"key": TEXT, "value": TEXT})),
    st.tuples(st.just("set_tag"), st.fixed_dictionaries({"key": TEXT, "value": TEXT})),
    st.tuples(st.just("delete_tag"), st.fixed_dictionaries({"key": TEXT})),
    st.tuples(st.just("update_run"), st.fixed_dictionaries({"name": TEXT, "end_time": st.integers(1, 9)})),
    st.tuples(st.sampled_from(["delete_run", "restore_run"]), st.just({})),
    st.tuples(st.just("move_run"), st.fixed_dictionaries({"experiment": TEXT})),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OPERATIONS, max_size=12), st.integers(1, 5))
def test_a_record_that_grows_is_the_one_read_at_once(
    make_run: Callable[..., RunDirectory], operations: list[tuple[str, dict[str, Any]]], every: int
) -> None:
    run = make_run()
    journal, growing, plain = Journal(run.path), RunRecords(run.path, run.spec()), RunRecords(run.path, run.spec())
    for number, (op, fields) in enumerate(operations):
        journal.append(op, run.run_id, **fields)
        plain.apply(Entry(op, run.run_id, 1, json.loads(json.dumps(fields)), 0))
        if number % every == 0:
            growing.refresh()
    journal.close()
    growing.refresh()
    assert growing.runs == records_of(run).runs == plain.runs
