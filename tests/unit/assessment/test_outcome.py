"""Which task this is, which classes there are, and what each model said of them, by number."""

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.assessment._metrics import resolve_metrics
from jupyter_mlops.assessment._outcome import read_outcome
from jupyter_mlops.assessment._predictions import Predictions, predict, type_name
from jupyter_mlops.exceptions import UsageError

MANY = np.arange(100)
TEXT = np.array(["no", "yes", "yes"], dtype=object)


def raw(values) -> Predictions:
    return Predictions(np.asarray(values), "raw")


def outcome_of(y, *said: Predictions, positive=None):
    return read_outcome(y, {f"m{number}": answer for number, answer in enumerate(said)}, positive)


@pytest.mark.parametrize(
    ("y", "said", "task", "classes"),
    [
        ([0, 1, 1], raw([0, 0, 1]), "binary", (0, 1)),
        ([0.0, 1.0], raw([1.0, 1.0]), "binary", (0.0, 1.0)),
        ([True, False], raw([True, True]), "binary", (False, True)),
        (TEXT, raw(TEXT), "binary", ("no", "yes")),
        (["a", "b", "c"], raw(["a", "a", "b"]), "multiclass", ("a", "b", "c")),
        ([0, 1, 2], raw([0, 1, 2]), "multiclass", (0, 1, 2)),
        (["a", "b"], raw(["a", "c"]), "multiclass", ("a", "b", "c")),
        ([0, 1, 1], raw([0.2, 0.4, 0.9]), "score", (0, 1)),
        (TEXT, raw([0.2, 0.4, 0.9]), "score", ("no", "yes")),
        ([0.5, 1.5], raw([1.0, 2.0]), "regression", ()),
        ([1, 2, 3], raw([1.1, 2.2, 2.9]), "regression", ()),
        (MANY, raw(MANY), "regression", ()),
        ([0, 1, 1], Predictions(np.array([0.1, 0.8, 0.6]), "regressor"), "regression", ()),
        ([0, 1, 1], Predictions(np.array([0.1, 0.8, 0.6]), "network"), "binary", (0, 1)),
        ([1, 2, 3], Predictions(np.array([0.1, 0.8, 0.6]), "network"), "regression", ()),
        ([0, 1, 2], Predictions(np.eye(3), "network"), "multiclass", (0, 1, 2)),
        ([0, 1, 0], raw(np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])), "binary", (0, 1)),
        (MANY, Predictions(MANY, "classifier", classes=tuple(range(100))), "multiclass", tuple(range(100))),
        ([0, 0], raw([0, 0]), "binary", (0, 1)),
        ([True, True], raw([True, True]), "binary", (False, True)),
    ],
)
def test_the_task_is_told_by_models_and_values(y, said, task, classes):
    outcome = outcome_of(y, said)

    assert (outcome.task, outcome.classes) == (task, classes)


def test_labels_are_class_numbers():
    outcome = outcome_of(TEXT, raw(["yes", "yes", "no"]))

    assert outcome.truth.tolist() == [0, 1, 1]
    assert outcome.answers["m0"].labels.tolist() == [1, 1, 0]
    assert outcome.answers["m0"].plain.tolist() == ["yes", "yes", "no"]


@pytest.mark.parametrize("positive", ["no", 0, "0"])
def test_the_positive_class_is_the_last_one(positive):
    y = TEXT if positive == "no" else np.array([0, 1, 1])
    outcome = outcome_of(y, raw(y), positive=positive)

    assert str(outcome.classes[1]) == str(positive)
    assert outcome.truth.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("scores", "labels", "probable"),
    [
        ([0.2, 0.5, 0.9], [0, 1, 1], True),
        ([-2.0, 0.0, 3.5], [0, 1, 1], False),
        ([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]], [0, 0, 1], True),
        ([[2.0, -1.0], [0.0, 4.0], [1.0, 2.0]], [0, 1, 1], False),
    ],
)
def test_a_networks_scores_are_decisions(scores, labels, probable):
    answer = outcome_of([0, 1, 1], Predictions(np.array(scores), "network")).answers["m0"]

    assert (answer.labels.tolist(), answer.probable) == (labels, probable)


