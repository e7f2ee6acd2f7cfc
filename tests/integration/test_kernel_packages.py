"""`%deploy WHAT --to TARGET` and `%deploy batch` in a real kernel: a run's model into a folder, and through a file."""

from collections.abc import Iterator

import pandas as pd
import pytest
from kernels import KernelNotebook

pytestmark = pytest.mark.kernel

for library in ("onnx", "onnxruntime", "pyarrow", "skl2onnx"):
    pytest.importorskip(library)

DATA = """import numpy as np, pandas as pd
X_test = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 2)), columns=["a", "b"])
y_test = (X_test["a"] > 0).astype(int)"""

TRAIN = """%%train wide
from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit(X_test, y_test)"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(tmp_path_factory.mktemp("notebook"))
    assert notebook.run(DATA).ok
    assert notebook.run(TRAIN).ok
    assert notebook.until_ended("wide") == "FINISHED"
    yield notebook
    notebook.close()


def test_a_run_goes_into_a_folder_and_is_exported_on_the_way(notebook):
    shown = notebook.run(f"%deploy wide --to triton -n cancer -o {notebook.folder / 'there'}")

    assert shown.ok, shown.error
    assert shown.value.startswith(f"✓ {notebook.folder / 'there'}/  cancer for triton, 2 files")
    assert (notebook.folder / "there/cancer/config.pbtxt").exists()
    assert "<table" in shown.html


def test_a_model_of_the_notebook_goes_by_its_run(notebook):
    shown = notebook.run(f"%deploy model --to dotnet -o {notebook.folder / 'sharp'}")
    assert shown.ok, shown.error
    assert (notebook.folder / "sharp/wide.csproj").exists()


def test_a_file_is_answered_and_progress_leaves_no_trace(notebook):
    notebook.run(f"pd.concat([X_test] * 200).to_parquet('{notebook.folder / 'in.parquet'}')")
    shown = notebook.run(
        f"%deploy batch wide {notebook.folder / 'in.parquet'} {notebook.folder / 'out.parquet'} --columns a --chunk 500"
    )
    answers = pd.read_parquet(notebook.folder / "out.parquet")

    assert shown.ok, shown.error
    assert "20,000 rows from" in shown.value
    assert list(answers) == ["a", "predict", "predict_proba_0", "predict_proba_1"]
    assert len(answers) == 20_000
    assert ((answers["a"] > 0).astype(int) == answers["predict"]).mean() > 0.9


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("%deploy wide --to heroku", "No target is called 'heroku'"),
        ("%deploy batch wide none.csv out.csv", "There is no file none.csv"),
    ],
)
def test_a_refusal_is_one_line(notebook, line, told):
    refused = notebook.run(line)
    assert told in refused.error
    assert len(refused.traceback.splitlines()) == 1
