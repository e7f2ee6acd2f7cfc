"""Metrics over row numbers: withheld cells stay unknown, all rows are computed once, what fails is told or left out."""

import warnings
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.assessment._measures import Measures, shared_metrics
from jupyter_mlops.assessment._metrics import Metric
from jupyter_mlops.assessment._outcome import Answer, Outcome
from jupyter_mlops.assessment._withholding import Withheld
from jupyter_mlops.exceptions import UsageError

NOBODY = Withheld(np.zeros(3, dtype=bool), np.zeros(1, dtype=bool))
THE_SECOND = Withheld(np.array([False, True, False]), np.zeros(1, dtype=bool))
CELLS = np.array([0, 0, 1, 1, 2, 2])
NUMBERS = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
ALL = np.arange(6)


def outcome_of(**answers: Answer) -> Outcome:
    answers = answers or {"m": Answer(NUMBERS, None, False, NUMBERS)}
    return Outcome("regression", NUMBERS, NUMBERS, (), answers)


def measure_of(function, *, weights=None, cells=CELLS, withheld=NOBODY, weighs=False):
    metric = Metric(key="f", label="f", function=function, weighs=weighs)
    return Measures(outcome_of(), [metric], weights).over(cells, withheld)["0/f"]


def mean(truth, said):
    return fmean(said)


def of_three(truth, said):
    """Fail as functions of the users' do where a row that they look for is not there."""
    return said[said == 3.0][0]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_a_metric_sees_the_rows_that_it_is_asked_about(positions):
    assert measure_of(mean)(np.array(positions), None) == fmean(NUMBERS[positions])


def test_a_withheld_cell_has_no_figure_and_its_metric_is_not_even_asked():
    asked = []
    measure = measure_of(lambda truth, said: asked.append(said) or 0.0, withheld=THE_SECOND)

    assert np.isnan(measure(np.array([2, 3]), None))
    assert asked == []


@pytest.mark.parametrize("positions", [[1, 2], [2, 3, 4], [0, 1, 2, 3, 4, 5]])
def test_rows_of_several_cells_have_a_figure_though_one_of_these_is_withheld(positions):
    measure = measure_of(mean, withheld=THE_SECOND)

    assert measure(np.array(positions), None) == fmean(NUMBERS[positions])


def test_rows_that_are_drawn_twice_from_a_withheld_cell_have_no_figure_either():
    measure = measure_of(mean, withheld=THE_SECOND)

    assert np.isnan(measure(np.array([3, 3, 2, 3, 3, 3]), None))


def test_all_rows_are_computed_once_for_every_partition():
    asked = []
    metric = Metric(key="f", label="f", function=lambda truth, said: asked.append(len(said)) or fmean(said))
    measures = Measures(outcome_of(), [metric], None)

    found = [measures.over(cells, NOBODY)["0/f"](ALL, None) for cells in (CELLS, CELLS[::-1])]

    assert (found, asked) == ([3.5, 3.5], [6])


def test_a_resample_of_as_many_rows_is_not_taken_for_all_rows():
    measure = measure_of(mean)

    assert [measure(ALL, None), measure(np.array([5, 5, 5, 5, 5, 5]), None)] == [3.5, 6.0]


def test_each_model_is_asked_each_metric_under_a_key_of_its_own():
    outcome = outcome_of(one=Answer(NUMBERS, None, False, None), two=Answer(-NUMBERS, None, False, None))
    metrics = [Metric(key=name, label=name, function=call) for name, call in (("least", lo), ("most", hi))]
    found = Measures(outcome, metrics, None).over(CELLS, NOBODY)

    assert {key: measure(np.array([2, 0]), None) for key, measure in found.items()} == {
        "0/least": 1.0,
        "0/most": 3.0,
        "1/least": -3.0,
        "1/most": -1.0,
    }


def lo(truth, said):
    return min(said)


def hi(truth, said):
    return max(said)


