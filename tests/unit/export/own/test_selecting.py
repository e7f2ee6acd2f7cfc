"""Choosing columns, the first alone too."""

import numpy as np
import pytest
from sklearn.feature_selection import RFE, SelectFdr, SelectFromModel, SelectKBest, VarianceThreshold
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from unseen_rows import QUICK, exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import export_model

SELECTORS = {
    "best": lambda: SelectKBest(k=1),
    "likely": lambda: SelectFdr(alpha=1e-9),
    "important": lambda: SelectFromModel(LogisticRegression(C=0.05), threshold=0.5),
    "left": lambda: RFE(LogisticRegression(), n_features_to_select=1),
}


@pytest.mark.parametrize("kind", sorted(SELECTORS))
def test_the_first_column_alone_can_be_chosen(kind, X, later, tmp_path):
    truth = (X[:, 0] > 0).astype(int)
    model = make_pipeline(SELECTORS[kind](), LogisticRegression()).fit(X, truth)
    assert model[0].get_support(indices=True).tolist() == [0]
    exported(model, X, later, tmp_path / "m.onnx")


def test_no_column_is_no_tensor(X, y, tmp_path):
    model = SelectFdr(alpha=0).fit(X, np.random.default_rng(0).random(len(X)) > 0.5)
    with pytest.raises(ExportError, match="it has chosen no column"):
        export_model(model, X, tmp_path / "m.onnx", QUICK)
    assert list(tmp_path.iterdir()) == []


def test_columns_that_say_nothing_go(X, later, tmp_path):
    exported(VarianceThreshold(0.9).fit(X), X, later, tmp_path / "m.onnx")
