"""Every interval is Fairlearn's own, to the last digit: against its MetricFrame, which resamples for itself."""

import warnings
from dataclasses import dataclass
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

BOOT = 3
OF_TWO_CLASSES = (
    "count", "accuracy_score", "selection_rate", "true_positive_rate", "false_positive_rate", "true_negative_rate",
    "false_negative_rate", "precision_score", "recall_score", "f1_score", "balanced_accuracy_score", "f1_macro",
    "precision_macro", "recall_macro", "zero_one_loss", "jaccard_score",
)  # fmt: skip
OF_NUMBERS = ("count", "mean_prediction", "mean_absolute_error", "r2_score")
OF_SCORES = ("count", "mean_prediction", "roc_auc_score", "average_precision_score")
STATISTICS = {
    "minimum": lambda frame: frame.group_min_ci(),
    "maximum": lambda frame: frame.group_max_ci(),
    "difference": lambda frame: frame.difference_ci(),
    "ratio": lambda frame: frame.ratio_ci(),
    "difference_to_overall": lambda frame: frame.difference_ci(method="to_overall"),
    "ratio_to_overall": lambda frame: frame.ratio_ci(method="to_overall"),
}


@dataclass(frozen=True)
class Drawn:
    """Rows of which some groups are tiny, or of one class, or in one stratum only."""

    made: np.random.Generator
    seed: int
    a: Any
    b: Any
    weights: Any

    def labels(self, classes: int) -> Any:
        labels = self.made.integers(0, classes, len(self.a))
        labels[:classes] = range(classes)
        return labels


@st.composite
def rows(draw: st.DrawFn, least: int = 6) -> Drawn:
    count, seed = draw(st.integers(least, 60)), draw(st.integers(0, 2**32 - 1))
    made = np.random.default_rng(seed)
    return Drawn(
        made=made,
        seed=seed % 1000,
        a=made.choice(list("pqrs")[: draw(st.integers(1, 4))], count, p=None),
        b=made.choice(["y", "z"][: draw(st.integers(1, 2))], count),
        weights=made.random(count) + 0.1 if draw(st.booleans()) else None,
    )


def function(name: str) -> Any:
    base, _, average = name.rpartition("_")
    found = getattr(fairlearn.metrics, name, None) or getattr(sklearn.metrics, name, None)
    return found or partial(getattr(sklearn.metrics, f"{base}_score"), average=average)


