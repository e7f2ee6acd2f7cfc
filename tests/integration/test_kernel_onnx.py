"""`%export_onnx` in a real kernel: it waits for a pending model, its run keeps the report, a refusal is one line."""

from collections.abc import Iterator

import pytest
from kernels import GATE, KernelNotebook

from jupyter_mlops.entities import OnnxReport

pytestmark = pytest.mark.kernel

for library in ("onnx", "onnxruntime", "skl2onnx"):
    pytest.importorskip(library)

DATA = """import numpy as np, pandas as pd
X_test = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 2)), columns=["a", "b"])
y_test = (X_test["a"] > 0).astype(int)"""

FIT = """from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit(X_test, y_test)"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(tmp_path_factory.mktemp("notebook"))
    assert notebook.run(GATE.format(folder=str(notebook.folder))).ok
    assert notebook.run(DATA).ok
    yield notebook
    notebook.close()


def test_a_pending_model_is_waited_for_and_its_run_keeps_the_report(notebook):
    notebook.run(f"%%train first\ngate('first')\n{FIT}")
    waiting = notebook.begin(f"%export_onnx model -o {notebook.folder / 'm.onnx'}")
    notebook.until_shown(waiting, "waiting for model from first")
    notebook.release("first")
    shown = notebook.finish(waiting)
    run = notebook.directory("first")
    report = OnnxReport.from_json((run.artifacts / "reports" / "onnx.json").read_bytes())

    assert shown.ok, shown.error
    assert shown.value.startswith("✓ m.onnx  opset ")
    assert (report.run_id, report.model, report.parity.differing) == (run.run_id, "model", 0)
    assert run.user().tags["mlops.onnx.sha256"] == report.sha256
    assert (notebook.folder / "m.onnx").stat().st_size == report.size


def test_a_run_is_exported_by_its_name(notebook):
    notebook.run(f"%%train second\n{FIT}")
    assert notebook.until_ended("second") == "FINISHED"
    shown = notebook.run(f"%export_onnx second -o {notebook.folder / 's.onnx'}")

    assert shown.ok, shown.error
    report = OnnxReport.from_json((notebook.directory("second").artifacts / "reports" / "onnx.json").read_bytes())
    assert report.file == "s.onnx"


def test_a_refusal_is_one_line_and_no_file(notebook):
    notebook.run(
        "from sklearn.neighbors import KNeighborsRegressor\n"
        "near = KNeighborsRegressor(3).fit(X_test.round(), X_test['b'])  # many points are equally far"
    )
    refused = notebook.run(f"%export_onnx near -o {notebook.folder / 'k.onnx'}")

    assert refused.error.startswith("ExportError: Not written: ")
    assert "Stage: KNeighborsRegressor" in refused.error
    assert len(refused.traceback.splitlines()) == 1
    assert not (notebook.folder / "k.onnx").exists()


def test_a_run_exports_its_model_when_it_has_delivered(notebook):
    """The rows travel, though the cell does not read them; the notebook has the model before the export is made."""
    shown = notebook.run(
        "%%train third --export onnx:tree,rows\nfrom sklearn.tree import DecisionTreeClassifier\n"
        "tree = DecisionTreeClassifier(max_depth=2).fit(X_test, y_test)\nrows = X_test[:40]"
    )
    assert shown.ok, shown.error
    assert notebook.run("tree.get_depth()").value == "1"
    assert notebook.until_ended("third") == "FINISHED"
    run = notebook.directory("third")
    report = OnnxReport.from_json((run.artifacts / "reports" / "onnx.json").read_bytes())

    assert (report.run_id, report.model, report.file) == (run.run_id, "tree", "tree.onnx")
    assert (report.parity.real.given, report.parity.differing) == (40, 0)
    assert run.user().tags["mlops.onnx.sha256"] == report.sha256
    assert (run.artifacts / "onnx" / "model.onnx").stat().st_size == report.size
    assert "tree.onnx, kept as onnx/model.onnx" in notebook.run("%runs show third").value


def test_rows_that_the_cell_does_not_mention_travel(notebook):
    notebook.run("%%train fourth --export onnx:again\nother = 1")
    notebook.run(
        "%%train fifth --export onnx:held\nimport numpy as np\nfrom sklearn.linear_model import LinearRegression\n"
        "held = LinearRegression().fit(np.array([[0.0, 1.0], [1.0, 0.0]]), [0.0, 1.0])"
    )
    assert notebook.until_ended("fifth") == "FINISHED"
    report = OnnxReport.from_json((notebook.directory("fifth").artifacts / "reports" / "onnx.json").read_bytes())

    assert report.parity.real.given == 100
    assert notebook.until_ended("fourth") == "FINISHED"
    assert notebook.directory("fourth").user().tags["mlops.onnx.refused"] == (
        "The run has no again. It has no such name."
    )


def test_a_refusal_does_not_fail_the_run(notebook):
    notebook.run(
        "%%train sixth --export onnx:near\nfrom sklearn.neighbors import KNeighborsRegressor\n"
        "near = KNeighborsRegressor(3).fit(X_test.round(), X_test['b'])  # many points are equally far"
    )
    assert notebook.until_ended("sixth") == "FINISHED"
    run = notebook.directory("sixth")

    assert notebook.run("near.n_neighbors").value == "3"
    assert run.user().tags["mlops.onnx.refused"].startswith("Not written: ")
    assert "jupyter-mlops: near was not exported. Not written: " in run.log_file.read_text()
    assert "refused. Not written: " in notebook.run("%runs show sixth").value
    assert not (run.artifacts / "onnx").exists()


def test_a_run_that_fails_exports_nothing(notebook):
    notebook.run("%%train seventh --export onnx:model\n1 / 0")
    assert notebook.until_ended("seventh") == "FAILED"
    run = notebook.directory("seventh")

    assert not run.user().tags
    assert not (run.artifacts / "onnx").exists()
