"""Metrics by name: which function it is, what it wants, which way is better."""

from functools import partial

import fairlearn.metrics
import numpy as np
import pytest
import sklearn.metrics

from jupyter_mlops.assessment._metrics import STANDARD, resolve_metrics
from jupyter_mlops.exceptions import UsageError


def resolved(*names, task="binary", classes=("0", "1")):
    return resolve_metrics(names, task, classes)


def only(name, **options):
    (metric,) = resolved(name, **options)
    return metric


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("accuracy", sklearn.metrics.accuracy_score),
        ("accuracy_score", sklearn.metrics.accuracy_score),
        ("F1", sklearn.metrics.f1_score),
        ("roc auc", sklearn.metrics.roc_auc_score),
        ("roc-auc", sklearn.metrics.roc_auc_score),
        ("selection rate", fairlearn.metrics.selection_rate),
        ("true_positive", fairlearn.metrics.true_positive_rate),
        ("mean_absolute", sklearn.metrics.mean_absolute_error),
        ("log", sklearn.metrics.log_loss),
        ("count", fairlearn.metrics.count),
        ("matthews_corrcoef", sklearn.metrics.matthews_corrcoef),
    ],
)
def test_a_name_is_a_function_of_fairlearn_or_scikit_learn(name, function):
    assert only(name).function is function


@pytest.mark.parametrize(
    ("name", "better", "kind"),
    [
        ("accuracy", "higher", "share"),
        ("true_positive_rate", "higher", "share"),
        ("false_positive_rate", "lower", "share"),
        ("false_negative_rate", "lower", "share"),
        ("selection_rate", "", "share"),
        ("count", "", "count"),
        ("mean_prediction", "", "value"),
        ("mean_absolute_error", "lower", "value"),
        ("root_mean_squared_error", "lower", "value"),
        ("r2", "higher", "value"),
        ("log_loss", "lower", "value"),
        ("brier_score_loss", "lower", "share"),
        ("zero_one_loss", "lower", "share"),
        ("mean_poisson_deviance", "lower", "value"),
        ("matthews_corrcoef", "higher", "value"),
    ],
)
def test_a_metric_says_which_way_is_better_and_what_it_counts(name, better, kind):
    metric = only(name)

    assert (metric.better, metric.kind) == (better, kind)


@pytest.mark.parametrize(
    ("name", "wants"),
    [
        ("accuracy", "labels"),
        ("roc_auc", "scores"),
        ("average_precision", "scores"),
        ("log_loss", "probabilities"),
        ("brier_score_loss", "probabilities"),
        ("hinge_loss", "scores"),
    ],
)
def test_a_metric_says_what_it_is_of(name, wants):
    assert only(name).wants == wants


def test_labels_are_words():
    names = ("accuracy_score", "f1_score", "true_positive_rate", "mean_absolute_error", "roc_auc_score")
    assert [metric.label for metric in resolved(*names)] == [
        "accuracy", "f1", "true positive rate", "mean absolute error", "roc auc",
    ]  # fmt: skip


@pytest.mark.parametrize("task", list(STANDARD))
def test_the_standard_set_of_each_task_is_there(task):
    metrics = resolved(task=task, classes=("a", "b"))

    assert {metric.key.partition(":")[0] for metric in metrics} >= set(STANDARD[task])
    assert len({metric.key for metric in metrics}) == len(metrics)


def test_averages_over_classes():
    y, predicted = np.array([0, 1, 2, 1]), np.array([0, 2, 2, 1])
    metric = only("f1_weighted", task="multiclass", classes=("a", "b", "c"))

    assert (metric.key, metric.label) == ("f1_score_weighted", "f1 (weighted)")
    assert metric.function(y, predicted) == sklearn.metrics.f1_score(y, predicted, average="weighted")
    macro = only("precision", task="multiclass", classes=("a", "b", "c"))
    assert (macro.key, macro.label) == ("precision_score", "precision (macro)")


def test_a_rate_of_several_classes_is_one_of_each():
    metrics = resolved("selection_rate", task="multiclass", classes=("a", "<b>"))

    assert [(metric.key, metric.label, metric.of_class) for metric in metrics] == [
        ("selection_rate:a", "selection rate: a", 0),
        ("selection_rate:<b>", "selection rate: <b>", 1),
    ]


def test_a_name_twice_is_one_metric():
    assert [metric.key for metric in resolved("accuracy", "accuracy_score", "demographic_parity_ratio")] == [
        "accuracy_score",
        "selection_rate",
    ]


def test_functions_of_the_libraries_are_known_and_others_are_the_users():
    def own(y_true, y_pred, sample_weight=None):
        return 0.0

    library, mine = resolved(sklearn.metrics.accuracy_score, own)
    assert (library.own, library.better, library.weighs) == (False, "higher", True)
    assert (mine.own, mine.better, mine.weighs, mine.key, mine.label) == (True, "", True, "own", "own")


def test_a_partial_is_named_by_what_it_fixes():
    metric = only(partial(sklearn.metrics.fbeta_score, beta=2))

    assert (metric.key, metric.label, metric.own) == ("fbeta_score(beta=2)", "fbeta (beta=2)", False)


def test_a_callable_object_has_its_types_name():
    class Cost:
        def __call__(self, y_true, y_pred):
            return 1.0

    assert only(Cost()).key == "Cost"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("acuracy", r"No metric 'acuracy' in scikit-learn or Fairlearn\. Did you mean accuracy_score"),
        ("selection", None),
        ("selction_rate", "Did you mean selection_rate"),
        ("roc_curve", "No metric"),
        ("silhouette_score", "No metric"),
        ("__class__", "No metric"),
        ("nonsense_difference", "No metric 'nonsense'"),
        ("x" * 500, "No metric"),
    ],
)
def test_a_name_that_is_none_is_told_with_a_near_one(name, message):
    if message is None:
        assert only(name).key == "selection_rate"
        return
    with pytest.raises(UsageError, match=message):
        resolved(name)


def test_what_is_neither_name_nor_function():
    with pytest.raises(UsageError, match="5 is no metric"):
        resolved(5)
