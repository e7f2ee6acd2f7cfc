"""Every number of a report is Fairlearn's own, to the last digit: on random frames, and on its guide's example."""

import warnings
from functools import partial
from typing import Any

import fairlearn.metrics
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from fairlearn.metrics import MetricFrame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.assessment import FairnessQuestion, analyse
from jupyter_mlops.entities import FairnessReport, FairnessSpread, figure_value

LABEL_METRICS = (
    "count", "accuracy_score", "selection_rate", "true_positive_rate", "false_positive_rate", "true_negative_rate",
    "false_negative_rate", "precision_score", "recall_score", "f1_score", "balanced_accuracy_score",
)  # fmt: skip
NUMBER_METRICS = ("count", "mean_prediction", "mean_absolute_error", "mean_squared_error", "r2_score")
STATISTICS = {
    "minimum": lambda frame: frame.group_min(),
    "maximum": lambda frame: frame.group_max(),
    "difference": lambda frame: frame.difference(),
    "ratio": lambda frame: frame.ratio(),
    "difference_to_overall": lambda frame: frame.difference(method="to_overall"),
    "ratio_to_overall": lambda frame: frame.ratio(method="to_overall"),
}


def function(name: str) -> Any:
    return getattr(fairlearn.metrics, name, None) or getattr(sklearn.metrics, name)


def fairlearns(metrics: dict[str, Any], y: Any, predicted: Any, weights: Any = None, **features: Any) -> MetricFrame:
    """Return Fairlearn's own account; it warns where a figure is not defined, and the report says so in a note."""
    weighed = {name: {"sample_weight": weights} for name in metrics if name != "count"} if weights is not None else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MetricFrame(metrics=metrics, y_true=y, y_pred=predicted, sample_params=weighed, **features)


def column(spread: FairnessSpread, report: FairnessReport) -> dict[str, list[float]]:
    """Return a statistic by metric: one figure a stratum."""
    rows = zip(report.metrics, spread.values, strict=True)
    return {metric.key: [figure_value(value) for value in row] for metric, row in rows}


def agree(report: FairnessReport, number: int, frame: MetricFrame) -> None:
    """Compare one partition of a report with Fairlearn's frame of the same features."""
    result = report.results[number]
    keys = [metric.key for metric in report.metrics]
    expected = frame.by_group[keys].dropna(how="all")  # Fairlearn has a row for what does not occur, too
    found = np.array([[figure_value(value) for value in row] for row in result.by_group]).T
    np.testing.assert_array_equal(found, expected.to_numpy(dtype=float))
    for name, read in STATISTICS.items():
        statistic = read(frame)
        for key, figures in column(getattr(result, name), report).items():
            np.testing.assert_array_equal(figures, np.atleast_1d(statistic[key]).astype(float), err_msg=f"{name} {key}")
    for key, figures in column(report.overall[0], report).items():
        np.testing.assert_array_equal(figures, np.atleast_1d(frame.overall[key]).astype(float), err_msg=key)


@st.composite
def frames(draw: st.DrawFn) -> dict[str, Any]:
    """Draw outcomes, predictions, two features and perhaps weights; some groups are tiny, or of one class."""
    rows = draw(st.integers(2, 60))
    made = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = made.integers(0, 2, rows)
    y[:2] = 0, 1
    return {
        "y": y,
        "predicted": made.integers(0, 2, rows),
        "a": made.choice(list("pqr")[: draw(st.integers(1, 3))], rows),
        "b": made.choice(["<i>x</i>", "y", "z"][: draw(st.integers(1, 3))], rows),
        "weights": made.random(rows) + 0.1 if draw(st.booleans()) else None,
        "numbers": made.normal(size=rows),
        "said": made.normal(size=rows),
    }


quick = settings(max_examples=12, suppress_health_check=list(HealthCheck))


