"""Models of every kind of signature, exported once; without the extra `onnx` these stories are not collected."""

from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

if any(find_spec(library) is None for library in ("onnx", "onnxruntime", "skl2onnx")):
    collect_ignore_glob = ["test_*.py"]

ROWS = 60
KINDS = ("frame", "mixed", "array", "texts", "regressor", "double", "transformer")
"""Columns in one tensor, columns with an input each, no names, texts, one figure, float64, many figures."""


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    X = np.random.default_rng(0).normal(size=(ROWS, 2))
    return pd.DataFrame(
        {
            "age": X[:, 0] * 10 + 40,
            "children": np.arange(ROWS) % 4,
            "town": np.array(["Bern", "Köln", "Łódź"])[np.arange(ROWS) % 3],
            "member": np.arange(ROWS) % 2 == 0,
        }
    )


@pytest.fixture(scope="session")
def fitted(people):
    """A model of each kind, and rows as it takes them."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    people = people.drop(columns="member")
    numbers = people[["age", "children"]].astype(float)
    answers = np.where(people["age"] > 40, "yes", "no")
    columns = make_column_transformer(
        (StandardScaler(), ["age", "children"]), (OneHotEncoder(handle_unknown="ignore"), ["town"])
    )
    texts = np.array([f"{town} station {place % 5}" for place, town in enumerate(people["town"])], dtype=object)
    vectorizer = TfidfVectorizer(token_pattern="[a-zA-Z0-9_]+")
    forest = RandomForestRegressor(5, random_state=0)
    return {
        "frame": (LogisticRegression().fit(numbers, answers), numbers),
        "mixed": (make_pipeline(columns, LogisticRegression()).fit(people, answers), people),
        "array": (LogisticRegression().fit(numbers.to_numpy(), answers), numbers.to_numpy()),
        "texts": (make_pipeline(vectorizer, LogisticRegression()).fit(texts, answers), texts),
        "regressor": (LinearRegression().fit(numbers, numbers["age"] * 2), numbers),
        "double": (make_pipeline(StandardScaler(), forest).fit(numbers, numbers["age"]), numbers),
        "transformer": (StandardScaler().fit(numbers), numbers),
    }


@pytest.fixture(scope="session")
def bundles(fitted, tmp_path_factory):
    from jupyter_mlops.export import ExportWish, export_model, open_bundle

    folder, made = tmp_path_factory.mktemp("models"), {}
    for kind, (model, rows) in fitted.items():
        export_model(model, rows, folder / f"{kind}.onnx", ExportWish(timed=False, allow_mismatch=ROWS))
        made[kind] = open_bundle(folder / f"{kind}.onnx", kind)
    return made


@pytest.fixture(params=KINDS)
def bundle(request, bundles):
    return bundles[request.param]


@pytest.fixture
def foreign(tmp_path):
    """A file of another program with such inputs and outputs: `(name, type, shape)`."""
    from onnx import TensorProto, helper, save_model

    from jupyter_mlops.export import open_bundle

    def make(*tensors, label="theirs"):
        values = [
            [
                helper.make_tensor_value_info(f"{name}{end}", TensorProto.DataType.Value(kind), shape)
                for name, kind, shape in tensors
            ]
            for end in ("", "_out")
        ]
        nodes = [helper.make_node("Identity", [name], [f"{name}_out"]) for name, _, _ in tensors]
        proto = helper.make_model(
            helper.make_graph(nodes, "theirs", *values), opset_imports=[helper.make_opsetid("", 17)], ir_version=10
        )
        save_model(proto, tmp_path / "theirs.onnx")
        return open_bundle(tmp_path / "theirs.onnx", label)

    return make
