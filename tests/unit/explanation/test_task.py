"""What a model answers is told by the model: its tags, its attributes, what is inside a search or a pipeline."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import explain_model, is_model, matched
from jupyter_mlops.explanation._subject import check_rows
from jupyter_mlops.explanation._task import Task, estimator_type, last_step, type_name, unwrapped

TABLE = pd.DataFrame({"a": np.linspace(0, 1, 12), "b": np.linspace(1, 0, 12) ** 2})
LABELS = np.array(["no", "yes"] * 6)


def test_xgboosts_own_model_is_told_how_it_becomes_one_of_scikit_learns():
    xgboost = pytest.importorskip("xgboost")
    booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(TABLE, LABELS == "yes"), 2)
    with pytest.raises(UsageError, match=r"model.load_model\(booster.save_raw\(\)\)"):
        explain_model(booster, TABLE, LABELS)

    model = xgboost.XGBClassifier()
    model.load_model(booster.save_raw())
    assert set(explain_model(model, TABLE, (LABELS == "yes").astype(int)).importance.names) == {"a", "b"}


class Anonymous:
    """Looks like a classifier of scikit-learn's and says nothing about itself."""

    classes_ = np.array(["no", "yes"])

    def predict(self, data):
        return np.where(np.asarray(data)[:, 0] > 0.5, "yes", "no")


@pytest.mark.parametrize(
    ("model", "task"),
    [
        (LogisticRegression().fit(TABLE, LABELS), Task("binary", "classes", ("no", "yes"))),
        (LinearRegression().fit(TABLE, TABLE["a"]), Task("regression", "numbers")),
        (LinearRegression().fit(TABLE, TABLE), Task("regression", "numbers", answers=2)),
        (KMeans(2, n_init=1).fit(TABLE), Task("clustering", "clusters")),
        (GaussianMixture(2).fit(TABLE), Task("clustering", "clusters")),
        (IsolationForest(n_estimators=2).fit(TABLE), Task("regression", "anomalies", scale="decision function")),
        (Anonymous(), Task("binary", "classes", ("no", "yes"))),
    ],
    ids=lambda value: type(value).__name__ if is_model(value) else value.answer,
)
def test_a_model_says_what_it_answers(model, task):
    assert matched(model, TABLE).task == task


@pytest.mark.parametrize(
    ("task", "outputs"),
    [
        (Task("binary", "classes", ("no", "yes")), ("yes",)),
        (Task("multiclass", "classes", ("a", "b", "c")), ("a", "b", "c")),
        (Task("regression", "numbers"), ("prediction",)),
        (Task("regression", "numbers", target_name="price"), ("price",)),
        (Task("regression", "numbers", answers=2, target_name="price"), ("output 0", "output 1")),
        (Task("regression", "anomalies"), ("decision function",)),
    ],
)
def test_outputs_have_names(task, outputs):
    assert task.outputs == outputs


def test_only_what_predicts_is_a_model():
    assert [is_model(value) for value in (Anonymous(), Anonymous, StandardScaler(), TABLE, None, len)] == [
        True,
        False,
        False,
        False,
        False,
        False,
    ]


def test_what_is_inside_is_found():
    core = LogisticRegression()
    scaled = make_pipeline(StandardScaler(), core)
    search = GridSearchCV(make_pipeline("passthrough", LogisticRegression()), {}, cv=2).fit(TABLE, LABELS)

    assert unwrapped(make_pipeline(core)) is core
    assert unwrapped(scaled) is scaled
    assert last_step(scaled) is core
    assert type(unwrapped(search)) is type(last_step(search)) is LogisticRegression
    assert type_name(scaled) == "Pipeline(StandardScaler, LogisticRegression)"
    assert type_name(search) == "GridSearchCV(Pipeline(LogisticRegression))"


def test_an_older_scikit_learn_says_it_by_an_attribute():
    class Older:
        _estimator_type = "regressor"

        def predict(self, data):
            return np.zeros(len(data))

    assert estimator_type(Older()) == "regressor"
    assert estimator_type(object()) == ""
    assert matched(Older(), TABLE).task == Task("regression", "numbers")


def test_a_classifier_without_classes_is_not_fitted():
    class Unready(ClassifierMixin, BaseEstimator):
        def predict(self, data):
            return data

        def __sklearn_is_fitted__(self):
            return True

    with pytest.raises(UsageError, match="Unready has no classes_: it is not fitted"):
        matched(Unready(), TABLE)


def test_the_name_of_the_labels_is_what_is_predicted():
    price = pd.Series(np.arange(12.0), name="price")
    assert matched(LinearRegression().fit(TABLE, price), TABLE, price).task.outputs == ("price",)
    assert matched(LinearRegression().fit(TABLE, price), TABLE, price.to_numpy()).task.outputs == ("prediction",)


def test_columns_of_an_array_have_the_types_of_their_values():
    mixed = np.array([[1, "a"], [2.5, "b"]], dtype=object)
    subject = matched(Anonymous(), np.vstack([mixed] * 3)[:, ::-1][:, ::-1])

    assert (subject.names, subject.rows) == (("x0", "x1"), 6)
    assert [str(subject.column(index).dtype) for index in (0, 1)] in (["float64", "str"], ["float64", "object"])


def test_a_sample_keeps_the_order_of_the_rows_and_is_drawn_with_its_seed():
    subject = matched(Anonymous(), TABLE, LABELS)
    drawn = subject.sampled(5, seed=1)

    assert list(drawn.data.index) == sorted(drawn.data.index)
    assert drawn.data.equals(subject.sampled(5, seed=1).data)
    assert drawn.target.tolist() == LABELS[drawn.data.index].tolist()
    assert subject.sampled(12, seed=1) is subject


@pytest.mark.parametrize("row", [-1, 12])
def test_a_row_that_is_not_there_is_told(row):
    with pytest.raises(UsageError, match=f"There is no row {row}: X has 12 rows, 0 to 11"):
        check_rows((0, row), 12)


def test_many_incomplete_columns_are_told_by_the_first_and_their_number():
    holed = pd.DataFrame({f"x{number}": [np.nan, *range(11)] for number in range(5)})
    model = LogisticRegression().fit(holed.fillna(0), LABELS)

    with pytest.raises(UsageError) as caught:
        explain_model(model, holed, LABELS)

    assert "column 'x0' has 1 missing value," in str(caught.value)
    assert "and 2 more columns have some. Fill them in" in str(caught.value)
