"""A written file somewhere else: a process that has onnxruntime and NumPy only gives the recorded answers."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

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
import json, sys

given = json.load(sys.stdin)
sys.path.append(given["packages"])
import numpy as np, onnxruntime
feeds = {name: np.array(values, dtype=object if kind == "str" else kind) for name, kind, values in given["feeds"]}
session = onnxruntime.InferenceSession(given["path"])
print(json.dumps([np.asarray(answer).tolist() for answer in session.run(None, feeds)]))
"""

THERE = ("numpy", "onnxruntime")
"""All that is installed where the files go."""


def elsewhere(path, report, table):
    """Return the answers of a process that cannot import what made the file."""
    apart = len(report.inputs) > 1
    tensors = inputs_of(Table.of(table), report.precision, whole=True, apart=apart)
    feeds, fits = feeds_of(tensors, Table.of(table))
    assert fits.all()
    return asked_elsewhere(path, [(tensor.name, tensor.element, feeds[tensor.name]) for tensor in tensors])


def asked_elsewhere(path, feeds):
    """Return the answers to tensors: name, type and array of each."""
    told = [(name, kind, array.tolist()) for name, kind, array in feeds]
    packages = path.parent / "packages"
    packages.mkdir()
    for name in THERE:
        installed = Path(find_spec(name).origin).parents[1]
        for folder in (name, f"{name}.libs"):  # a wheel's shared libraries lie beside it
            if installed.joinpath(folder).is_dir():
                packages.joinpath(folder).symlink_to(installed / folder)
    given = {"path": str(path), "feeds": told, "packages": str(packages)}
    # Neither the environment nor its packages: Python's own library, and what is in the folder.
    program = [sys.executable, "-I", "-S", "-c", PROGRAM]
    done = subprocess.run(program, input=json.dumps(given), capture_output=True, text=True, check=True, cwd="/")
    return [np.array(answer) for answer in json.loads(done.stdout)]


def booster(library, name):
    return getattr(pytest.importorskip(library), name)(n_estimators=5, verbosity=-1 if library == "lightgbm" else 0)


def machine():
    glassbox = pytest.importorskip("interpret.glassbox")
    return glassbox.ExplainableBoostingClassifier(max_rounds=20, outer_bags=2, interactions=0, n_jobs=1)


OTHERS = {
    "xgboost": lambda: booster("xgboost", "XGBClassifier"),
    "lightgbm": lambda: booster("lightgbm", "LGBMClassifier"),
    "ebm": machine,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", OTHERS)
def test_every_library_of_tables_answers_where_it_is_not(name, X, y, tmp_path):
    model = OTHERS[name]().fit(X, y)
    report = export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False))
    labels, shares = elsewhere(tmp_path / "m.onnx", report, X[:40])

    assert report.converter == name
    assert labels.ravel().tolist() == model.predict(X[:40]).tolist()
    assert np.abs(shares - model.predict_proba(X[:40])).max() < 1e-5


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
def test_a_network_of_several_inputs_answers_where_torch_is_not(X, tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")

    class Both(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.last = torch.nn.Embedding(9, 4), torch.nn.LSTM(4, 3, batch_first=True)

        def forward(self, ids, x):
            return self.last(self.words(ids))[0][:, -1], x.sum(1)

    network = Both()
    ids = np.arange(len(X) * 3).reshape(-1, 3) % 9
    report = export_model(network, (ids, X), tmp_path / "m.onnx", ExportWish(timed=False))
    feeds = [("ids", "int64", ids[:40]), ("x", "float32", X[:40].astype(np.float32))]
    found = asked_elsewhere(tmp_path / "m.onnx", feeds)
    with torch.no_grad():
        told = network(torch.from_numpy(ids[:40]), torch.from_numpy(X[:40].astype(np.float32)))

    assert report.converter == "torch"
    assert all(np.abs(ours - theirs.numpy()).max() < 1e-5 for ours, theirs in zip(found, told, strict=True))


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore")
def test_images_answer_where_keras_is_not(tmp_path):
    """Made in a process of its own: TensorFlow stays with whoever imports it."""
    pytest.importorskip("keras")
    pytest.importorskip("tf2onnx")
    given = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    made = subprocess.run(
        [sys.executable, "-c", IMAGES, str(tmp_path)],
        env=os.environ | given, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(made.stdout.splitlines()[-1])
    (found,) = asked_elsewhere(tmp_path / "m.onnx", [("X", "float32", np.array(told["rows"]))])

    assert np.abs(found - np.array(told["answers"])).max() < 1e-5


IMAGES = """
import json, sys
import keras, numpy as np
from keras import layers
from jupyter_mlops.export import ExportWish, export_model
rows = np.random.default_rng(0).normal(size=(20, 6, 6, 1)).astype("float32")
parts = [layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(3)]
model = keras.Sequential([keras.Input((6, 6, 1)), *parts])
export_model(model, rows, sys.argv[1] + "/m.onnx", ExportWish(timed=False))
print(json.dumps({"rows": rows.tolist(), "answers": model(rows).numpy().tolist()}))
"""


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
