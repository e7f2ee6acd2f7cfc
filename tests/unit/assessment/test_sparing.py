"""Of thousands of groups the library is asked about few, and the figures stay its own to the last digit."""

import fairlearn.metrics
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from fairlearn.metrics import MetricFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.assessment import FairnessQuestion, analyse
from jupyter_mlops.assessment._counting import formula_of
from jupyter_mlops.assessment._metrics import Metric
from jupyter_mlops.assessment._sparing import CHECKED, Answer, Case, Sparing, case_of_labels, case_of_ranks

GROUPS = 700


class Scored:
    """Answers with the scores that its rows are."""

    classes_ = np.array([0, 1])

    def predict(self, rows):
        return (rows[:, 0] >= 0.5).astype(int)

    def predict_proba(self, rows):
        return np.column_stack([1 - rows[:, 0], rows[:, 0]])


class Library:
    """Counts how often it is asked."""

    def __init__(self, *answers: Answer) -> None:
        self.asked, self._answers = 0, answers

    def __call__(self) -> Answer:
        self.asked += 1
        return self._answers[min(self.asked, len(self._answers)) - 1]


def question(rows: int, seed: int = 0, **more) -> FairnessQuestion:
    made = np.random.default_rng(seed)
    truth = made.integers(0, 2, rows)
    scores = np.round(np.clip(truth * 0.2 + made.random(rows) * 0.8, 0, 1), 2)
    groups = made.integers(0, GROUPS, rows).astype(str)
    return FairnessQuestion(
        models={"model": Scored()}, X=scores[:, None], y=truth, sensitive={"group": groups}, **{"boot": 0, **more}
    )


def by_group(report) -> pd.DataFrame:
    grouping = report.groupings[-1]
    names = [report.group_name(grouping, group) for group in range(len(grouping.sizes))]
    figures = np.array([[float(figure) for figure in row] for row in report.results[-1].by_group])
    return pd.DataFrame(figures.T, index=names, columns=[metric.key for metric in report.metrics]).sort_index()


@pytest.mark.filterwarnings("ignore")  # of groups in which a metric is not defined: they are what is compared
@pytest.mark.parametrize("rows", [2_000, 20_000], ids=["groups of a few rows", "groups of thirty"])
def test_every_figure_is_metric_frames(rows):
    asked = question(rows)
    ours = by_group(analyse(asked))
    scores = asked.X[:, 0]
    theirs = {
        key: getattr(fairlearn.metrics, key, None) or getattr(sklearn.metrics, key)
        for key in ours
        if key != "roc_auc_score"
    }
    frames = [
        MetricFrame(metrics=metrics, y_true=asked.y, y_pred=said, sensitive_features=asked.sensitive["group"]).by_group
        for metrics, said in [
            (theirs, (scores >= 0.5).astype(int)),
            ({"roc_auc_score": sklearn.metrics.roc_auc_score}, scores),
        ]
    ]
    expected = pd.concat(frames, axis=1).sort_index()[list(ours)].astype(float)

    pd.testing.assert_frame_equal(ours, expected, check_exact=True, check_names=False)


def test_what_is_not_defined_is_noted_all_the_same(monkeypatch):
    spared = analyse(question(2_000))
    monkeypatch.setattr("jupyter_mlops.assessment._measures.CHECKED", GROUPS)
    asked = analyse(question(2_000))

    assert spared.notes == asked.notes
    assert any("is not defined in" in note for note in spared.notes)
    assert spared.results == asked.results


def test_the_library_is_asked_about_a_part_of_the_groups(monkeypatch):
    asked = []
    library = sklearn.metrics.precision_score

    def precision_score(y_true, y_pred):
        asked.append(len(y_true))
        return library(y_true, y_pred)

    precision_score.__module__ = "sklearn.metrics"
    monkeypatch.setattr("sklearn.metrics.precision_score", precision_score)
    analyse(question(20_000, metrics=("precision_score",)))

    assert CHECKED <= len(asked) < GROUPS


def test_intervals_of_many_groups_are_those_of_a_library_that_is_always_asked(monkeypatch):
    spared = analyse(question(2_000, boot=3))
    monkeypatch.setattr("jupyter_mlops.assessment._measures.CHECKED", GROUPS)

    assert spared.results == analyse(question(2_000, boot=3)).results


def test_a_formula_is_believed_after_it_said_the_same_often_enough():
    library, sparing = Library(Answer(0.5)), Sparing()
    said = [sparing.answer(Case(True, 0, lambda: 0.5), library).value for _ in range(CHECKED + 50)]

    assert (set(said), library.asked) == ({0.5}, CHECKED)


@pytest.mark.parametrize("told", [Answer(0.5000000001), Answer(0.5, is_undefined=True)])
def test_a_formula_that_was_wrong_once_is_never_believed(told):
    library, sparing = Library(told), Sparing()
    said = [sparing.answer(Case(True, 0, lambda: 0.5), library) for _ in range(CHECKED + 50)]

    assert (set(said), library.asked) == ({told}, CHECKED + 50)


def test_cases_that_are_not_plain_are_the_librarys_once_each():
    library, sparing = Library(Answer(0.0, is_undefined=True), Answer(1.0)), Sparing()
    said = [sparing.answer(Case(False, key, lambda: 7.0), library).value for key in "abab"]

    assert (said, library.asked) == ([0.0, 1.0, 0.0, 1.0], 2)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_rows_are_a_plain_case_where_no_class_is_missing(pairs):
    formula = formula_of(Metric(key="f", label="f", function=sklearn.metrics.accuracy_score), 2)
    case = case_of_labels(np.array(pairs), 2, formula)
    truth, said = np.array(pairs) // 2, np.array(pairs) % 2

    assert case.is_plain == (len(set(truth)) == len(set(said)) == 2)
    assert case.compute() == sklearn.metrics.accuracy_score(truth, said)
    assert case.key == case_of_labels(np.array(pairs[::-1]), 2, formula).key


def test_scores_of_one_class_are_no_plain_case():
    truth, scores = np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3])
    both = case_of_ranks(truth, scores, lambda *columns: float(len(columns)))
    one = case_of_ranks(truth[1:], scores[1:], lambda *_: 0.0)

    assert (both.is_plain, both.compute()) == (True, 2.0)
    assert (one.is_plain, one.key) == (False, 1)
