"""IsotonicRegression and SplineTransformer, between the points, at them and beyond."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler
from unseen_rows import exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import ExportWish, export_model


@pytest.mark.parametrize("beyond", ["clip", "nan", "raise"])
def test_lines_between_points(beyond, X, later, tmp_path):
    model = IsotonicRegression(out_of_bounds=beyond).fit(X[:, 0], X[:, 0] + X[:, 1])
    inside = (later[:, 0] > X[:, 0].min()) & (later[:, 0] < X[:, 0].max())
    exported(model, X[:, :1], later[inside, :1] if beyond == "raise" else later[:, :1], tmp_path / "m.onnx")


def test_one_point_is_one_figure(X, later, tmp_path):
    model = IsotonicRegression(out_of_bounds="clip").fit(np.ones(9), np.arange(9))
    exported(model, X[:, :1], later[:, :1], tmp_path / "m.onnx")


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("beyond", ["constant", "linear", "periodic"])
def test_splines(beyond, degree, bias, X, later, tmp_path):
    if beyond == "linear":
        degree += 1  # with one, scikit-learn takes other points from the second column on
    splines = SplineTransformer(degree=degree, extrapolation=beyond, include_bias=bias)
    exported(splines.fit(X), X, later, tmp_path / "m.onnx")


@pytest.mark.parametrize("beyond", ["constant", "linear", "periodic", "continue", "error"])
def test_splines_of_a_pipeline(beyond, X, later, tmp_path):
    low, high = np.quantile(X, [0, 1], axis=0)
    splines = SplineTransformer(extrapolation=beyond, knots="quantile", n_knots=4)
    model = make_pipeline(StandardScaler(), splines, Ridge()).fit(X, X[:, 0] ** 2)
    inside = ((later > low) & (later < high)).all(axis=1)
    exported(model, X, later[inside] if beyond == "error" else later, tmp_path / "m.onnx")


def test_splines_that_end_otherwise_are_told(X, tmp_path):
    splines = SplineTransformer(degree=1, extrapolation="linear").fit(X)
    with pytest.raises(ExportError, match="degree 1 have no counterpart: take a degree of 2 or more"):
        export_model(splines, X, tmp_path / "m.onnx", ExportWish(timed=False))


def test_splines_of_missing_values_are_told(X, tmp_path):
    rows = np.where(X > 2, np.nan, X)
    with pytest.raises(ExportError, match="takes missing values as zeros: fill them in with SimpleImputer"):
        export_model(
            SplineTransformer(handle_missing="zeros").fit(rows), rows, tmp_path / "m.onnx", ExportWish(timed=False)
        )
