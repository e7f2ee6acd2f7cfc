"""From a run's handle to what `%runs` shows of it, also for runs of other tools, which have no directory here."""

from types import SimpleNamespace

import pytest
from runs import spec_of

from jupyter_mlops.entities import (
    WAITS_FOR_DISK,
    CellError,
    Origin,
    Param,
    Result,
    RunExport,
    RunState,
    RunStatus,
    Upstream,
)
from jupyter_mlops.magics._figures import span
from jupyter_mlops.magics._run_card import RunCard
from jupyter_mlops.magics._run_details import RunDetails
from jupyter_mlops.magics._run_line import RunLine
from jupyter_mlops.magics._runs_table import RunRow, RunsTable

RUN_ID = "3fa9" + "0" * 28


def handle(state: RunState, result: Result | None = None, seen_alive_s: float | None = None, **fields):
    """A handle with what the views read."""
    return SimpleNamespace(
        id=RUN_ID,
        name="baseline",
        experiment="digits",
        spec=spec_of(RUN_ID, **({"experiment": "digits"} | fields)),
        state=state,
        status=state.status,
        error=result.error if result else None,
        metrics={"acc": 0.958333, "system/cpu": 12.0},
        params={},
        tags={"team": "red", "mlflow.user": "x"},
        lost_points=0,
        cell="model = 1",
        captured=(SimpleNamespace(name="small", size=10), SimpleNamespace(name="large", size=2_000_000)),
        directory=SimpleNamespace(
            result=lambda: result, seen_alive_s=lambda: seen_alive_s, path="/home/.mlops/runs/3fa9"
        ),
    )


RUNNING = RunState(run_id=RUN_ID, status=RunStatus.RUNNING, started_at="2026-11-21T09:00:00+00:00", duration_s=42.0)
SCHEDULED = RunState(run_id=RUN_ID, status=RunStatus.SCHEDULED, reason="waiting for a slot, 2 ahead")
FINISHED = RunState(
    run_id=RUN_ID,
    status=RunStatus.FINISHED,
    started_at="2026-11-21T09:00:00+00:00",
    duration_s=118.0,
    peak_rss_bytes=217_000_000,
)


def test_a_row_shows_the_runs_own_metrics_and_no_system_metrics():
    assert RunRow.of(handle(RUNNING)) == RunRow(
        name="baseline",
        run_id=RUN_ID,
        status=RunStatus.RUNNING,
        experiment="digits",
        submitted_at="2026-11-21T08:00:00+00:00",
        duration_s=42.0,
        metrics=(("acc", 0.958333),),
    )


def test_a_run_that_has_not_started_took_no_time():
    row = RunRow.of(handle(SCHEDULED))
    assert row.duration_s is None
    assert row.reason == "waiting for a slot, 2 ahead"


def test_a_run_of_another_tool_is_shown_with_what_is_known():
    foreign = SimpleNamespace(
        id="ab" * 16, name="theirs", experiment="e", status=RunStatus.FINISHED, metrics={"loss": 1.0}
    )
    row = RunRow.of(foreign)
    assert (row.name, row.duration_s, row.submitted_at, row.metrics) == ("theirs", None, "", (("loss", 1.0),))
    assert "theirs" in repr(RunsTable([row]))


def test_f25_a_run_that_waits_for_the_disk_is_named_below_the_table():
    rows = [
        RunRow("a", RUN_ID, RunStatus.RUNNING, reason=WAITS_FOR_DISK),
        RunRow("b", RUN_ID, RunStatus.RUNNING, reason="stopping"),
    ]
    told = f"a ({RUN_ID[:8]}): it is waiting for disk space: free some, and it ends."
    assert repr(RunsTable(rows)).splitlines()[3:] == [told]
    assert told in RunsTable(rows)._repr_html_()