def test_probabilities_of_a_classifier_are_of_the_positive_class():
    said = Predictions(
        np.array([0, 1]), "classifier", scores=np.array([[0.9, 0.1], [0.2, 0.8]]), probable=True, classes=(0, 1)
    )

    assert outcome_of([0, 1], said).answers["m0"].scores.tolist() == [0.1, 0.8]
    assert outcome_of([0, 1], said, positive=0).answers["m0"].scores.tolist() == [0.9, 0.2]


def test_distances_of_a_classifier_turn_with_the_positive_class():
    said = Predictions(np.array([0, 1]), "classifier", scores=np.array([-1.0, 2.0]), classes=(0, 1))

    assert outcome_of([0, 1], said, positive=0).answers["m0"].scores.tolist() == [1.0, -2.0]


def test_probabilities_of_other_classes_than_the_outcomes_are_left_out():
    said = Predictions(
        np.array(["a", "b"]), "classifier", scores=np.array([[0.9, 0.1], [0.2, 0.8]]), probable=True, classes=("a", "b")
    )
    answer = outcome_of(["a", "c"], said).answers["m0"]

    assert (answer.scores, answer.probable) == (None, False)


def test_a_metric_gets_what_it_is_of():
    outcome = outcome_of([0, 1, 1], Predictions(np.array([0.2, 0.4, 0.9]), "network"))
    labels, scores = resolve_metrics(("accuracy", "roc_auc"), "binary", ("0", "1"))

    assert outcome.arrays(labels, "m0")[1].tolist() == [0, 0, 1]
    assert outcome.arrays(scores, "m0")[1].tolist() == [0.2, 0.4, 0.9]


def test_a_metric_of_one_class_gets_it_against_the_rest():
    outcome = outcome_of(["a", "b", "c"], raw(["a", "c", "c"]))
    metric = resolve_metrics(("selection_rate",), "multiclass", ("a", "b", "c"))[2]

    truth, said = outcome.arrays(metric, "m0")
    assert (truth.tolist(), said.tolist()) == ([0, 0, 1], [0, 1, 1])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([], "y is empty"),
        ([[1, 2], [3, 4]], r"y has the shape \(2, 2\)"),
        ([1.0, np.nan], "y has 1 missing values"),
        (pd.Series(["a", None]), "y has 1 missing values"),
    ],
)
def test_an_outcome_that_cannot_be_read(y, message):
    with pytest.raises(UsageError, match=message):
        outcome_of(y, raw([0] * len(y)))


def test_models_of_different_kinds_cannot_be_compared():
    with pytest.raises(UsageError, match="which is none of the classes"):
        outcome_of(
            [0, 1],
            Predictions(np.array([0, 1]), "classifier", classes=(0, 1)),
            Predictions(np.array([0.5, 0.7]), "regressor"),
        )


class Columns:
    """A model that says which columns it was given."""

    feature_names_in_ = np.array(["b", "a"])

    def predict(self, X):
        assert list(X.columns) == ["b", "a"]
        return np.zeros(len(X))


def test_a_model_gets_its_own_columns_in_its_own_order():
    wide = pd.DataFrame({"a": [1], "sex": ["f"], "b": [2]})

    assert predict("m", Columns(), wide, {}, 0).answer.tolist() == [0.0]


def test_a_model_that_misses_a_column_says_so_in_its_own_words():
    with pytest.raises(UsageError, match="m cannot predict from X: KeyError"):
        predict("m", lambda X: X["nothing"], pd.DataFrame({"a": [1]}), {}, 0)


class Seeded:
    """A model that decides at random."""

    def predict(self, X, random_state=None):
        return np.random.default_rng(random_state).integers(0, 2, len(X))


def test_a_model_that_takes_a_seed_gets_one():
    first, second = (predict("m", Seeded(), np.ones((50, 1)), {}, 7).answer for _ in range(2))

    assert first.tolist() == second.tolist()


@pytest.mark.parametrize(
    ("model", "name"),
    [([1, 0], ""), (np.ones(3), ""), (pd.Series([1]), ""), (Seeded(), "Seeded"), (len, "builtin_function_or_method")],
)
def test_a_models_type_is_told_and_predictions_have_none(model, name):
    assert type_name(model) == name
