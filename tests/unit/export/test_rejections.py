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
