"""What the original says of rows: of all that it takes, in their order, whatever it raises at the others."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, ClusterMixin, OutlierMixin, RegressorMixin

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.export import Table
from jupyter_mlops.export._estimator import Estimator, rows_first, said
from jupyter_mlops.export._original import Original, ask


class Picky(RegressorMixin, BaseEstimator):
    """Doubles what is positive, and refuses a batch with anything else in it."""

    def predict(self, X):
        if not (X > 0).all():
            raise ValueError(f"\n  {X[(X <= 0)].min():g} is not positive.  \nmore")
        return X[:, 0] * 2


class Says:
    """A model whose one method gives what it was told to."""

    def __init__(self, answer, method="predict"):
        self.answer = answer
        setattr(self, method, lambda X: self.answer)


def column(*values) -> Table:
    return Table.of(np.array([[value] for value in values], dtype=float).reshape(-1, 1))


@given(st.lists(st.integers(-2, 3), min_size=1, max_size=20))
def test_rows_are_found_by_halves_as_if_each_was_asked_alone(values):
    answers = ask(Estimator(Picky()), column(*values), ("predict",))
    taken = [value for value in values if value > 0]
    reasons = {f"{value} is not positive": values.count(value) for value in {*values} if value <= 0}

    assert answers.answered.tolist() == [value > 0 for value in values]
    assert [row.tolist() for row in answers.by_method.get("predict", [])] == [[2 * value] for value in taken]
    assert answers.rejected == reasons


def test_a_reason_is_a_line_that_can_be_read():
    class Wordy:
        def predict(self, X):
            raise TypeError("x" * 5000)

    class Silent:
        def predict(self, X):
            raise KeyError

    assert ask(Estimator(Wordy()), column(1), ("predict",)).rejected == {"x" * 120: 1}
    assert ask(Estimator(Silent()), column(1, 2), ("predict",)).rejected == {"KeyError": 2}


def test_a_row_that_one_method_rejects_is_answered_by_none():
    class Half(Picky):
        def predict(self, X):
            return X[:, 0]

        def transform(self, X):
            return Picky.predict(self, X)

    answers = ask(Estimator(Half()), column(1, -1, 2), ("predict", "transform"))

    assert answers.answered.tolist() == [True, False, True]
    assert {name: found.ravel().tolist() for name, found in answers.by_method.items()} == {
        "predict": [1, 2],
        "transform": [2, 4],
    }


def test_an_interrupt_is_no_reason():
    class Interrupted:
        def predict(self, X):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(Estimator(Interrupted()), column(1), ("predict",))


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        (np.array([1, 2, 3]), [[1], [2], [3]]),
        (pd.Series([1, 2, 3], index=[9, 9, 9]), [[1], [2], [3]]),
        (pd.DataFrame({"b": [1, 2, 3], "a": [4, 5, 6]}), [[1, 4], [2, 5], [3, 6]]),
        (sparse.csr_matrix([[0, 1], [0, 0], [2, 0]]), [[0, 1], [0, 0], [2, 0]]),
        ([np.array([[1, 2]] * 3), np.array([[3, 4]] * 3)], [[1, 2, 3, 4]] * 3),
        (np.zeros((3, 2, 2)), [[0, 0, 0, 0]] * 3),
        (np.array([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]]),
        ([1, 2, 3], [[1], [2], [3]]),
        (["no", "yes", "no"], [["no"], ["yes"], ["no"]]),
        ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
    ],
    ids=["labels", "series", "frame", "sparse", "targets", "cube", "wide", "list", "list of texts", "list of rows"],
)
def test_an_answer_has_a_row_for_each_that_was_asked(answer, rows):
    assert said(Says(answer), "predict", column(1, 2, 3)).tolist() == rows


@pytest.mark.parametrize("answer", [5, np.zeros(2), np.zeros((2, 4)), np.zeros((4, 5)), []])
def test_an_answer_of_another_length_is_none(answer):
    with pytest.raises(ValueError, match="to 3 rows"):
        said(Says(answer), "predict", column(1, 2, 3))


@pytest.mark.parametrize(("shape", "figures"), [((0,), 1), ((0, 4), 4), ((0, 2, 3), 6)])
def test_of_no_rows_the_width_of_the_answer_stays(shape, figures):
    assert rows_first(np.empty(shape), 0).shape == (0, figures)


def test_what_a_model_warns_of_while_it_is_asked_stays_with_it():
    class Loud(Picky):
        def predict(self, X):
            warnings.warn("old habit", FutureWarning, stacklevel=1)
            return np.log(X[:, 0]) / np.zeros(len(X))

    before = np.geterr()

    assert said(Loud(), "predict", column(1, 0))[1].tolist() == [-np.inf]
    assert np.geterr() == before
    with pytest.warns(UserWarning, match="heard again"):
        warnings.warn("heard again", UserWarning, stacklevel=1)


def test_what_neither_predicts_nor_transforms_cannot_be_compared():
    with pytest.raises(UsageError, match=r"^object neither predicts nor transforms: nothing could be compared[.]$"):
        Original.asked(Estimator(object()), column(1), column(1))


def test_a_model_that_takes_no_row_is_told_with_its_own_words():
    with pytest.raises(
        UsageError,
        match=r"^The model answers no row of X: -1 is not positive[.] Give rows as it takes them, with -X[.]$",
    ):
        Original.asked(Estimator(Picky()), column(-1, -1), column(1))


def test_a_method_that_is_there_and_cannot_is_not_asked_for():
    class Shy(Picky):
        def predict_proba(self, X):
            raise AttributeError("only with probability=True")

        def score_samples(self, X):
            return X[:, 0]

    original = Original.asked(Estimator(Shy()), column(1, -1), column(-3, 2))

    assert original.methods == ("predict", "score_samples")
    assert original.first == "predict"
    assert original.real.answered.tolist() == [True, False]
    assert original.edge.rejected == {"-3 is not positive": 1}


@pytest.mark.parametrize(
    ("kind", "labels"),
    [(ClassifierMixin, True), (ClusterMixin, True), (OutlierMixin, True), (RegressorMixin, False)],
)
def test_a_class_a_cluster_and_an_outlier_are_labels_and_a_figure_is_none(kind, labels):
    model = type("Model", (kind, BaseEstimator), {"predict": lambda self, X: np.zeros(len(X))})()

    assert Original.asked(Estimator(model), column(1), column(1)).has_labels is labels


def test_a_clusterer_that_only_transforms_names_nothing():
    model = type("Model", (ClusterMixin, BaseEstimator), {"transform": lambda self, X: X})()

    assert Original.asked(Estimator(model), column(1), column(1)).has_labels is False
