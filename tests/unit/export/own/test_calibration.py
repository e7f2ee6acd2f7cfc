"""Classifiers that are calibrated: on the curves' points, between them and beyond; alone, and of a pipeline."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from unseen_rows import exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import ExportWish, export_model


class Own(LogisticRegression):
    """A class that skl2onnx has no conversion of."""


@pytest.fixture(scope="module")
def kinds(X):
    """Three classes, by name."""
    return np.array(["none", "few", "many"])[np.digitize(X[:, 0] + X[:, 1] ** 2, [0, 1])]


@pytest.mark.parametrize("within", [LinearSVC(), LogisticRegression(), GaussianNB()], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("several", [False, True], ids=["two classes", "three classes"])
def test_curves_of_each_class(within, several, method, X, y, kinds, later, tmp_path):
    model = CalibratedClassifierCV(within, method=method).fit(X, kinds if several else y)
    exported(model, X, later, tmp_path / "m.onnx")


def test_curves_of_a_forest_behind_a_scaler(X, kinds, later, tmp_path):
    calibrated = CalibratedClassifierCV(RandomForestClassifier(5, random_state=0), method="isotonic", cv=2)
    exported(make_pipeline(StandardScaler(), calibrated).fit(X, kinds), X, later, tmp_path / "m.onnx")


def test_one_estimator_for_all_folds(X, y, later, tmp_path):
    model = CalibratedClassifierCV(LinearSVC(), method="isotonic", ensemble=False).fit(X, y)
    exported(model, X, later, tmp_path / "m.onnx")


def test_where_all_curves_say_nothing_the_classes_are_alike(X, kinds, tmp_path):
    model = CalibratedClassifierCV(LinearSVC(), method="isotonic", cv=2).fit(X, kinds)
    for pair in model.calibrated_classifiers_:
        for curve in pair.calibrators:
            curve.y_thresholds_[:] = 0
            curve._build_f(curve.X_thresholds_, curve.y_thresholds_)

    report = export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False))

    assert report.parity.differing == 0
    assert np.allclose(model.predict_proba(X[:1]), 1 / 3)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("last", [LinearSVC(), LogisticRegression()], ids=lambda e: type(e).__name__)
def test_a_pipeline_is_calibrated(last, method, X, kinds, later, tmp_path):
    model = CalibratedClassifierCV(make_pipeline(StandardScaler(), "passthrough", last), method=method).fit(X, kinds)
    exported(model, X, later, tmp_path / "m.onnx")


def test_columns_of_every_type_are_calibrated(people, y, tmp_path):
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), ["age", "children"]), ("town", OneHotEncoder(), ["town"])], remainder="drop"
    )
    model = CalibratedClassifierCV(make_pipeline(columns, LogisticRegression()), method="isotonic").fit(people, y)

    assert export_model(model, people, tmp_path / "m.onnx", ExportWish(timed=False)).parity.differing == 0


@pytest.mark.parametrize(
    "within",
    [GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}), FrozenEstimator(LogisticRegression())],
    ids=lambda within: type(within).__name__,
)
def test_what_stands_around_a_classifier_is_calibrated(within, X, y, later, tmp_path):
    within.estimator.fit(X, y)  # what is frozen is fitted before
    exported(CalibratedClassifierCV(within).fit(X, y), X, later, tmp_path / "m.onnx")


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(
    "last",
    [LinearSVC(), LogisticRegression(), RandomForestClassifier(5, random_state=0), GaussianNB()],
    ids=lambda each: type(each).__name__,
)
def test_a_temperature_is_that_of_decisions_else_of_probabilities(last, classes, X, y, kinds, later, tmp_path):
    pipeline = make_pipeline(StandardScaler(), last)
    model = CalibratedClassifierCV(pipeline, method="temperature", cv=2).fit(X, y if classes == 2 else kinds)
    exported(model, X, later, tmp_path / "m.onnx")


def test_a_classifier_that_skl2onnx_does_not_know_is_named(X, y, tmp_path):
    model = CalibratedClassifierCV(Own()).fit(X, y)
    with pytest.raises(ExportError, match="skl2onnx knows no Own"):
        export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False))


def test_an_estimator_that_lacks_a_class_is_told(X, kinds, tmp_path):
    model = CalibratedClassifierCV(LogisticRegression(), method="isotonic", cv=2).fit(X, kinds)
    some = kinds != "many"
    model.calibrated_classifiers_[0].estimator = LogisticRegression().fit(X[some], kinds[some])
    with pytest.raises(ExportError, match="has not seen all classes"):
        export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False))
