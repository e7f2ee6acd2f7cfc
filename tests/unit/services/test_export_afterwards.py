"""`%%train --export` in the run: file and report are kept, or a tag says why not. The run never fails of it."""

import numpy as np
import pytest

from jupyter_mlops.entities import OnnxReport, Result, RunExport, RunStatus
from jupyter_mlops.services import SubmitRun
from jupyter_mlops.services._export_afterwards import ExportAfterwards
from jupyter_mlops.services._export_onnx import REFUSED_TAG, export_for


@pytest.fixture
def ended(make_run):
    """Return a function that makes a run with a result."""

    def make(status: RunStatus = RunStatus.FINISHED):
        run = make_run(export=RunExport("model", "rows"))
        run.directory.write(Result(status=status), run.directory.result_file)
        return run

    return make


@pytest.fixture(scope="module")
def names():
    pytest.importorskip("skl2onnx")
    pytest.importorskip("onnxruntime")
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsRegressor

    rows = np.random.default_rng(0).normal(size=(60, 2))
    model = LogisticRegression().fit(rows, rows[:, 0] > 0)
    # Which of two points that are equally far is the nearest, only scikit-learn's tree of them knows.
    near = KNeighborsRegressor(1).fit(np.repeat(rows, 2, axis=0), range(2 * len(rows)))
    return {"rows": rows, "model": model, "near": near}


def test_a_run_keeps_file_and_report(ended, names, capsys):
    run = ended()
    ExportAfterwards(RunExport("model", "rows"))(run.directory, names)
    report = OnnxReport.from_json((run.directory.artifacts / "reports" / "onnx.json").read_bytes())

    assert (report.file, report.model, report.run_id, report.parity.real.given) == ("model.onnx", "model", run.id, 60)
    assert (run.directory.artifacts / "onnx" / "model.onnx").stat().st_size == report.size
    assert run.tags == {"mlops.onnx": "model.onnx 1", "mlops.onnx.sha256": report.sha256}
    checked = report.parity.real.checked + report.parity.edge.checked
    assert capsys.readouterr().out == f"jupyter-mlops: model was exported to ONNX; {checked} rows are the same.\n"


def test_rows_that_nobody_has_named_are_found_in_the_run(ended, names):
    run = ended()
    ExportAfterwards(RunExport("model"))(run.directory, {"model": names["model"], "Xte": names["rows"]})

    assert run.tags["mlops.onnx"] == "model.onnx 1"


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (RunExport("near", "rows"), "Not written: "),
        (RunExport("absent", "rows"), "The run has no absent. It has no such name."),
        (RunExport("model", "absent"), "The run has no absent. Name rows: --export onnx:model,X"),
        (RunExport("model"), "The run has no X_test. Name rows: --export onnx:model,X"),
        (RunExport("rows", "rows"), "No converter "),
    ],
    ids=["other answers", "no model", "no rows", "no rows known", "no model at all"],
)
def test_a_refusal_is_told_in_log_and_tag(ended, names, capsys, wanted, reason):
    run = ended()
    ExportAfterwards(wanted)(run.directory, names)

    assert run.tags[REFUSED_TAG].startswith(reason)
    assert capsys.readouterr().err.startswith(f"jupyter-mlops: {wanted.model} was not exported. {reason}")
    assert not run.directory.artifacts.exists()


def test_a_run_that_failed_exports_nothing(ended, names, capsys):
    run = ended(RunStatus.FAILED)
    ExportAfterwards(RunExport("model", "rows"))(run.directory, names)

    assert (run.tags, capsys.readouterr()) == ({}, ("", ""))


def test_a_later_export_takes_the_refusal_back(ended, names, service, tmp_path):
    from jupyter_mlops.export import ExportWish

    run = ended()
    ExportAfterwards(RunExport("near", "rows"))(run.directory, names)
    assert REFUSED_TAG in run.tags
    export_for(service, names["model"], names["rows"], tmp_path / "m.onnx", ExportWish(run_id=run.id, timed=False))

    assert sorted(run.tags) == ["mlops.onnx", "mlops.onnx.sha256"]


def test_the_work_travels_in_the_inputs_and_the_spec_says_what_it_is(service, launcher):
    run = service.submit(SubmitRun(source="model = 1", namespace={"rows": [1.0]}, export=RunExport("model", "rows")))
    (spec,) = launcher.submitted

    assert spec.export == run.spec.export == RunExport("model", "rows")
    assert [value.name for value in run.captured] == ["rows"]
    assert service.rerun_command(run, {}).export == RunExport("model", "rows")


def test_a_run_keeps_the_smaller_file_too(ended, service, tmp_path):
    pytest.importorskip("skl2onnx")
    from sklearn.neural_network import MLPRegressor

    from jupyter_mlops.export import ExportWish

    rows = np.random.default_rng(0).normal(size=(200, 2))
    network = MLPRegressor(hidden_layer_sizes=(64, 64), max_iter=200, random_state=0).fit(rows, rows[:, 0])
    run = ended()
    wish = ExportWish(run_id=run.id, timed=False, quantise=True)
    report = export_for(service, network, rows, tmp_path / "m.onnx", wish, y=rows[:, 0])

    kept = {path.name: path.read_bytes() for path in (run.directory.artifacts / "onnx").iterdir()}
    assert kept == {
        "model.onnx": (tmp_path / "m.onnx").read_bytes(),
        "model.int8.onnx": (tmp_path / "m.int8.onnx").read_bytes(),
    }
    assert report.quantised.measure == "R2"
