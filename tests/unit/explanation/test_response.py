"""Models as scikit-learn's inspection takes them: themselves where it can, behind its interface where it cannot."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.cluster import AffinityPropagation, KMeans, MeanShift
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.metrics import accuracy_score, r2_score
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from jupyter_mlops.explanation import matched
from jupyter_mlops.explanation._permutation import local_rows, predictions
from jupyter_mlops.explanation._response import InspectedClassifier, clusters_of, inspected, scale_of


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Two groups of rows, far from each other."""
    draw = np.random.default_rng(0)
    return pd.DataFrame(
        {"a": np.repeat([0.0, 9.0], 15) + draw.normal(size=30), "b": np.repeat([9.0, 0.0], 15) + draw.normal(size=30)}
    )


LABELS = np.repeat(["left", "right"], 15)


class Voter:
    """Gives labels and nothing else."""

    classes_ = np.array(["left", "right"])

    def predict(self, data):
        return np.where(data["a"] > 4.5, "right", "left")


@pytest.mark.parametrize(
    "model", [LogisticRegression(), RidgeClassifier(), make_pipeline(StandardScaler(), LogisticRegression())], ids=str
)
def test_a_classifier_of_scikit_learns_is_asked_itself(model, table):
    fitted = model.fit(table, LABELS)
    assert inspected(matched(fitted, table, LABELS)) is fitted


def test_a_regressor_of_scikit_learns_is_asked_itself(table):
    model = LinearRegression().fit(table, table["a"])
    assert inspected(matched(model, table)) is model


def test_labels_alone_are_answers_of_somebody_who_is_always_sure(table):
    subject = matched(Voter(), table, LABELS)
    model = inspected(subject)

    assert isinstance(model, InspectedClassifier)
    assert is_classifier(model)
    assert model.predict_proba(table).tolist() == [[1.0, 0.0]] * 15 + [[0.0, 1.0]] * 15
    assert model.predict(table).tolist() == LABELS.tolist()
    assert model.score(table, LABELS) == accuracy_score(LABELS, Voter().predict(table)) == 1.0
    assert scale_of(subject, model) == "share of rows"


def test_scikit_learn_takes_what_stands_in_for_a_model_as_fitted(table):
    model = inspected(matched(Voter(), table, LABELS))

    check_is_fitted(model)
    assert model.fit(table, LABELS) is model


def test_clusters_are_classes(table):
    model = inspected(matched(KMeans(2, n_init=1, random_state=0).fit(table), table))
    answers = model.predict(table)

    assert is_classifier(model)
    assert model.predict_proba(table).argmax(axis=1).tolist() == answers.tolist()
    assert set(answers) == {0, 1}


def test_a_mixture_gives_its_own_probabilities(table):
    mixture = GaussianMixture(2, random_state=0).fit(table)
    model = inspected(matched(mixture, table))

    assert model.predict_proba(table).tolist() == mixture.predict_proba(table).tolist()
    assert scale_of(matched(mixture, table), model) == "probability"


def test_how_ordinary_a_row_is_is_a_number(table):
    forest = IsolationForest(n_estimators=3, random_state=0).fit(table)
    model = inspected(matched(forest, table))
    answers = forest.decision_function(table)

    assert is_regressor(model)
    assert model.predict(table).tolist() == answers.tolist()
    assert model.score(table, answers[::-1]) == r2_score(answers[::-1], answers)


@pytest.mark.parametrize(
    ("model", "clusters"),
    [
        (KMeans(3, n_init=1, random_state=0), [0, 1, 2]),
        (GaussianMixture(2, random_state=0), [0, 1]),
        (BayesianGaussianMixture(n_components=2, random_state=0), [0, 1]),
        (MeanShift(bandwidth=4), [0, 1]),
        (AffinityPropagation(preference=-500, random_state=0), [0, 1]),
        (make_pipeline(StandardScaler(), KMeans(2, n_init=1, random_state=0)), [0, 1]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_clusters_of_a_model_are_those_of_its_training(model, clusters, table):
    """Also those that none of the rows which are explained belongs to."""
    subject = matched(model.fit(table), table[:3])
    assert clusters_of(subject).tolist() == clusters


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (LogisticRegression(), lambda model, rows: model.predict_proba(rows)[:, 1:]),
        (RidgeClassifier(), lambda model, rows: model.decision_function(rows)[:, None]),
    ],
    ids=["probability", "decision"],
)
def test_of_two_classes_the_second_is_predicted(model, expected, table):
    fitted = model.fit(table, LABELS)
    subject = matched(fitted, table, LABELS)

    assert predictions(subject, inspected(subject)).tolist() == expected(fitted, table).tolist()


def test_chosen_rows_are_told_as_they_were_given(table):
    subject = matched(Voter(), table.assign(word="<b>", flag=True, none=None), LABELS)
    local = local_rows(subject, inspected(subject), (29, 0))

    assert local.values == (
        (float(table["a"][29]), float(table["b"][29]), "<b>", "True", "None"),
        (float(table["a"][0]), float(table["b"][0]), "<b>", "True", "None"),
    )
    assert local.predicted == ((1.0,), (0.0,))
    assert local.actual == ("right", "left")


def test_without_rows_there_is_nothing_to_tell(table):
    subject = matched(Voter(), table)
    assert local_rows(subject, inspected(subject), ()) is None
