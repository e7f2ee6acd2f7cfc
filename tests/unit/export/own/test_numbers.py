"""Normalizer, Binarizer, PowerTransformer and TfidfTransformer, of numbers that are hardly any, and of missing ones."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer, Normalizer, PowerTransformer, StandardScaler
from unseen_rows import exported

KINDS = {
    "l1": lambda: Normalizer("l1"),
    "l2": lambda: Normalizer("l2"),
    "max": lambda: Normalizer("max"),
    "above": lambda: Binarizer(threshold=0.25),
    "power": lambda: PowerTransformer(),
    "power as it is": lambda: PowerTransformer(standardize=False),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_is_the_same(kind, X, later, tmp_path):
    exported(KINDS[kind]().fit(X), X, later, tmp_path / "m.onnx")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_is_the_same_between_others(kind, X, later, tmp_path):
    model = make_pipeline(StandardScaler(), KINDS[kind](), Ridge()).fit(X, X[:, 0])
    exported(model, X, later, tmp_path / "m.onnx")


def test_a_row_without_length_stays_as_it_is(X, tmp_path):
    exported(Normalizer().fit(X), X, np.zeros((2, 4)), tmp_path / "m.onnx")


@pytest.mark.parametrize("sublinear", [True, False])
@pytest.mark.parametrize("rare", [True, False])
@pytest.mark.parametrize("norm", ["l1", "l2", None])
def test_words_weigh_the_same(norm, rare, sublinear, X, later, tmp_path):
    counts, unseen = (np.maximum(np.round(each), 0) for each in (X, later))
    model = TfidfTransformer(norm=norm, use_idf=rare, sublinear_tf=sublinear).fit(counts)
    exported(model, counts, unseen, tmp_path / "m.onnx")


def test_a_text_without_a_known_word_weighs_nothing(X, tmp_path):
    exported(TfidfTransformer().fit(np.abs(X)), np.abs(X), np.zeros((2, 4)), tmp_path / "m.onnx")


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0, 2.5])
@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
def test_powers_at_which_the_formula_is_a_logarithm(power, method, X, later, tmp_path):
    rows, unseen = (np.abs(each) + 0.1 if method == "box-cox" else each for each in (X, later))
    model = PowerTransformer(method=method, standardize=False).fit(rows)
    model.lambdas_ = np.full(4, power)
    exported(model, rows, unseen, tmp_path / "m.onnx")


def test_what_is_missing_stays_missing(X, later, tmp_path):
    holes = np.where(np.abs(X) < 0.2, np.nan, X)
    exported(PowerTransformer().fit(holes), holes, np.where(later > 1, np.nan, later), tmp_path / "m.onnx")
