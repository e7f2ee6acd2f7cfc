"""Close calls: mixtures of real rows at which a model is nearest to another answer; files decide them alike."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from unseen_rows import exported

from jupyter_mlops.export import ExportWish, Table, export_model
from jupyter_mlops.export._close_calls import close_calls
from jupyter_mlops.export._estimator import Estimator


def called(model, rows):
    return Table.joined(close_calls(Estimator(model), Table.of(rows)))


def test_a_classifier_hesitates_more_than_at_any_real_row(X, y):
    model = LogisticRegression().fit(X, y)
    rows = called(model, X).value
    margins, real = (np.abs(model.decision_function(each)) for each in (rows, X))

    assert len(rows) == 32
    assert margins.max() < np.sort(real)[32]
    assert (rows >= X.min(axis=0)).all()
    assert (rows <= X.max(axis=0)).all()


def test_of_a_regressor_little_is_left(X):
    model = LinearRegression().fit(X, X @ [1.0, 2.0, 3.0, 4.0])
    assert np.abs(model.predict(called(model, X).value)).max() < 0.5


def test_between_two_clusters(X):
    model = KMeans(2, n_init=1, random_state=0).fit(X)
    apart = np.diff(np.sort(model.transform(called(model, X).value), axis=1), axis=1)
    assert apart.max() < 0.2


def test_columns_keep_their_types_and_their_values(people, y):
    columns = make_column_transformer((OneHotEncoder(), ["town", "children"]), (StandardScaler(), ["age"]))
    rows = people.astype({"town": "category"})
    model = make_pipeline(columns, LogisticRegression()).fit(rows, y)
    found = called(model, rows).value

    pd.testing.assert_series_equal(found.dtypes, rows.dtypes)
    assert set(found["town"]) <= set(rows["town"])
    assert set(found["children"]) <= set(rows["children"])
    assert not set(found["age"]) <= set(rows["age"])  # lies between


def test_of_texts_one_has_words_of_two():
    texts = ["good old wine", "bad new beer", "good cheap beer", "bad day"] * 5
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0] * 5)
    found = set(called(model, texts).value)
    assert "bad old wine" in found
    assert all(type(text) is str for text in found)


@pytest.mark.parametrize("answers", ["none", "names"])
def test_none_where_the_model_has_no_figures(X, y, answers):
    class Silent(BaseEstimator):
        def predict(self, rows):
            if answers == "none":
                raise ValueError("no")
            return np.full(len(rows), "a")

    assert close_calls(Estimator(Silent()), Table.of(X)) == []
    assert close_calls(Estimator(LogisticRegression().fit(X, y)), Table.of(X[:0])) == []


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier])
def test_a_forest_of_equal_votes_names_the_class_that_scikit_learn_names(kind, X, tmp_path):
    """The votes of some hundred of these rows are equal, and which class a float32 sum prefers hangs on the trees."""
    model = kind(20, random_state=0).fit(X, np.random.default_rng(1).random(len(X)) > 0.5)
    draw = np.random.default_rng(2)
    later = draw.normal(size=(5000, 4)).astype(np.float32).astype(float)
    assert (np.ptp(model.predict_proba(later), axis=1) < 1e-9).sum() > 100

    report = export_model(model, X, tmp_path / "quick.onnx", ExportWish(timed=False))
    assert report.precision == "float32"
    exported(model, X, later, tmp_path / "m.onnx")