def test_the_columns_are_the_metrics_that_most_runs_have():
    rows = [
        RunRow("a", RUN_ID, RunStatus.FINISHED, metrics=(("loss", 1.0), ("acc", 0.5))),
        RunRow("b", RUN_ID, RunStatus.FINISHED, metrics=(("acc", 0.6), ("x", 1.0), ("y", 1.0), ("z", 1.0))),
    ]
    assert repr(RunsTable(rows)).splitlines()[0].split() == ["state", "name", "id", "when", "took", "acc", "loss", "x"]


def test_details_tell_what_came_out():
    result = Result(
        status=RunStatus.FINISHED, returned=("model",), released=("config",), untransferable={"rows": "a generator"}
    )
    run = handle(
        FINISHED,
        result,
        params=(Param("C", "1.0"),),
        upstream=(Upstream("weights", "cd" * 16),),
        origin=Origin("rerun", "ef" * 16),
    )
    facts = dict(RunDetails.of(run).facts)
    assert facts["took"] == "1 m 58 s, 217 MB of memory at most"
    assert facts["params"] == "C=1.0"
    assert facts["metrics"] == "acc 0.9583"
    assert facts["tags"] == "team=red"
    assert facts["repeats"] == "efefefef (rerun)"
    assert facts["waits for"] == "weights from cdcdcdcd"
    assert facts["returned"] == "model"
    assert facts["unchanged"] == "config"
    assert facts["not returned"] == "rows (a generator)"
    assert "pending" not in facts


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({}, "model to ONNX, compared on Xte"),
        ({"mlops.onnx": "my model.onnx 1"}, "my model.onnx, kept as onnx/model.onnx"),
        ({"mlops.onnx.refused": "Not written: 3 rows differ."}, "refused. Not written: 3 rows differ."),
        ({"mlops.onnx.refused": "Not written.", "mlops.onnx": "m.onnx 1"}, "m.onnx, kept as onnx/model.onnx"),
    ],
    ids=["not yet", "written", "refused", "written later"],
)
def test_details_tell_what_became_of_the_export(tags, told):
    run = handle(FINISHED, export=RunExport("model", "Xte"))
    run.tags = tags

    assert dict(RunDetails.of(run).facts)["exports"] == told


def test_details_of_a_run_that_exports_nothing_say_nothing_of_it():
    assert "exports" not in dict(RunDetails.of(handle(FINISHED)).facts)


def test_details_leave_out_what_the_cell_only_imports_as_the_card_does():
    result = Result(status=RunStatus.FINISHED, returned=("np", "model", "fit"), released=("os",))
    run = handle(FINISHED, result)
    run.spec = spec_of(imports={"np": "import numpy as np", "os": "import os", "fit": "from lib import fit"})
    facts = dict(RunDetails.of(run).facts)
    assert (facts["returned"], "unchanged" in facts) == ("model", False)

    run.spec = spec_of()
    assert dict(RunDetails.of(run).facts)["returned"] == "np, model, fit"


def test_details_show_a_parameter_that_is_text_in_quotes():
    run = handle(FINISHED)
    run.params = {"C": "1.0", "e": "x+1", "note": "a" * 100}
    assert dict(RunDetails.of(run).facts)["params"] == f"C=1.0, e='x+1', note='{'a' * 29}…{'a' * 28}'"


def test_a_failed_run_is_listed_with_its_error_and_not_with_its_exit_code():
    error = CellError(type="ValueError", message="no", line=2, source="fit(X)")
    failed = RunState(run_id=RUN_ID, status=RunStatus.FAILED, reason="exit code 1", error=error)
    killed = RunState(run_id=RUN_ID, status=RunStatus.KILLED, reason="stopped by user", error=error)
    assert RunRow.of(handle(failed)).reason == "ValueError: no (cell line 2: fit(X))"
    assert RunRow.of(handle(killed)).reason == "stopped by user"


def test_details_of_a_waiting_run_say_for_what_and_what_is_pending():
    facts = dict(RunDetails.of(handle(SCHEDULED, pending=("model",))).facts)
    assert facts["state"] == "waiting for a slot, 2 ahead"
    assert facts["pending"] == "model"
    assert "took" not in facts


