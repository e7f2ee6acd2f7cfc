"""A written file somewhere else: a process that has onnxruntime and NumPy only gives the recorded answers."""

import json
import subprocess
import sys

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from jupyter_mlops.export import ExportWish, export_model
from jupyter_mlops.export._inputs import feeds_of, inputs_of
from jupyter_mlops.export._table import Table

PROGRAM = """
import importlib.abc, json, sys

class Only(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"sklearn", "pandas", "onnx", "skl2onnx", "onnxmltools", "jupyter_mlops", "scipy"}:
            raise ImportError(f"{name} is not here")

sys.meta_path.insert(0, Only())
import numpy as np, onnxruntime
given = json.load(sys.stdin)
feeds = {name: np.array(values, dtype=object if kind == "str" else kind) for name, kind, values in given["feeds"]}
session = onnxruntime.InferenceSession(given["path"])
print(json.dumps([np.asarray(answer).tolist() for answer in session.run(None, feeds)]))
"""


def elsewhere(path, report, table):
    """Return the answers of a process that cannot import what made the file."""
    apart = len(report.inputs) > 1
    tensors = inputs_of(Table.of(table), report.precision, whole=True, apart=apart)
    feeds, fits = feeds_of(tensors, Table.of(table))
    assert fits.all()
    given = {"path": str(path), "feeds": [(t.name, t.element, feeds[t.name].tolist()) for t in tensors]}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(given), capture_output=True, text=True, check=True, cwd="/"
    )
    return [np.array(answer) for answer in json.loads(done.stdout)]


@pytest.mark.parametrize(
    "last",
    [LogisticRegression(), RandomForestClassifier(5, random_state=0), HistGradientBoostingClassifier(max_iter=4)],
    ids=lambda last: type(last).__name__,
)
def test_a_pipeline_answers_where_scikit_learn_is_not(last, X, y, tmp_path):
    model = make_pipeline(StandardScaler(), last).fit(X, y)
    report = export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False))
    labels, shares = elsewhere(tmp_path / "m.onnx", report, X[:40])

    assert (labels == model.predict(X[:40])).all()
    assert np.abs(shares - model.predict_proba(X[:40])).max() < 1e-5


def test_columns_of_every_type_answer_where_pandas_is_not(people, y, tmp_path):
    columns = ColumnTransformer(
        [("age", StandardScaler(), ["age"]), ("town", OneHotEncoder(handle_unknown="ignore"), ["town"])],
        remainder="passthrough",
    )
    names = np.array(["no", "yes"])[y]
    model = make_pipeline(columns, LogisticRegression()).fit(people, names)
    report = export_model(model, people, tmp_path / "m.onnx", ExportWish(timed=False))
    labels, _ = elsewhere(tmp_path / "m.onnx", report, people[:40])

    assert labels.tolist() == model.predict(people[:40]).tolist()