def fairlearns(drawn: Drawn, metrics: dict[str, Any], y: Any, said: Any, **features: Any) -> MetricFrame:
    weighed = {name: {"sample_weight": drawn.weights} for name in metrics if name != "count"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MetricFrame(
            metrics=metrics, y_true=y, y_pred=said, sample_params=None if drawn.weights is None else weighed,
            n_boot=BOOT, ci_quantiles=[0.025, 0.975], random_state=drawn.seed, **features,
        )  # fmt: skip


def table(rows: tuple[tuple[Any, ...], ...]) -> Any:
    """Return what a report holds as numbers: a row a metric."""
    return np.array([[figure_value(value) for value in row] for row in rows])


def bounds(spread: FairnessSpread) -> list[Any]:
    return [table(spread.low), table(spread.high)]


def agree(report: FairnessReport, number: int, frame: MetricFrame, keys: list[str]) -> None:
    """Compare one partition's intervals with those of Fairlearn's frame of the same features."""
    result = report.results[number]
    there = frame.by_group[keys].notna().any(axis=1)  # Fairlearn has a row for what does not occur, too
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for found, expected in zip((result.low, result.high), frame.by_group_ci, strict=True):
            wanted = expected[keys].reindex(there[there].index).to_numpy(dtype=float).T
            np.testing.assert_array_equal(table(found), wanted)
        for name, read in STATISTICS.items():
            for found, expected in zip(bounds(getattr(result, name)), read(frame), strict=True):
                np.testing.assert_array_equal(found, by_stratum(expected, frame, keys), err_msg=name)
        for found, expected in zip(bounds(report.overall[0]), frame.overall_ci, strict=True):
            np.testing.assert_array_equal(found, by_stratum(expected, frame, keys))


def by_stratum(expected: Any, frame: MetricFrame, keys: list[str]) -> Any:
    """Return Fairlearn's figures, a row a metric; it leaves out a stratum that no resample has drawn."""
    if isinstance(expected, pd.DataFrame):
        expected = expected.reindex(frame.overall.index)
    return np.atleast_2d(expected[keys].to_numpy(dtype=float)).T


quick = settings(max_examples=3, suppress_health_check=list(HealthCheck))


def compared(drawn: Drawn, names: tuple[str, ...], y: Any, said: Any, *, within: bool = False) -> FairnessReport:
    """Compare a report of two features, alone and together, or of one within the other, with Fairlearn's."""
    question = FairnessQuestion(
        models={"model": said}, y=y, sensitive={"a": drawn.a} if within else {"a": drawn.a, "b": drawn.b},
        control={"b": drawn.b} if within else {}, weights=drawn.weights, metrics=names, boot=BOOT, seed=drawn.seed,
    )  # fmt: skip
    report = analyse(question)
    keys = [metric.key for metric in report.metrics]
    metrics = {key: function(name) for key, name in zip(keys, names, strict=True)}
    columns = pd.DataFrame({"a": drawn.a, "b": drawn.b})
    for number, features in enumerate([["a"]] if within else [["a"], [], ["a", "b"]]):
        if not features:  # as the first
            continue
        control = {"control_features": columns["b"]} if within else {}
        frame = fairlearns(drawn, metrics, y, said, sensitive_features=columns[features], **control)
        agree(report, number, frame, keys)
    return report


@pytest.mark.parametrize("within", [False, True], ids=["two features", "within strata"])
@quick
@given(drawn=rows())
def test_of_two_classes(drawn, within):
    compared(drawn, OF_TWO_CLASSES, drawn.labels(2), drawn.labels(2), within=within)


@quick
@given(drawn=rows())
def test_of_numbers(drawn):
    y, said = drawn.made.normal(size=(2, len(drawn.a)))
    assert compared(drawn, OF_NUMBERS, y, said, within=True).task == "regression"


@quick
@given(drawn=rows(least=20))
def test_of_scores(drawn):
    score = np.round(drawn.made.random(len(drawn.a)), 1)  # some rows have the same
    assert compared(drawn, OF_SCORES, drawn.labels(2), score).task == "score"


@pytest.mark.parametrize("classes", [3, 9])
@quick
@given(drawn=rows(least=12))
def test_of_several_classes(drawn, classes):
    y, said = drawn.labels(classes), drawn.labels(classes)
    names = ("accuracy_score", "balanced_accuracy_score", "f1_macro", "precision_macro", "recall_macro", "f1_weighted")
    compared(drawn, names, y, said)


@quick
@given(drawn=rows())
def test_of_each_class_against_the_rest(drawn):
    y, said = drawn.labels(3), drawn.labels(3)
    names = ("selection_rate", "true_positive_rate", "false_positive_rate")
    report = analyse(
        FairnessQuestion(
            models={"model": said}, y=y, sensitive={"a": drawn.a}, metrics=names, boot=BOOT, seed=drawn.seed,
            weights=drawn.weights,
        )
    )  # fmt: skip

    for number in range(3):
        metrics = {f"{name}:{number}": function(name) for name in names}
        against = [(labels == number).astype(int) for labels in (y, said)]
        frame = fairlearns(drawn, metrics, *against, sensitive_features=pd.Series(drawn.a, name="a"))
        places = [place for place, metric in enumerate(report.metrics) if metric.of_class == str(number)]
        assert [report.metrics[place].key for place in places] == list(metrics)
        for found, expected in zip(bounds(report.results[0].difference), frame.difference_ci(), strict=True):
            np.testing.assert_array_equal(found[places, 0], expected.to_numpy(dtype=float))


def test_models_have_their_own_and_groups_and_resamples_are_told_of():
    made = np.random.default_rng(0)
    y, sex = made.integers(0, 2, 90), made.choice(["f", "m"], 90)
    heard = []
    question = FairnessQuestion(
        models={"good": y, "bad": 1 - y}, y=y, sensitive={"sex": sex}, boot=3, tell=lambda *steps: heard.append(steps)
    )
    report = analyse(question)

    accuracy = [metric.key for metric in report.metrics].index("accuracy_score")
    assert [result.low[accuracy] for result in report.results] == [(1.0, 1.0), (0.0, 0.0)]
    # Two groups, and all rows.
    assert heard == [("groups", done, 3) for done in range(3)] + [("resamples", done, 3) for done in range(4)]


@pytest.mark.parametrize("metric", ["accuracy_score", "roc_auc_score"])
def test_withheld_groups_have_no_interval_and_take_no_part(metric):
    made = np.random.default_rng(0)
    y, sex, score = made.integers(0, 2, 90), made.choice(["f", "m"], 90), made.random(90)
    sex[:3] = "x"
    said = score if metric == "roc_auc_score" else (score > 0.5).astype(int)
    report = analyse(
        FairnessQuestion(models={"m": said}, y=y, sensitive={"sex": sex}, min_group=4, metrics=(metric,), boot=10)
    )

    (result,) = report.results
    assert [result.low[0][2], result.high[0][2]] == ["NaN", "NaN"]
    of_two = analyse(
        FairnessQuestion(
            models={"m": said}, y=y, sensitive={"sex": np.where(sex == "x", "f", sex)}, metrics=(metric,), boot=10
        )
    )
    assert result.high[0][1] == of_two.results[0].high[0][1]
    assert figure_value(result.difference.high[0][0]) < 0.6
