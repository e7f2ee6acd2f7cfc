"""KNNImputer: in double, with weights, indicators, columns that were never known, and rows that know nothing."""

import numpy as np
import pytest
from sklearn.impute import KNNImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from unseen_rows import QUICK, exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import Table, export_model, open_session
from jupyter_mlops.export._overflow import overflowing

IMPUTERS = {
    "alike": lambda: KNNImputer(n_neighbors=3),
    "by distance": lambda: KNNImputer(n_neighbors=3, weights="distance"),
    "told": lambda: KNNImputer(n_neighbors=3, add_indicator=True),
    "more than there are": lambda: KNNImputer(n_neighbors=1000),
    "a number that stands for none": lambda: KNNImputer(n_neighbors=3, missing_values=-1.0),
}


def holes(rows, value=np.nan, seed=0):
    return np.where(np.random.default_rng(seed).random(rows.shape) < 0.2, value, rows)


@pytest.mark.parametrize("kind", sorted(IMPUTERS))
def test_the_nearest_give_what_is_missing(kind, X, later, tmp_path):
    imputer = IMPUTERS[kind]()
    rows, unseen = holes(X, imputer.missing_values), holes(later, imputer.missing_values, 1)
    exported(imputer.fit(rows), rows, unseen, tmp_path / "m.onnx")


@pytest.mark.parametrize("first", [True, False], ids=["first", "behind a scaler"])
@pytest.mark.parametrize("last", [LinearRegression(), LogisticRegression()], ids=lambda each: type(each).__name__)
def test_a_step_of_a_pipeline(last, first, X, y, later, tmp_path):
    steps = [KNNImputer(n_neighbors=4), StandardScaler()]
    model = make_pipeline(*(steps if first else steps[::-1]), last).fit(holes(X), y)
    exported(model, holes(X), holes(later, seed=1), tmp_path / "m.onnx")


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.filterwarnings("ignore:Skipping features")
def test_a_column_that_was_never_known(kept, X, later, tmp_path):
    def emptied(rows):
        return np.c_[holes(rows[:, :2]), np.full(len(rows), np.nan), rows[:, 3]]

    model = KNNImputer(n_neighbors=3, keep_empty_features=kept).fit(emptied(X))
    report = exported(model, emptied(X), emptied(later), tmp_path / "m.onnx")
    assert report.outputs[0].shape == (None, 4 if kept else 3)


def test_a_row_that_knows_nothing_gets_the_means(X, tmp_path):
    model = KNNImputer(n_neighbors=3).fit(X)
    report = export_model(model, X, tmp_path / "m.onnx", QUICK)
    nothing = np.full((1, 4), np.nan, dtype=report.inputs[0].type)
    (told,) = open_session(tmp_path / "m.onnx").run(None, {"X": nothing})
    assert np.allclose(told, X.mean(axis=0), atol=1e-5)


@pytest.mark.parametrize("rows", [0, 1, 3000])
def test_one_row_none_and_many(rows, X, tmp_path):
    model = KNNImputer(n_neighbors=3).fit(holes(X))
    report = export_model(model, holes(X), tmp_path / "m.onnx", QUICK)
    asked = holes(np.random.default_rng(3).normal(size=(rows, 4)).astype(np.float32))
    (told,) = open_session(tmp_path / "m.onnx").run(None, {"X": asked.astype(report.inputs[0].type)})

    assert told.shape == (rows, 4)
    assert np.allclose(told, model.transform(asked.astype(float)) if rows else told, atol=1e-5)


@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
def test_rows_for_which_rounding_chooses_the_donors_are_beyond_the_model(scaled, X):
    """A square of 1e76 leaves nothing of any other column; of what is known the model says itself."""
    imputer = KNNImputer(n_neighbors=3)
    model = (make_pipeline(StandardScaler(), imputer) if scaled else imputer).fit(holes(X))
    rows = Table.of(np.array([[1e38, np.nan, 0, 0], [1e38, 1.0, 0, 0], [3.0, np.nan, 0, 0], [np.nan] * 4]))
    assert overflowing(model, rows, {}).tolist() == [True, False, False, False]


def test_donors_that_happen_to_be_as_far_are_compared():
    grid = np.array([[x, y] for x in range(3) for y in range(3)], dtype=float)
    model = KNNImputer(n_neighbors=2).fit(grid)
    assert not overflowing(model, Table.of(np.array([[np.nan, 0.5], [1.0, np.nan]])), {}).any()


@pytest.mark.parametrize(
    "how", [{"weights": lambda apart: 1 / apart}, {"metric": lambda a, b, missing_values: abs(a - b).sum()}]
)
def test_functions_of_ones_own_are_told(how, X, tmp_path):
    model = KNNImputer(n_neighbors=3, **how).fit(X)
    with pytest.raises(ExportError, match="a function of your own measures or weighs in KNNImputer"):
        export_model(model, X, tmp_path / "m.onnx", QUICK)
