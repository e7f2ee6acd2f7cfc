"""Chains: each target hangs on what was said of those before it."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multioutput import ClassifierChain, RegressorChain
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from unseen_rows import exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import ExportWish, export_model


@pytest.fixture
def several(X):
    return np.c_[X[:, 0] > 0, X[:, 0] + X[:, 1] > 0, X[:, 2] > 0.5].astype(int)


@pytest.mark.parametrize("by", ["predict", "predict_proba"])
@pytest.mark.parametrize("order", [None, [2, 0, 1]], ids=["in order", "another order"])
def test_classes_one_behind_the_other(by, order, X, later, several, tmp_path):
    model = ClassifierChain(LogisticRegression(), order=order, chain_method=by).fit(X, several)
    report = exported(model, X, later, tmp_path / "m.onnx")
    assert [output.method for output in report.outputs] == ["predict", "predict_proba"]


def test_of_forests_and_behind_a_scaler(X, later, several, tmp_path):
    chain = ClassifierChain(RandomForestClassifier(5, random_state=0))
    exported(make_pipeline(StandardScaler(), chain).fit(X, several), X, later, tmp_path / "m.onnx")


@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
def test_figures_one_behind_the_other(scaled, X, later, tmp_path):
    line = make_pipeline(StandardScaler(), Ridge()) if scaled else Ridge()
    model = RegressorChain(line, order=[1, 0]).fit(X, np.c_[X[:, 0] ** 2, X[:, 1] + X[:, 2]])
    exported(model, X, later, tmp_path / "m.onnx")


def test_a_chain_of_scores_is_told(X, several, tmp_path):
    with pytest.raises(ExportError, match="use an estimator with predict_proba"):
        export_model(ClassifierChain(LinearSVC()).fit(X, several), X, tmp_path / "m.onnx", ExportWish(timed=False))
