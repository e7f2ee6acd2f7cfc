"""Rows that a model cannot compute itself are its domain, and no others are."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from unseen_rows import exported

from jupyter_mlops.export import Table
from jupyter_mlops.export._overflow import overflowing

OWN = "the answer is beyond the model's own sums"


def test_a_row_of_huge_numbers_without_an_answer_is_beyond_the_model():
    rows = Table.of(np.array([[1e200, 2.0], [np.nan, 1e200], [np.inf, 1e200], [3e200, 4.0]]))
    told = {"predict": np.array([["a"]] * 4, dtype=object), "decision_function": np.array([[np.nan]] * 3 + [[1.0]])}
    assert overflowing(LinearRegression(), rows, told).tolist() == [True, False, False, False]


def test_no_answer_to_numbers_that_anybody_has_is_an_answer():
    """What no sum can overflow at is what the model means: it is compared, and NaN is equal to NaN alone."""
    rows = Table.of(np.array([[1.0], [-1e9], [0.0], [1e-300]]))
    assert not overflowing(LinearRegression(), rows, {"predict": np.full((4, 1), np.nan)}).any()


def test_no_answer_beyond_the_points_is_compared(X, later, tmp_path):
    model = IsotonicRegression(out_of_bounds="nan").fit(X[:, 0], X[:, 1])
    rows = later[:300, :1] * 3
    report = exported(model, rows, later[:, :1], tmp_path / "m.onnx")
    assert np.isnan(model.predict(rows)).any()
    assert report.parity.real.checked == len(rows)


@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
def test_from_far_away_all_neighbours_are_as_far(scaled, X, y):
    neighbours = KNeighborsClassifier(3)
    model = (make_pipeline(StandardScaler(), neighbours) if scaled else neighbours).fit(X, y)
    rows = Table.of(np.array([[1.0] * 4, [1e6] * 4, [1e30, 0, 0, 0], [1e300] * 4]))
    assert overflowing(model, rows, {}).tolist() == [False, False, True, True]


def test_neighbours_that_happen_to_be_as_far_are_compared():
    """On a grid the nearest are often equally far: such a row is compared, and refused where it differs."""
    grid = np.array([[x, y] for x in range(3) for y in range(3)], dtype=float)
    model = KNeighborsClassifier(2).fit(grid, grid[:, 0])
    assert not overflowing(model, Table.of(grid + 0.5), {}).any()


@pytest.mark.parametrize(
    "model",
    [KNeighborsClassifier(3), KNeighborsRegressor(3), LocalOutlierFactor(novelty=True)],
    ids=lambda model: type(model).__name__,
)
def test_such_rows_are_listed_and_do_not_refuse_a_file(model, X, y, later, tmp_path):
    report = exported(model.fit(X) if "Outlier" in str(model) else model.fit(X, y), X, later, tmp_path / "m.onnx")
    assert OWN in {each.reason for each in report.parity.domain}
