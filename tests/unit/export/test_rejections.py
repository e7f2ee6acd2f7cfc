"""The file says which columns may not be missing or infinite: as the model itself has refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from jupyter_mlops.export import export_model, open_bundle

pytest.importorskip("skl2onnx")

X = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["a", "b"])
Y = (X["a"] > 0).astype(int)


@pytest.mark.parametrize(
    ("model", "rows", "missing", "infinite"),
    [
        (LogisticRegression(), X, '["a", "b"]', '["a", "b"]'),
        (LogisticRegression(), X.to_numpy(), '["0", "1"]', '["0", "1"]'),
        (make_pipeline(SimpleImputer(), LogisticRegression()), X, None, '["a", "b"]'),
        (
            make_pipeline(
                make_column_transformer((SimpleImputer(), ["a"]), remainder="passthrough"), LogisticRegression()
            ),
            X,
            '["b"]',
            '["a", "b"]',
        ),
        (HistGradientBoostingClassifier(max_iter=3), X, None, None),
    ],
    ids=["none", "array", "imputed", "one-imputed", "trees"],
)
def test_the_file_tells_the_columns(tmp_path, model, rows, missing, infinite):
    export_model(model.fit(rows, Y), rows[:20], tmp_path / "model.onnx")

    facts = open_bundle(tmp_path / "model.onnx").facts
    assert (facts.get("rejects_missing"), facts.get("rejects_infinite")) == (missing, infinite)


def test_what_no_whole_number_is_was_asked_too_where_the_file_takes_it(tmp_path):
    rows = pd.DataFrame({"visits": np.arange(60) % 7, "a": X["a"]})
    model = make_pipeline(make_column_transformer((SimpleImputer(), ["visits", "a"])), LogisticRegression())

    report = export_model(model.fit(rows, Y), rows[:20], tmp_path / "model.onnx")

    assert report.inputs[0].type.startswith("float")
    facts = open_bundle(tmp_path / "model.onnx").facts
    assert (facts.get("rejects_missing"), facts.get("rejects_infinite")) == (None, '["visits", "a"]')
