"""Any scikit-learn-like model: every classifier, regressor and clusterer of scikit-learn, and boosting libraries'."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.utils import all_estimators

from jupyter_mlops.entities import ExplanationReport
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model

SLOW = {"GaussianProcessClassifier", "HistGradientBoostingClassifier", "HistGradientBoostingRegressor"}
SMALL = {"n_clusters": 2, "n_estimators": 5, "bandwidth": 0.3, "radius": 9.0}
"""Settings that make few trees and two clusters, and everybody a neighbour."""

WISH = ExplanationWish(rows=(0, 1), repeats=1, sample=24)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Positive numbers: some estimators take no others."""
    return pd.DataFrame(np.random.default_rng(0).random((24, 2)) + 0.1, columns=["a", "b"])


@pytest.fixture(scope="module")
def labels(table) -> pd.Series:
    return (table["a"] > table["a"].median()).astype(int).rename("label")


def made(estimator):
    """Return a small estimator; None where it wants others to be made of."""
    try:
        model = estimator()
    except TypeError:
        return None
    return model.set_params(**{key: value for key, value in SMALL.items() if key in model.get_params()})


def fitted(estimator, table, labels):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = made(estimator)
        if model is None:
            pytest.skip("is made of other estimators")
        try:
            return model.fit(table, labels)
        except ValueError as error:
            pytest.skip(f"is not for such data: {error}")


def estimators(kind: str):
    return [
        pytest.param(estimator, id=name) for name, estimator in all_estimators(type_filter=kind) if name not in SLOW
    ]


@pytest.mark.parametrize("estimator", estimators("classifier"))
def test_every_classifier_is_explained(estimator, table, labels):
    report = explain_model(fitted(estimator, table, labels), table, labels, wish=WISH)

    assert (report.task, report.outputs) == ("binary", ("1",))
    assert report.scale in ("probability", "decision function", "share of rows")
    assert [len(shape.values) for shape in report.shapes] == [1, 1]
    assert ExplanationReport.from_json(report.to_json()) == report


@pytest.mark.parametrize("estimator", estimators("regressor"))
def test_every_regressor_is_explained(estimator, table, labels):
    report = explain_model(fitted(estimator, table, labels), table, labels, wish=WISH)

    assert (report.task, report.outputs) == ("regression", ("label",))
    assert ExplanationReport.from_json(report.to_json()) == report


@pytest.mark.parametrize("estimator", estimators("cluster"))
def test_every_clusterer_is_explained_or_says_why_not(estimator, table, labels):
    model = fitted(estimator, table, labels)
    if not hasattr(model, "predict"):
        with pytest.raises(UsageError, match="it has no predict"):
            explain_model(model, table, wish=WISH)
        return
    report = explain_model(model, table, wish=WISH)

    assert report.task == "clustering"
    assert ExplanationReport.from_json(report.to_json()) == report


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("kind", ["Classifier", "Regressor"])
def test_boosting_libraries_are_explained(library, kind, table, labels):
    """LightGBM writes an underscore for a blank in the names of columns."""
    module = pytest.importorskip(library)
    settings = {"verbose": -1, "min_child_samples": 2} if library == "lightgbm" else {}
    estimator = getattr(module, f"{'LGBM' if library == 'lightgbm' else 'XGB'}{kind}")(n_estimators=5, **settings)
    named = table.rename(columns={"a": "the first"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = estimator.fit(named, labels)

    report = explain_model(model, named.assign(other=1), labels, wish=WISH)

    assert report.importance.names[0] == "the first"
    assert report.task == ("binary" if kind == "Classifier" else "regression")
    assert "left out: 'other'" in report.notes[0]


def test_one_cluster_is_nothing_to_explain(table):
    model = KMeans(1, n_init=1).fit(table)
    with pytest.raises(UsageError, match="KMeans knows one cluster only: no column can move a row to another"):
        explain_model(model, table)


def test_names_that_lightgbm_gave_to_an_array_are_not_asked_of_a_frame(table, labels):
    lightgbm = pytest.importorskip("lightgbm")
    model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, min_child_samples=2).fit(table.to_numpy(), labels)

    assert explain_model(model, table, labels, wish=WISH).features.names == ("a", "b")
