"""Where a model turns: found in the columns of the rows, also through the steps before its trees."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlops.export import Table, edge_rows
from jupyter_mlops.export._repairs._thresholds import decisive_values


@pytest.fixture(scope="module")
def stump(X, y):
    return DecisionTreeClassifier(max_depth=1).fit(X, y)


def test_a_lone_tree_turns_at_its_threshold(stump, X):
    assert decisive_values(stump, Table.of(X), 9) == [(stump.tree_.feature[0], stump.tree_.threshold[0])]


def test_a_pipeline_of_one_step_is_its_step(stump, X):
    assert decisive_values(make_pipeline(stump), Table.of(X), 9) == decisive_values(stump, Table.of(X), 9)


@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame])
def test_a_scaler_is_inverted(form, X, y):
    rows = form(X)
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=2)).fit(rows, y)
    found = decisive_values(model, Table.of(rows), 9)
    scaler, tree = model[0], model[1].tree_
    wanted = {
        (f, t * scaler.scale_[f] + scaler.mean_[f]) for f, t in zip(tree.feature, tree.threshold, strict=True) if f >= 0
    }

    assert np.allclose(sorted(found), sorted(wanted))


@pytest.mark.parametrize("error", [KeyError, AssertionError, ZeroDivisionError, ValueError, RuntimeError])
def test_a_step_that_raises_on_values_nobody_gave_finds_nothing(error, X, y):
    known = set(X.ravel())

    def picky(rows):
        if not set(rows.ravel()) <= known:
            raise error("never seen")
        return rows

    model = make_pipeline(FunctionTransformer(picky), DecisionTreeClassifier(max_depth=2)).fit(X, y)

    assert decisive_values(model, Table.of(X), 9) == []


def test_a_step_that_falls_with_its_column_is_left_out(X, y):
    model = make_pipeline(FunctionTransformer(np.negative), DecisionTreeClassifier(max_depth=2)).fit(X, y)

    assert decisive_values(model, Table.of(X), 9) == []


def test_a_step_that_makes_other_columns_finds_nothing(X, y):
    model = make_pipeline(FunctionTransformer(lambda rows: rows[:, :0] if len(rows) < 9 else rows),
                          DecisionTreeClassifier(max_depth=2)).fit(X, y)  # fmt: skip

    assert decisive_values(model, Table.of(X), 9) == []


def test_a_column_that_is_missing_altogether_is_no_warning(X, y):
    empty = X.copy()
    empty[:, 3] = np.nan
    model = make_pipeline(SimpleImputer(keep_empty_features=True), DecisionTreeClassifier(max_depth=2)).fit(X, y)

    assert {place for place, _ in decisive_values(model, Table.of(empty), 9)} <= {0, 1, 2}


def test_columns_wider_than_a_double_are_no_warning(X, y):
    wide = np.array([[1e308, 1, 1, 1], [-1e308, 1, 1, 1]])
    model = make_pipeline(FunctionTransformer(), DecisionTreeClassifier(max_depth=2)).fit(X, y)

    assert all(np.isfinite(value) for _, value in decisive_values(model, Table.of(wide), 9))


def test_thresholds_beyond_float32_are_no_warning(X, y):
    model = HistGradientBoostingClassifier(max_iter=1).fit(X * 1e300, y)

    assert np.isinf(edge_rows(model, Table.of(X * 1e300)).value).any()


@pytest.mark.parametrize("most", [0, 1, 3])
def test_never_more_than_asked_for_and_the_same_for_the_same_seed(most, X, y):
    model = DecisionTreeClassifier().fit(X, y)
    found = decisive_values(model, Table.of(X), most, seed=5)

    assert len(found) == most
    assert found == sorted(found) == decisive_values(model, Table.of(X), most, seed=5)


@pytest.mark.parametrize("rows", [["a", "b"], pd.DataFrame({"a": ["x"], "b": [1.0]}), np.ones((2, 4), dtype=bool)])
def test_rows_that_are_not_all_numbers_find_nothing(rows, stump):
    assert decisive_values(stump, Table.of(rows), 9) == []


def test_a_model_without_trees_turns_nowhere(X, y):
    assert decisive_values(LogisticRegression().fit(X, y), Table.of(X), 9) == []