@quick
@given(frames())
def test_two_classes_are_fairlearns(drawn):
    question = FairnessQuestion(
        models={"model": drawn["predicted"]}, y=drawn["y"], sensitive={"a": drawn["a"], "b": drawn["b"]},
        weights=drawn["weights"], metrics=LABEL_METRICS, boot=0,
    )  # fmt: skip
    report = analyse(question)

    metrics = {name: function(name) for name in LABEL_METRICS}
    for number, features in enumerate([["a"], ["b"], ["a", "b"]]):
        table = pd.DataFrame({name: drawn[name] for name in features})
        frame = fairlearns(metrics, drawn["y"], drawn["predicted"], drawn["weights"], sensitive_features=table)
        agree(report, number, frame)


@quick
@given(frames())
def test_numbers_are_fairlearns_also_within_strata(drawn):
    question = FairnessQuestion(
        models={"model": drawn["said"]}, y=drawn["numbers"], sensitive={"a": drawn["a"]}, control={"b": drawn["b"]},
        weights=drawn["weights"], metrics=NUMBER_METRICS, boot=0,
    )  # fmt: skip
    report = analyse(question)

    frame = fairlearns(
        {name: function(name) for name in NUMBER_METRICS}, drawn["numbers"], drawn["said"], drawn["weights"],
        sensitive_features=pd.Series(drawn["a"], name="a"), control_features=pd.Series(drawn["b"], name="b"),
    )  # fmt: skip
    assert report.task == "regression"
    agree(report, 0, frame)


@quick
@given(frames())
def test_named_disparities_are_fairlearns(drawn):
    y, predicted, sex = drawn["y"], drawn["predicted"], drawn["a"]
    report = analyse(FairnessQuestion(models={"model": predicted}, y=y, sensitive={"sex": sex}, boot=0))

    for name, figures in report.results[0].disparities.items():
        expected = getattr(fairlearn.metrics, name)(y, predicted, sensitive_features=sex)
        np.testing.assert_array_equal([figure_value(value) for value in figures], [expected])


def test_fairlearns_guide_to_assessment():
    """The example of https://fairlearn.org/main/user_guide/assessment/perform_fairness_assessment.html."""
    y = [0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 1]
    predicted = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1]
    sex = ["b", "b", "a", "b", "b", "c", "c", "c", "a", "a", "c", "a", "b", "c", "c", "b", "c", "c"]
    names = ("accuracy", "precision", "recall", "selection rate", "count")
    report = analyse(FairnessQuestion(models={"model": predicted}, y=y, sensitive={"SF 0": sex}, metrics=names, boot=0))

    metrics = ("accuracy_score", "precision_score", "recall_score", "selection_rate", "count")
    assert tuple(metric.key for metric in report.metrics) == metrics
    agree(report, 0, fairlearns({name: function(name) for name in metrics}, y, predicted, sensitive_features=sex))


def test_several_classes_are_each_held_against_the_rest_and_averaged():
    made = np.random.default_rng(0)
    y, predicted, sex = (made.choice(list("xyz"), 300) for _ in range(3))
    report = analyse(FairnessQuestion(models={"model": predicted}, y=y, sensitive={"sex": sex}, boot=0))

    assert (report.task, report.classes, report.positive) == ("multiclass", ("x", "y", "z"), "")
    found = report.by_group.loc[("model", "sex")]
    macro = fairlearns({"f": partial(sklearn.metrics.f1_score, average="macro")}, y, predicted, sensitive_features=sex)
    np.testing.assert_array_equal(found["f1_score"], macro.by_group["f"])
    for name in "xyz":
        against = fairlearns(
            {"s": fairlearn.metrics.selection_rate, "t": fairlearn.metrics.true_positive_rate},
            (y == name).astype(int), (predicted == name).astype(int), sensitive_features=sex,
        )  # fmt: skip
        np.testing.assert_array_equal(found[f"selection_rate:{name}"], against.by_group["s"])
        np.testing.assert_array_equal(found[f"true_positive_rate:{name}"], against.by_group["t"])
    of_x = next(metric for metric in report.metrics if metric.key == "selection_rate:x")
    assert (of_x.of_class, of_x.kind) == ("x", "share")


