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
    notebook.run("from sklearn.cluster import KMeans\nclusters = KMeans(2, n_init=1).fit(X_test)")
    refused = notebook.run(f"%export_onnx clusters -o {notebook.folder / 'k.onnx'}")

    assert refused.error.startswith("ExportError: Not written: ")
    assert "Stage: KMeans" in refused.error
    assert len(refused.traceback.splitlines()) == 1
    assert not (notebook.folder / "k.onnx").exists()
