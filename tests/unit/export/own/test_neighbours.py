"""Neighbours that weigh by their distance, or that are sought by radius, of every metric that can be written."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import (
    KNeighborsClassifier,
    KNeighborsRegressor,
    RadiusNeighborsClassifier,
    RadiusNeighborsRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from unseen_rows import QUICK, exported, rows_off

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import ExportWish, export_model, open_session

METRICS = {
    "straight": {},
    "along the axes": {"metric": "manhattan"},
    "to the third": {"p": 3},
    "the largest": {"metric": "chebyshev"},
    "squares": {"metric": "sqeuclidean", "algorithm": "brute"},
    "straight, without a tree": {"algorithm": "brute"},
}
KINDS = {"few": KNeighborsClassifier, "figures": KNeighborsRegressor}
ROUND = {"near": RadiusNeighborsClassifier, "near figures": RadiusNeighborsRegressor}


@pytest.fixture(scope="module")
def words(y):
    return np.where(y, "yes", "no")


@pytest.mark.parametrize("metric", sorted(METRICS))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_nearest_weigh_most(kind, metric, X, y, later, tmp_path):
    model = KINDS[kind](4, weights="distance", **METRICS[metric]).fit(X, y)
    exported(model, X, later, tmp_path / "m.onnx")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_metric_that_skl2onnx_has_not(kind, X, y, later, tmp_path):
    exported(KINDS[kind](3, metric="chebyshev").fit(X, y), X, later, tmp_path / "m.onnx")


def test_angles_are_measured_where_there_are_any(X, y, tmp_path):
    """A row of zeros has no angle, and all are as far from it: which are taken, no file can say."""
    model = KNeighborsRegressor(3, weights="distance", metric="cosine").fit(X, X[:, 0])
    with pytest.raises(ExportError, match="generated rows differ"):
        export_model(model, X, tmp_path / "m.onnx", QUICK)
    report = export_model(model, X, tmp_path / "m.onnx", ExportWish(timed=False, allow_mismatch=10))
    assert (report.parity.real.differing, report.parity.differing <= 10) == (0, True)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("metric", ["straight", "along the axes", "to the third"])
@pytest.mark.parametrize("kind", sorted(ROUND))
def test_all_within_a_radius_are_asked(kind, metric, weights, X, y, later, tmp_path):
    model = ROUND[kind](1.5, weights=weights, **METRICS[metric]).fit(X, y)
    near = later[[len(found) > 0 for found in model.radius_neighbors(later)[1]]]

    report = export_model(model, X, tmp_path / "m.onnx", QUICK)

    assert len(near) > len(later) / 2
    assert set(rows_off(model, report, tmp_path / "m.onnx", near).values()) == {0}


@pytest.mark.filterwarnings("ignore:Outlier label 7 is not in training classes")
@pytest.mark.parametrize("other", [1, 7, "most_frequent"])
def test_who_has_nobody_around_is_of_the_class_for_such_rows(other, X, y, later, tmp_path):
    model = RadiusNeighborsClassifier(0.4, outlier_label=other).fit(X, y)
    exported(model, X, later, tmp_path / "m.onnx")
    assert (7 in model.predict(later)) == (other == 7)


def test_the_class_of_such_rows_is_a_word(X, words, later, tmp_path):
    model = RadiusNeighborsClassifier(0.4, outlier_label="no").fit(X, words)
    exported(model, X, later, tmp_path / "m.onnx")


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast", "ignore:One or more samples have no neighbors")
@pytest.mark.parametrize("element", [float, int])
def test_a_figure_of_nobody_is_what_scikit_learn_has_for_none(element, X, y, tmp_path):
    """Of whole numbers it makes the smallest one out of NaN; the file says the same."""
    model = RadiusNeighborsRegressor(0.4).fit(X, y.astype(element))
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    given = np.array([X[0], [9.0, 9.0, 9.0, 9.0]]).astype(report.inputs[0].type)
    told = open_session(tmp_path / "m.onnx").run(None, {"X": given})[0].ravel()

    assert np.allclose(told, model.predict(given.astype(float)), equal_nan=True)
    assert np.isnan(told).tolist() == [False, element is float]


@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_several_targets_are_told_apart(weights, scaled, X, y, later, tmp_path):
    targets, figures = np.c_[y, X[:, 2] > 0, X[:, 3] > 0].astype(int), np.c_[X[:, 0], X[:, 1] * 2]
    for model, truth in (
        (KNeighborsClassifier(3, weights=weights), targets),
        (RadiusNeighborsClassifier(9.0, weights=weights), targets),
        (KNeighborsRegressor(3, weights=weights), figures),
    ):
        whole = make_pipeline(StandardScaler(), model) if scaled else model
        exported(whole.fit(X, truth), X, later, tmp_path / "m.onnx")


def test_targets_with_as_many_classes_as_they_like_have_labels(X, y, later, tmp_path):
    targets = np.c_[y, np.digitize(X[:, 2], [-0.5, 0.5])]
    model = KNeighborsClassifier(3, weights="distance").fit(X, targets)
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    (labels,) = open_session(tmp_path / "m.onnx").run(["label"], {"X": later.astype(report.inputs[0].type)})

    assert [output.method for output in report.outputs] == ["predict"]
    assert (labels == model.predict(later)).all()


@pytest.mark.parametrize("element", ["float32", "float64"])
def test_a_known_point_is_asked_alone(element, X, words, tmp_path):
    """It is no distance from itself: what its neighbours say counts for nothing, of two such points both count."""
    points = np.r_[X.astype(np.float32), X[:5].astype(np.float32)].astype(float)
    model = KNeighborsClassifier(5, weights="distance").fit(
        points, np.r_[words, np.where(words[:5] == "yes", "no", "yes")]
    )
    report = exported(model, points.astype(element), points, tmp_path / "m.onnx")
    shares = open_session(tmp_path / "m.onnx").run(["probabilities"], {"X": points.astype(report.inputs[0].type)})[0]

    assert np.isin(shares, (0.0, 0.5, 1.0)).all()
    assert (shares == 0.5).any()


@pytest.mark.parametrize("rows", [0, 1, 5000])
def test_one_row_none_and_many(rows, X, y, tmp_path):
    model = KNeighborsRegressor(3, weights="distance").fit(X, y)
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    asked = np.random.default_rng(3).normal(size=(rows, 4)).astype(np.float32)
    (told,) = open_session(tmp_path / "m.onnx").run(None, {"X": asked.astype(report.inputs[0].type)})

    assert told.shape == (rows, 1)
    assert np.allclose(told.ravel(), model.predict(asked.astype(float)) if rows else [], atol=1e-5)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"weights": lambda apart: 1 / (1 + apart)}, "a function weighs the neighbours, .*: take weights='distance'"),
        ({"weights": "distance", "metric": "canberra"}, "the metric canberra has no counterpart: measure by chebyshev"),
        ({"weights": "distance", "metric": lambda a, b: abs(a - b).sum()}, "the metric of its own has no counterpart"),
        ({"weights": "distance", "metric": "minkowski", "metric_params": {"w": [1, 1, 1, 2]}}, "the metric minkowski"),
    ],
    ids=["weights", "metric", "own metric", "weighted columns"],
)
def test_what_cannot_be_written_is_told(how, said, X, y, tmp_path):
    with pytest.raises(ExportError, match=said):
        export_model(KNeighborsClassifier(3, **how).fit(X, y), X, tmp_path / "m.onnx", QUICK)


def test_neighbours_are_a_step_of_a_stack(X, y, later, tmp_path):
    from sklearn.ensemble import StackingRegressor

    stack = StackingRegressor([("near", KNeighborsRegressor(3, weights="distance")), ("line", LinearRegression())])
    exported(stack.fit(X, y), X, later, tmp_path / "m.onnx")
