"""RELIABILITY B35: what does not fit is told by its name, with what to do; what is odd but right has a right answer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.assessment import FairnessQuestion, analyse, cut_for_view
from jupyter_mlops.entities import FairnessReport
from jupyter_mlops.exceptions import UsageError

Y = np.array([0, 1] * 20)
SEX = np.array(["f", "f", "m", "m"] * 10)


def report_of(predicted=Y, *, y=Y, sex=SEX, boot=0, **options) -> FairnessReport:
    return analyse(FairnessQuestion(models={"model": predicted}, y=y, sensitive={"sex": sex}, boot=boot, **options))


def refused(message: str, *arguments, **options) -> None:
    with pytest.raises(UsageError, match=message):
        report_of(*arguments, **options)


def test_b35_a_feature_of_another_length_is_named():
    refused("sex has 39 rows and y has 40. Take both from the same split", sex=SEX[:-1])


def test_b35_predictions_of_another_length_are_named():
    refused("model has 39 predictions and y has 40 rows", Y[:-1])


def test_b35_weights_that_do_not_fit():
    refused(r"weights have the shape \(3,\), and y has 40 rows", weights=[1, 2, 3])
    refused("Weights must be finite", weights=np.full(40, np.nan))
    refused("not negative", weights=np.full(40, -1.0))


def test_b35_missing_outcomes_are_counted():
    refused("y has 2 missing values. Leave these rows out", y=np.array([np.nan, np.nan, *Y[2:]], dtype=float))


def test_b35_predictions_that_are_not_finite():
    scores = np.where(Y == 1, 0.7, np.nan)
    refused("model answers NaN or infinity", scores)


def test_b35_labels_in_other_words():
    words = np.where(Y == 1, "yes", "no")
    model = LogisticRegression().fit(np.arange(40)[:, None], words)
    question = FairnessQuestion(models={"model": model}, X=np.arange(40)[:, None], y=Y, sensitive={"sex": SEX})
    with pytest.raises(UsageError, match="model answers 'no', 'yes', and y holds 0, 1"):
        analyse(question)
    refused("model answers 'no', 'yes', and y holds 0, 1", words)


def test_b35_an_empty_table():
    refused("y is empty", [], y=[], sex=[])


def test_b35_one_outcome_only_is_no_obstacle_where_the_other_is_known():
    report = report_of(np.ones(40, dtype=int), y=np.ones(40, dtype=int))

    assert report.overall[0].values[[metric.key for metric in report.metrics].index("selection_rate")] == (1.0,)
    assert report.groupings[0].uncertain == (0, 1)


def test_b35_one_outcome_only_of_which_nobody_knows_the_other():
    refused("All rows have the outcome 'yes'.*--positive", ["yes"] * 40, y=["yes"] * 40)
    assert report_of(["yes"] * 40, y=["yes"] * 40, positive="yes").positive == "yes"


def test_b35_a_group_of_one_outcome_is_marked_and_a_convention_is_named():
    sex = np.where(np.arange(40) < 4, "x", SEX)
    report = report_of(np.zeros(40, dtype=int), y=np.where(sex == "x", 0, Y), sex=sex, uncertain_below=2)

    marked = [report.group_name(report.groupings[0], group) for group in report.groupings[0].uncertain]
    assert marked == ["x"]
    assert any("precision is not defined in f, m, x; what stands there" in note for note in report.notes)


def test_b35_a_category_without_rows_is_no_group():
    report = report_of(sex=pd.Categorical(SEX, categories=["f", "m", "nobody"]))

    assert report.sensitive[0].levels == ("f", "m")


def test_b35_missing_values_are_a_group_of_their_own():
    sex = pd.Series([None, *SEX[1:-1], np.nan], dtype=object)
    report = report_of(sex=sex)

    assert (report.sensitive[0].levels, report.sensitive[0].missing) == (("f", "m", "missing"), 2)
    assert report.groupings[0].sizes == (19, 19, 2)


def test_b35_a_group_that_is_called_missing_stays_apart_from_missing_values():
    report = report_of(sex=pd.Series(["missing", None] * 20))

    assert report.sensitive[0].levels == ("missing", "(missing)")


def test_b35_labels_that_look_like_markup_stay_text():
    nasty = "<img src=x onerror=alert(1)>"
    report = report_of(sex=np.where(SEX == "f", nasty, "m"))

    assert report.sensitive[0].levels == (nasty, "m")
    assert FairnessReport.from_json(report.to_json()) == report


def test_b35_ten_thousand_groups_are_all_in_the_report_and_a_thousand_in_the_view():
    made = np.random.default_rng(0)
    groups = np.concatenate([np.arange(10_000), made.integers(0, 700, 5_000)])
    y, predicted = made.integers(0, 2, 15_000), made.integers(0, 2, 15_000)
    names = np.array([f"g{number}" for number in range(10_000)])[groups]
    report = report_of(predicted, y=y, sex=names, metrics=("count", "selection_rate"))
    view = cut_for_view(report)

    assert (report.groupings[0].total, len(report.groupings[0].sizes)) == (10_000, 10_000)
    assert len(report.results[0].by_group[1]) == 10_000
    shown = len(view.groupings[0].sizes)
    assert view.groupings[0].total == 10_000
    assert 1_000 <= shown <= 1_000 + 4 * 50
    assert {len(row) for row in view.results[0].by_group} == {shown}
    largest = sorted((size for size in report.groupings[0].sizes), reverse=True)[:1_000]
    assert sorted(view.groupings[0].sizes, reverse=True)[:1_000] == largest
    assert view.results[0].difference == report.results[0].difference


def test_small_groups_are_marked():
    sex = np.where(np.arange(40) < 5, "x", SEX)
    report = report_of(sex=sex, uncertain_below=10)

    assert report.group_name(report.groupings[0], report.groupings[0].uncertain[0]) == "x"
    assert any(note.startswith("Groups marked as uncertain have fewer than 10 rows") for note in report.notes)


def test_withheld_groups_take_no_part_in_anything():
    # Neither "w" nor "x" is told by all rows less the others: there are two of them, with eight rows.
    sex = np.where(np.arange(40) < 8, np.where(np.arange(40) < 4, "w", "x"), SEX)
    predicted = np.where(np.arange(40) < 8, 1, 0)
    report = report_of(predicted, sex=sex, min_group=6, metrics=("selection_rate",), boot=10)
    result = report.results[0]

    assert (report.groupings[0].sizes, report.groupings[0].suppressed) == ((16, 16, None, None), (2, 3))
    assert (result.by_group, result.maximum.values, result.difference.values) == (
        ((0.0, 0.0, "NaN", "NaN"),),
        ((0.0,),),
        ((0.0,),),
    )
    assert (result.high, result.difference.high) == (((0.0, 0.0, "NaN", "NaN"),), ((0.0,),))
    assert "By sex, 2 groups are left out of every figure but the overall ones" in " ".join(report.notes)


def test_a_continuous_feature_is_cut_where_everybody_can_see():
    age = np.linspace(18, 80, 40)
    report = report_of(sex=age)

    assert report.sensitive[0].levels == ("up to 33.5", "33.5 to 49", "49 to 64.5", "above 64.5")
    assert report.sensitive[0].edges == (33.5, 49.0, 64.5)
    assert report.groupings[0].sizes == (10, 10, 10, 10)
    assert (
        report.notes[0]
        == "sex was cut at 33.5, 49, 64.5 into parts as equal in size as values allow; each includes its upper bound."
    )


def test_a_continuous_feature_may_have_missing_and_infinite_values():
    age = np.linspace(18, 80, 40)
    age[0], age[1], age[2] = np.nan, np.inf, -np.inf
    report = report_of(sex=age, bins=2)

    assert report.sensitive[0].levels[-1] == "missing"
    assert sum(report.groupings[0].sizes) == 40


def test_whole_numbers_that_are_few_are_names():
    report = report_of(sex=np.arange(40) % 3)

    assert (report.sensitive[0].levels, report.sensitive[0].edges) == (("0", "1", "2"), ())


def test_without_bins_every_value_is_a_group():
    assert len(report_of(sex=np.arange(40), bins=0).sensitive[0].levels) == 40


def test_numbers_and_their_texts_are_different_groups():
    report = report_of(sex=pd.Series([1, "1"] * 20, dtype=object))

    assert report.sensitive[0].levels == ("1", "'1'")


def test_a_metric_that_nobody_knows():
    refused("No metric 'acuracy' in scikit-learn or Fairlearn. Did you mean accuracy_score", metrics=("acuracy",))


@pytest.mark.parametrize("name", ["confusion_matrix", "roc_curve", "MetricFrame", "classification_report", ""])
def test_what_makes_no_number_is_no_metric(name):
    refused("No metric", metrics=(name,))


def test_a_function_that_makes_no_number():
    refused("pairs returns a list, and one number is wanted", metrics=(pairs,))
    refused("5 is no metric", metrics=(5,))


def pairs(y_true, y_pred):
    return list(zip(y_true, y_pred, strict=True))


def test_a_metric_that_does_not_fit_the_task():
    refused(
        "mean_squared_log_error cannot be computed",
        np.linspace(-1, 1, 40),
        y=np.linspace(-1, 1, 40),
        metrics=("mean_squared_log_error",),
    )


@pytest.mark.parametrize("model", [5, {"a": 1}, LogisticRegression])
def test_what_is_no_model(model):
    refused("model is .*neither a fitted model with predict", model)


def test_a_model_that_was_not_fitted():
    question = FairnessQuestion(models={"model": LogisticRegression()}, X=np.ones((40, 1)), y=Y, sensitive={"sex": SEX})
    with pytest.raises(UsageError, match="model cannot predict from X: NotFittedError: This LogisticRegression"):
        analyse(question)


def test_b35_a_model_is_not_asked_of_no_rows():
    model = LogisticRegression().fit(np.arange(40)[:, None], Y)
    question = FairnessQuestion(models={"model": model}, X=np.ones((0, 1)), y=Y[:0], sensitive={"sex": SEX[:0]})
    with pytest.raises(UsageError, match=r"^X is empty: there is no row to look at"):
        analyse(question)


def test_a_model_without_rows():
    refused("model needs rows to predict from. Name them with -X", LogisticRegression())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models": {}}, "There is no model"),
        ({"sensitive": {}}, "There is no sensitive feature"),
        ({"control": {"sex": SEX}}, "sex is both"),
        ({"min_group": -1}, "min_group is -1"),
        ({"boot": -5}, "boot is -5"),
    ],
)
def test_a_question_that_cannot_be_meant(changes, message):
    with pytest.raises(UsageError, match=message):
        FairnessQuestion(**{"models": {"model": Y}, "y": Y, "sensitive": {"sex": SEX}, **changes})


def test_a_feature_of_several_columns():
    refused("sex has 2 columns. Name them one by one", sex=pd.DataFrame({"a": SEX, "b": SEX}))
    refused(r"sex has the shape \(40, 2\)", sex=np.ones((40, 2)))


def test_long_intervals_are_left_out_and_said():
    y, towns = np.arange(1_000) % 2, [f"town {row // 2}" for row in range(1_000)]
    report = report_of(y, y=y, sex=towns, boot=None, metrics=("jaccard",))  # a library is asked about each town

    assert report.bootstrap is None
    assert "There are no intervals: 100 resamples would take about" in report.notes[-1]


def test_what_counts_tell_has_intervals_of_many_rows_too():
    made = np.random.default_rng(0)
    y, sex = made.integers(0, 2, 60_000), made.choice(["f", "m"], 60_000)
    report = report_of(made.permutation(y), y=y, sex=sex, boot=None, metrics=("accuracy", "f1", "true_positive_rate"))

    assert report.bootstrap.samples == 100
    assert report.results[0].difference.high[0] > report.results[0].difference.low[0]


def test_the_same_rows_have_the_same_fingerprint_whatever_the_model_says():
    assert report_of().fingerprint == report_of(1 - Y).fingerprint
    assert report_of().fingerprint != report_of(y=1 - Y).fingerprint
    assert report_of().fingerprint != report_of(sex=SEX[::-1]).fingerprint


def test_a_view_has_fewer_digits_and_says_so():
    report = report_of(np.where(np.arange(40) % 3, Y, 1 - Y))
    view = cut_for_view(report)

    assert (report.digits, view.digits) == (0, 4)
    assert view.results[0].by_group[1] == tuple(round(value, 4) for value in report.results[0].by_group[1])


def test_what_tells_rows_apart_makes_no_groups():
    rows = np.arange(100_001)
    refused(
        r"By sex there are 100,001 groups; 100,000 can be compared\. Make groups",
        rows % 2,
        y=rows % 2,
        sex=rows.astype(str),
    )


def test_what_is_not_defined_in_a_resample_only_is_not_said_of_the_data():
    sex = np.where(np.arange(40) < 3, "x", SEX)
    y = np.where(sex == "x", [0, 1] * 20, Y)
    report = report_of(y, y=y, sex=sex, metrics=("precision",), boot=20, uncertain_below=2)

    assert not any("is not defined" in note for note in report.notes)
    assert report.notes[-1].startswith("Intervals hold 95% of 20 resamples.")


def test_a_regression_with_missing_predictions_is_told_in_scikit_learns_words():
    refused(
        "mean_absolute_error cannot be computed: Input contains NaN",
        [np.nan] * 40,
        y=np.linspace(0.1, 9.3, 40),
        metrics=("mean_absolute_error",),
    )


def test_text_and_numbers_do_not_go_together():
    refused("model holds text, and the other side numbers", ["a", "b"] * 20, y=np.linspace(0.1, 9.3, 40))


def test_several_columns_of_scores_need_as_many_classes():
    refused("model answers 3 columns, and y has 2 classes", np.ones((40, 3)) / 3)
    refused("one value a row is wanted", Y, y=np.ones((40, 2)))
    refused("model has the shape", np.ones((40, 2, 2)))


def test_a_positive_class_that_is_none():
    refused("'maybe' is none of the classes 0, 1", positive="maybe")


def test_fractions_for_whole_numbers_are_a_regression():
    report = report_of(np.linspace(0.1, 0.9, 42), y=np.arange(42) % 3, sex=np.array(["f", "m"] * 21))

    assert report.task == "regression"