def test_scores_without_a_decision_have_metrics_of_scores():
    made = np.random.default_rng(0)
    y, sex = made.integers(0, 2, 200), made.choice(["f", "m"], 200)
    score = np.clip(y * 0.3 + made.random(200) * 0.7, 0, 1)
    report = analyse(FairnessQuestion(models={"score": score}, y=y, sensitive={"sex": sex}, boot=0))

    assert report.task == "score"
    names = ("mean_prediction", "roc_auc_score", "average_precision_score", "brier_score_loss")
    frame = fairlearns({name: function(name) for name in names}, y, score, sensitive_features=sex)
    found = report.by_group.loc[("score", "sex")]
    for name in names:
        np.testing.assert_array_equal(found[name], frame.by_group[name].to_numpy(dtype=float))


def test_a_function_of_the_users_gets_the_labels_as_they_are():
    y = ["no", "yes", "yes", "no"]

    def says_yes(y_true, y_pred):
        return float(np.mean(y_pred == "yes"))

    report = analyse(
        FairnessQuestion(models={"m": y}, y=y, sensitive={"sex": list("ffmm")}, metrics=(says_yes,), boot=0)
    )

    assert report.results[0].by_group == ((0.5, 0.5),)
    assert report.metrics[0].key == "says_yes"


def test_scikit_learns_function_with_its_own_positive_label_is_left_alone():
    y, predicted, sex = ["no", "yes", "yes", "no"], ["no", "yes", "no", "no"], list("ffff")
    metric = partial(sklearn.metrics.recall_score, pos_label="no")
    report = analyse(FairnessQuestion(models={"m": predicted}, y=y, sensitive={"sex": sex}, metrics=(metric,), boot=0))

    assert (report.metrics[0].key, report.results[0].by_group) == ("recall_score(pos_label=no)", ((1.0,),))


@pytest.mark.parametrize(("positive", "rate"), [(None, 0.75), ("yes", 0.75), ("no", 0.25)])
def test_the_positive_class_is_the_second_unless_named(positive, rate):
    predicted = ["no", "yes", "yes", "yes"]
    report = analyse(
        FairnessQuestion(
            models={"m": predicted}, y=["no", "yes", "no", "yes"], sensitive={"sex": list("ffff")},
            metrics=("selection_rate",), positive=positive, boot=0,
        )
    )  # fmt: skip

    assert (report.positive, report.overall[0].values) == (positive or "yes", ((rate,),))


def test_a_disparity_asks_for_the_metrics_below_it():
    made = np.random.default_rng(0)
    y, predicted, sex = made.integers(0, 2, 90), made.integers(0, 2, 90), made.choice(["f", "m"], 90)
    asked = ("demographic_parity_difference", "equalized_odds_ratio", "accuracy_score_group_min")
    report = analyse(FairnessQuestion(models={"m": predicted}, y=y, sensitive={"sex": sex}, metrics=asked, boot=0))

    keys = [metric.key for metric in report.metrics]
    assert keys == ["selection_rate", "true_positive_rate", "false_positive_rate", "accuracy_score"]
    expected = fairlearn.metrics.equalized_odds_ratio(y, predicted, sensitive_features=sex)
    assert report.results[0].disparities["equalized_odds_ratio"] == (expected,)


def test_models_stand_side_by_side_over_the_same_groups():
    made = np.random.default_rng(0)
    y, sex = made.integers(0, 2, 90), made.choice(["f", "m"], 90)
    models = {"good": y, "bad": 1 - y}
    report = analyse(FairnessQuestion(models=models, y=y, sensitive={"sex": sex}, metrics=("accuracy",), boot=10))

    assert [model.name for model in report.models] == ["good", "bad"]
    assert [result.by_group for result in report.results] == [((1.0, 1.0),), ((0.0, 0.0),)]
    assert [spread.values for spread in report.overall] == [((1.0,),), ((0.0,),)]