@pytest.mark.parametrize(("weighs", "given_"), [(True, [[5.0, 1.0]]), (False, [None])])
def test_weights_go_to_a_metric_that_takes_them(weighs, given_):
    seen = []

    def weighed(truth, said, sample_weight=None):
        seen.append(None if sample_weight is None else sample_weight.tolist())
        return 0.0

    measure_of(weighed, weights=np.array([1.0, 0, 0, 0, 0, 5.0]), weighs=weighs)(np.array([5, 0]), None)

    assert seen == given_


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("Input contains NaN"), "f cannot be computed: Input contains NaN"),
        (IndexError("no row 5"), "f cannot be computed: IndexError: no row 5"),
        (KeyError("m"), "f cannot be computed: KeyError: 'm'"),
        (TypeError("no numbers"), "f cannot be computed: TypeError: no numbers"),
        (ZeroDivisionError("by zero"), "f cannot be computed: ZeroDivisionError: by zero"),
    ],
)
def test_what_fails_for_all_rows_is_told_in_the_metrics_own_words(error, said):
    def fails(truth, predicted):
        raise error

    with pytest.raises(UsageError) as told:
        measure_of(fails)(ALL, None)

    assert str(told.value) == said


@pytest.mark.parametrize(
    "function", [of_three, lambda truth, said: 1 / (3.0 in said), lambda truth, said: {3.0: 1}[max(said) % 6 + 3]]
)
def test_what_worked_for_all_rows_and_fails_for_a_group_has_no_figure_there(function):
    measure = measure_of(function)

    assert not np.isnan(measure(ALL, None))
    assert np.isnan(measure(np.array([0, 1]), None))


@pytest.mark.parametrize("value", [None, "high", [1.0, 2.0], {"a": 1}])
def test_what_is_no_number_is_told_by_its_type(value):
    with pytest.raises(UsageError, match=f"^f returns a {type(value).__name__}, and one number is wanted"):
        measure_of(lambda truth, said: value)(ALL, None)


def undefined_in(positions: list[int]) -> set[int]:
    def warns(truth, said):
        warnings.warn("F-score is ill-defined and set to 0.0 due to no true samples.", stacklevel=1)
        return 0.0

    measure = measure_of(warns)
    measure(np.array(positions), None)
    return measure.undefined


@pytest.mark.parametrize(
    ("positions", "cells"),
    [([2, 3], {1}), ([3], set()), ([3, 2], set()), ([2, 2], set()), ([1, 2], set()), ([0, 1, 2, 3, 4, 5], set())],
    ids=["the whole cell", "a part", "another order", "a resample", "two cells", "all rows"],
)
def test_a_convention_is_noted_of_whole_cells_only(positions, cells):
    assert undefined_in(positions) == cells


def test_a_warning_of_another_kind_is_nobodys_business():
    def warns(truth, said):
        warnings.warn("This will be removed in 2.0", FutureWarning, stacklevel=1)
        return 1.0

    measure = measure_of(warns)

    assert (measure(np.array([0, 1]), None), measure.undefined) == (1.0, set())


LABELS = Metric(key="labels", label="labels", function=mean)
SCORES = Metric(key="scores", label="scores", function=mean, wants="scores")
CHANCES = Metric(key="chances", label="chances", function=mean, wants="probabilities")
MUTE = Answer(NUMBERS, None, False, NUMBERS)
RANKS = Answer(NUMBERS, NUMBERS, False, NUMBERS)
KNOWS = Answer(NUMBERS, NUMBERS / 6, True, NUMBERS)


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ([KNOWS], [LABELS, SCORES, CHANCES]),
        ([RANKS], [LABELS, SCORES]),
        ([MUTE], [LABELS]),
        ([KNOWS, RANKS], [LABELS, SCORES]),
        ([KNOWS, RANKS, MUTE], [LABELS]),
    ],
)
def test_of_the_standard_metrics_those_are_left_that_every_model_can_answer(answers, left):
    outcome = outcome_of(**{f"m{number}": answer for number, answer in enumerate(answers)})

    assert shared_metrics(outcome, [LABELS, SCORES, CHANCES], is_asked=False) == left


@pytest.mark.parametrize(("metric", "lacks"), [(SCORES, "scores"), (CHANCES, "probabilities")])
def test_of_metrics_that_were_asked_for_none_is_left_out_in_silence(metric, lacks):
    with pytest.raises(UsageError, match=f"^{metric.key} is of {lacks}, and mute gives none"):
        shared_metrics(outcome_of(knows=KNOWS, mute=MUTE), [LABELS, metric], is_asked=True)
