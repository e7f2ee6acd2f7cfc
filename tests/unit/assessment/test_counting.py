"""Formulas of counts say what the libraries say of the rows, and stand back where a library counts otherwise."""

import warnings
from functools import partial

import fairlearn.metrics
import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.assessment import FairnessQuestion, analyse
from jupyter_mlops.assessment._counting import LabelPairs, formula_of
from jupyter_mlops.assessment._metrics import Metric
from jupyter_mlops.assessment._ranking import quick_equal, roc_auc

OF_TWO = [
    *(fairlearn.metrics.selection_rate, fairlearn.metrics.true_positive_rate, fairlearn.metrics.false_negative_rate),
    *(fairlearn.metrics.false_positive_rate, fairlearn.metrics.true_negative_rate, fairlearn.metrics.count),
    *(sklearn.metrics.accuracy_score, sklearn.metrics.balanced_accuracy_score, sklearn.metrics.f1_score),
    *(sklearn.metrics.precision_score, sklearn.metrics.recall_score),
]
AVERAGED = [
    partial(function, average="macro")
    for function in (sklearn.metrics.f1_score, sklearn.metrics.precision_score, sklearn.metrics.recall_score)
]


unhurried = settings(max_examples=50)


def metric_of(function, **more) -> Metric:
    return Metric(key="f", label="f", function=function, **more)


def counts_of(truth, said, classes: int):
    """Return the table of one group, as a resample has it."""
    pairs = LabelPairs(np.asarray(truth) * classes + np.asarray(said), classes)
    return np.bincount(pairs.codes, minlength=classes**2).reshape(1, classes, classes)


def the_librarys(function, truth, said) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(function(np.asarray(truth), np.asarray(said)))


labels_of_two = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30)


@unhurried
@given(labels_of_two)
def test_of_two_classes_every_formula_is_the_librarys(rows):
    truth, said = zip(*rows, strict=True)
    for function in OF_TWO:
        formula = formula_of(metric_of(function), 2)
        assert formula(counts_of(truth, said, 2)).tolist() == [the_librarys(function, truth, said)], function


@unhurried
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=60))
def test_averages_of_several_classes_are_added_up_as_the_library_does(rows):
    truth, said = zip(*rows, strict=True)
    for function in (*AVERAGED, sklearn.metrics.accuracy_score, sklearn.metrics.balanced_accuracy_score):
        formula = formula_of(metric_of(function), 7)
        assert formula(counts_of(truth, said, 7)).tolist() == [the_librarys(function, truth, said)], function


@unhurried
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30), st.integers(0, 3))
def test_one_class_is_held_against_all_others(rows, of_class):
    truth, said = (np.array(labels) for labels in zip(*rows, strict=True))
    for function in (fairlearn.metrics.selection_rate, fairlearn.metrics.true_positive_rate, sklearn.metrics.f1_score):
        formula = formula_of(metric_of(function, of_class=of_class), 4)
        expected = the_librarys(function, (truth == of_class).astype(int), (said == of_class).astype(int))
        assert formula(counts_of(truth, said, 4)).tolist() == [expected], function


def test_a_table_of_many_groups_is_told_at_once():
    truth, said, groups = np.random.default_rng(0).integers(0, 2, (3, 200))
    counts = np.bincount(groups * 4 + truth * 2 + said, minlength=8).reshape(2, 2, 2)
    formula = formula_of(metric_of(sklearn.metrics.f1_score), 2)

    expected = [sklearn.metrics.f1_score(truth[groups == group], said[groups == group]) for group in (0, 1)]
    assert formula(counts).tolist() == expected


@pytest.mark.parametrize(
    ("metric", "classes"),
    [
        pytest.param(metric_of(sklearn.metrics.jaccard_score), 2, id="a metric without a formula"),
        pytest.param(metric_of(lambda truth, said: 0.0, own=True), 2, id="a function of the user's"),
        pytest.param(metric_of(partial(sklearn.metrics.f1_score, average="weighted")), 3, id="another average"),
        pytest.param(metric_of(partial(sklearn.metrics.f1_score, zero_division=1)), 2, id="another convention"),
        pytest.param(metric_of(AVERAGED[0]), 8, id="more classes than are added up in their order"),
        pytest.param(metric_of(sklearn.metrics.f1_score), 3, id="two classes wanted, three there"),
        pytest.param(metric_of(sklearn.metrics.accuracy_score), 1, id="nothing but rows"),
        pytest.param(metric_of(sklearn.metrics.roc_auc_score, wants="scores"), 2, id="scores"),
    ],
)
def test_what_counts_cannot_tell_is_asked(metric, classes):
    assert formula_of(metric, classes) is None


@unhurried
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=1, max_size=40))
def test_the_area_under_the_curve_is_scikit_learns(rows):
    truth, scores = (np.array(column) for column in zip(*rows, strict=True))
    expected = the_librarys(sklearn.metrics.roc_auc_score, truth, scores / 7)
    np.testing.assert_array_equal(roc_auc(truth, scores / 7), expected)


@pytest.mark.parametrize(
    ("metric", "is_quick"),
    [
        (metric_of(sklearn.metrics.roc_auc_score, wants="scores"), True),
        (metric_of(partial(sklearn.metrics.roc_auc_score, max_fpr=0.5), wants="scores"), False),
        (metric_of(sklearn.metrics.roc_auc_score, own=True), False),
        (metric_of(sklearn.metrics.average_precision_score, wants="scores"), False),
    ],
)
def test_only_the_plain_area_has_a_quick_equal(metric, is_quick):
    assert (quick_equal(metric) is roc_auc) == is_quick


def test_a_library_that_counts_otherwise_is_asked_about_every_resample():
    asked = []

    def accuracy_score(y_true, y_pred):
        asked.append(len(y_true))
        return 0.25

    accuracy_score.__module__ = "sklearn.metrics._classification"
    made = np.random.default_rng(0)
    report = analyse(
        FairnessQuestion(
            models={"m": made.integers(0, 2, 50)}, y=made.integers(0, 2, 50), metrics=(accuracy_score,),
            sensitive={"sex": made.choice(["f", "m"], 50)}, boot=5,
        )
    )  # fmt: skip

    assert report.metrics[0].key == "accuracy_score"
    assert (report.results[0].low, report.results[0].high) == (((0.25, 0.25),), ((0.25, 0.25),))
    assert len(asked) == 3 + 5 * 3  # all rows and each group: of the data, and of each resample
