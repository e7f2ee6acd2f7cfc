"""What is withheld is nowhere, and what a reader should know is said."""

import math

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, selection_rate
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.assessment import FairnessQuestion, analyse
from jupyter_mlops.entities import FairnessReport, figure_value

Y = np.array([0, 1] * 30)


def report_of(sensitive, *, boot=0, metrics=("selection_rate",), y=Y, **options) -> FairnessReport:
    question = FairnessQuestion(models={"m": y}, y=y, sensitive=sensitive, metrics=metrics, boot=boot, **options)
    return analyse(question)


def shown_of(sizes, least) -> set[str]:
    """Return the groups of one feature that are shown: small ones are not, nor what all rows would tell them by."""
    by_size = sorted(sizes, key=lambda name: (sizes[name], name))
    hidden = [name for name in by_size if sizes[name] < least]
    while hidden and len(hidden) < len(by_size) and (len(hidden) < 2 or sum(map(sizes.get, hidden)) < least):
        hidden.append(by_size[len(hidden)])
    return set(by_size) - set(hidden)


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.integers(2, 15), st.booleans())
def test_withheld_groups_are_nowhere_and_the_others_are_as_without_them(seed, least, resamples):
    made = np.random.default_rng(seed)
    sex, y = made.choice(list("abcd"), 40, p=[0.5, 0.3, 0.15, 0.05]), made.integers(0, 2, 40)
    report = report_of({"sex": sex}, y=y, min_group=least, boot=5 if resamples else 0)
    grouping, result = report.groupings[0], report.results[0]

    expected = MetricFrame(metrics=selection_rate, y_true=y, y_pred=y, sensitive_features=sex).by_group
    kept = shown_of({name: int((sex == name).sum()) for name in expected.index}, least)
    found = {}
    for place, name in enumerate(report.sensitive[0].levels):
        figures = [figure_value(table[0][place]) for table in (result.by_group, result.low, result.high) if table]
        if name in kept:
            found[name] = figures[0]
            assert grouping.sizes[place] == (sex == name).sum()
        else:
            assert grouping.sizes[place] is None
            assert all(map(math.isnan, figures))
    assert found == {name: expected[name] for name in kept}
    least_and_most = [figure_value(spread.values[0][0]) for spread in (result.minimum, result.maximum)]
    np.testing.assert_array_equal(least_and_most, [min(found.values()), max(found.values())] if found else [np.nan] * 2)


def test_one_group_is_nothing_to_compare():
    assert report_of({"sex": ["f"] * 60}).notes == ("sex has one group only, f: there is nothing to compare.",)


@pytest.mark.parametrize(
    ("sex", "said"), [(["m"] * 3, "1 group is left out"), (["f"] + ["m"] * 59, "2 groups are left out")]
)
def test_withheld_groups_are_counted_in_words(sex, said):
    notes = report_of({"sex": sex}, min_group=5, y=Y[: len(sex)]).notes
    assert any(said in note for note in notes)


def test_groups_of_one_row_are_counted_as_they_tell_what_it_holds():
    rows = [*"abc", *["d"] * 57]
    told = "By name, 3 groups are of one row: their figures tell what it holds; see --min-group."
    assert told in report_of({"name": rows}).notes
    assert not any("of one row" in note for note in report_of({"name": rows}, min_group=2).notes)


def test_days_are_said_to_be_cut_at_days():
    born = np.datetime64("1950-01-01") + np.arange(60)
    assert report_of({"born": born}, bins=2).notes[0] == (
        "born was cut at 1950-01-31 into parts as equal in size as values allow; each includes its upper bound."
    )


def test_nothing_is_said_that_is_not_so():
    assert report_of({"sex": ["f", "m"] * 30}, metrics=("count",), uncertain_below=0).notes == (
        "Groups marked as uncertain have only one outcome: chance alone moves their figures far.",
    )
    assert report_of({"sex": ["f"] * 30 + ["m"] * 30}).notes == ()


def test_many_undefined_groups_are_counted():
    towns = np.repeat(np.arange(12), 5).astype(str)
    notes = report_of({"town": towns}, metrics=("precision",), y=np.zeros(60, dtype=int), positive=1).notes

    assert "precision is not defined in 0, 1, 10, 11, 2 and 7 more; what stands there" in notes[-1]


@pytest.mark.parametrize(("boot", "samples"), [(0, None), (20, 20), (None, 100)])
def test_intervals_are_made_as_often_as_asked_or_where_it_is_quick(boot, samples):
    bootstrap = report_of({"sex": ["f", "m"] * 30}, boot=boot, metrics=("count",)).bootstrap

    assert (bootstrap and bootstrap.samples) == samples