def test_details_of_a_lost_run_tell_how_long_it_was_seen_alive():
    lost = RunState(run_id=RUN_ID, status=RunStatus.FAILED, reason="lost: its processes were killed")

    facts = dict(RunDetails.of(handle(lost, seen_alive_s=118.0)).facts)

    assert facts["took"] == "at least 1 m 58 s, its last sign of life; nobody saw its end"
    assert "took" not in dict(RunDetails.of(handle(lost)).facts)


@pytest.mark.parametrize(
    ("points", "tags", "told"),
    [
        (2_200, {}, "2,200 metric points found no room on the disk"),
        (0, {"mlops.lost_entries": "3"}, "3 of its parameters, tags and artifacts found no room on the disk"),
        (1, {}, "1 metric point found no room on the disk"),
    ],
)
def test_f24_details_tell_what_a_full_disk_has_cost(points, tags, told):
    run = handle(FINISHED)
    run.lost_points, run.tags = points, run.tags | tags
    facts = dict(RunDetails.of(run).facts)
    assert (facts["lost"], facts["tags"]) == (told, "team=red")


def test_the_card_at_submit_lists_the_largest_first():
    run = handle(SCHEDULED, upstream=(Upstream("weights", "cd" * 16), Upstream("other", "ef" * 16)))
    card = RunCard.at_submit(run, pending=["model"], run_names={"cd" * 16: "pretrain"}, notices=["careful"])
    assert card == RunCard(
        name="baseline",
        run_id=RUN_ID,
        status=RunStatus.SCHEDULED,
        travels=(("large", 2_000_000), ("small", 10)),
        pending=("model",),
        upstream=(("weights", "pretrain"), ("other", "efefefef")),
        notices=("careful",),
        submitted_at=run.spec.submitted_at,
    )


def test_runs_of_one_name_are_told_apart_on_the_card():
    ids = {letter: letter * 32 for letter in "abcd"}
    upstream = tuple(Upstream(f"from_{letter}", run_id) for letter, run_id in ids.items())
    names = {ids["a"]: "pretrain", ids["b"]: "pretrain", ids["c"]: "other", ids["d"]: "baseline"}
    card = RunCard.at_submit(handle(SCHEDULED, upstream=upstream), pending=(), run_names=names)
    assert card.upstream == (
        ("from_a", "pretrain (aaaaaaaa)"),
        ("from_b", "pretrain (bbbbbbbb)"),
        ("from_c", "other"),
        ("from_d", "baseline (dddddddd)"),
    )


# A handle at the end of a cell


def test_a_handle_of_a_finished_run_is_one_line_with_what_came_back():
    result = Result(status=RunStatus.FINISHED, returned=("history", "model"))
    line = RunLine.of(handle(FINISHED, result))
    took = RunRow.of(handle(FINISHED)).duration_s
    assert repr(line) == f"✓ FINISHED  baseline  3fa90000  {span(took)}  acc 0.9583  history, model returned"
    assert f'title="{RUN_ID}"' in str(line.element())


def test_a_handle_of_a_failed_run_tells_the_error_and_its_line():
    error = CellError(type="ValueError", message="no", line=3, source="fit()")
    failed = RunState(run_id=RUN_ID, status=RunStatus.FAILED, error=error)
    line = RunLine.of(handle(failed, Result(status=RunStatus.FAILED, error=error)))
    assert repr(line) == "✕ FAILED  baseline  3fa90000  acc 0.9583  ValueError: no (cell line 3: fit())"


def test_a_handle_of_a_run_that_waits_tells_for_what():
    assert repr(RunLine.of(handle(SCHEDULED))).endswith("waiting for a slot, 2 ahead")


def test_imports_do_not_count_as_what_came_back():
    run = handle(FINISHED, Result(status=RunStatus.FINISHED, returned=("LogisticRegression", "model")))
    run.spec = spec_of(imports={"LogisticRegression": "from sklearn.linear_model import LogisticRegression"})
    assert RunLine.of(run).returned == ("model",)
