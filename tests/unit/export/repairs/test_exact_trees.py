"""Thresholds of whatever has trees: of what has none, of what is not fitted, and of categories, nothing."""

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlops.export._repairs._exact_trees import thresholds_of

UNFITTED = [
    DecisionTreeClassifier(), HistGradientBoostingClassifier(), xgboost.XGBClassifier(), xgboost.XGBRegressor(),
    lightgbm.LGBMClassifier(), LogisticRegression(), None, "a text",
]  # fmt: skip


@pytest.mark.parametrize("model", UNFITTED, ids=lambda model: type(model).__name__)
def test_what_is_not_fitted_has_no_thresholds(model):
    """A meta-estimator keeps such a one beside those that it has fitted."""
    assert thresholds_of(model) == {}


def test_a_linear_booster_has_no_thresholds(X, y):
    assert thresholds_of(xgboost.XGBRegressor(n_estimators=2, booster="gblinear").fit(X, y)) == {}


def test_a_split_by_categories_has_no_threshold():
    number = np.random.default_rng(0).normal(size=200)
    kind = np.arange(200) % 4
    settings = {"n_estimators": 2, "verbose": -1, "min_child_samples": 1, "min_data_per_group": 1, "cat_smooth": 0}
    model = lightgbm.LGBMRegressor(**settings)
    model.fit(np.c_[kind, number], np.isin(kind, [0, 2]) + number / 100, categorical_feature=[0])

    assert "==" in set(model.booster_.trees_to_dataframe()["decision_type"])
    assert 0 not in thresholds_of(model)


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(max_depth=3),
        HistGradientBoostingClassifier(max_iter=2),
        xgboost.XGBClassifier(n_estimators=2, max_depth=2),
        lightgbm.LGBMClassifier(n_estimators=2, verbose=-1),
    ],
    ids=lambda model: type(model).__name__,
)
def test_thresholds_are_sorted_doubles_without_a_second_of_any(model, X, y):
    found = thresholds_of(model.fit(X, y))

    assert found
    assert all(values.dtype == np.float64 and (np.diff(values) > 0).all() for values in found.values())


def test_a_name_like_a_place_is_still_a_name(X, y):
    settings = {"n_estimators": 2, "max_depth": 2}
    by_place = thresholds_of(xgboost.XGBClassifier(**settings).fit(X, y))
    named = pd.DataFrame(X, columns=["f3", "f2", "f1", "f0"])
    by_name = thresholds_of(xgboost.XGBClassifier(**settings).fit(named, y))

    assert {place: values.tolist() for place, values in by_name.items()} == {
        place: values.tolist() for place, values in by_place.items()
    }
