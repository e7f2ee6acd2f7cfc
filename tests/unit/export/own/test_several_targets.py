"""Trees and forests that classify several targets at once."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier
from unseen_rows import exported

KINDS = {
    "tree": lambda: DecisionTreeClassifier(max_depth=4, random_state=0),
    "one tree at random": lambda: ExtraTreeClassifier(max_depth=5, random_state=0),
    "forest": lambda: RandomForestClassifier(7, random_state=0),
    "forest at random": lambda: ExtraTreesClassifier(10, max_depth=4, random_state=0),
}
TARGETS = {
    "two of two": lambda X: np.c_[X[:, 0] > 0, X[:, 1] + X[:, 2] > 0.3].astype(int),
    "two and three": lambda X: np.c_[X[:, 0] > 0, np.digitize(X[:, 2], [-0.5, 0.5])].astype(int),
    "words": lambda X: np.c_[np.where(X[:, 0] > 0, "yes", "no"), np.where(X[:, 1] > 0, "big", "small")],
}


@pytest.mark.parametrize("targets", sorted(TARGETS))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_target_has_its_label_and_its_shares(kind, targets, X, later, tmp_path):
    model = KINDS[kind]().fit(X, TARGETS[targets](X))
    report = exported(model, X, later, tmp_path / "m.onnx")
    shares = targets != "two and three"  # of different widths they are no array of the original
    assert [output.method for output in report.outputs] == ["predict", *["predict_proba"] * shares]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_behind_a_scaler(kind, X, later, tmp_path):
    model = make_pipeline(StandardScaler(), KINDS[kind]()).fit(X, TARGETS["two of two"](X))
    exported(model, X, later, tmp_path / "m.onnx")


def test_a_forest_of_figures(X, later, tmp_path):
    exported(RandomForestRegressor(5, random_state=0).fit(X, X[:, :2]), X, later, tmp_path / "m.onnx")
