"""SHAP: the values are shap's own, in the user's columns, whatever these hold."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from jupyter_mlops.explanation import ExplanationWish, explain_model, matched
from jupyter_mlops.explanation._shap import BACKGROUND, Codes

ROWS = ExplanationWish(rows=(0, 7))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    made = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": made.integers(20, 60, 40),
            "pay": made.normal(size=40),
            "job": pd.Categorical(np.tile(["nurse", "smith", "cook", "smith"], 10)),
            "town": pd.array(np.tile(["north", "south"], 20), dtype="string"),
            "full_time": np.tile([True, False], 20),
        }
    )


@pytest.fixture(scope="module")
def labels(table) -> pd.Series:
    return ((table["age"] > 40) ^ (table["job"] == "cook")).map({True: "yes", False: "no"})


def codes_of(data):
    subject = matched(KMeans(2, n_init=1).fit(np.zeros((4, data.shape[1])) + np.arange(4)[:, None]), data)
    return Codes(subject), subject


def test_a_table_comes_back_as_it_was(table):
    codes, subject = codes_of(table)
    pd.testing.assert_frame_equal(codes.decode(codes.encode(subject)), table)


def test_missing_values_come_back_missing(table):
    data = table.astype({"age": float})
    data.loc[3, ["age", "pay", "job", "town"]] = None
    codes, subject = codes_of(data)
    numbers = codes.encode(subject)
    assert np.isnan(numbers[3]).tolist() == [True, True, True, True, False]
    pd.testing.assert_frame_equal(codes.decode(numbers), data)


@pytest.mark.parametrize("kind", ["float32", "int64", "object"])
def test_an_array_comes_back_as_it_was(kind):
    data = np.arange(12).reshape(6, 2).astype(kind)
    codes, subject = codes_of(data)
    back = codes.decode(codes.encode(subject))
    assert back.dtype == data.dtype
    assert (back == data).all()


def test_words_that_are_mixed_by_rows_are_words_again(table):
    codes, subject = codes_of(table)
    numbers = codes.encode(subject)
    numbers[0] = numbers[1]
    assert codes.decode(numbers).iloc[0].tolist() == table.iloc[1].tolist()


def asked(model, data, target=None, wish=ROWS):
    pytest.importorskip("shap", reason="an extra that nothing here depends on")
    return explain_model(model, data, target, method="shap", wish=wish)


def test_the_values_are_shaps(table, labels):
    shap = pytest.importorskip("shap", reason="an extra that nothing here depends on")
    data = table[["age", "pay"]].astype(float).to_numpy()
    model = LogisticRegression().fit(data, labels)
    report = asked(model, data, labels)

    masker = shap.maskers.Independent(data, max_samples=BACKGROUND)
    explainer = shap.PermutationExplainer(lambda rows: model.predict_proba(rows)[:, 1:], masker, seed=0)
    found = explainer(data, silent=True)
    order = [term for (term,) in report.importance.features]
    assert tuple(np.abs(found.values.reshape(40, 2)).mean(axis=0)[order]) == report.importance.scores
    assert report.base_values == (np.ravel(found.base_values)[0],)


def test_of_a_weighted_sum_a_column_adds_its_weight_times_the_way_from_the_mean(table):
    data = table[["age", "pay"]].astype(float)
    model = LinearRegression().fit(data, 2 * data["age"] - data["pay"])
    report = asked(model, data, data["age"])
    way = (data - data.mean()).iloc[[0, 7]].to_numpy() * model.coef_
    order = [term for (term,) in report.importance.features]
    assert np.array(report.local.contributions)[:, 0] == pytest.approx(way[:, order])


def test_contributions_sum_up_to_the_answer_of_a_pipeline_in_its_own_columns(table, labels):
    encode = make_column_transformer((OneHotEncoder(), ["job", "town", "full_time"]), remainder="passthrough")
    model = make_pipeline(encode, RandomForestClassifier(10, random_state=0)).fit(table, labels)
    report = asked(model, table, labels)

    assert set(report.importance.names) == set(table.columns)
    for (added,), (answer,) in zip(report.local.contributions, report.local.predicted, strict=True):
        assert report.base_values[0] + sum(added) == pytest.approx(answer)
    assert (report.method, report.scale, report.outputs) == ("shap", "probability", ("yes",))


def test_several_classes_and_clusters_have_values_each(table, labels):
    data = table[["age", "pay"]].astype(float)
    three = pd.cut(data["age"], 3, labels=["young", "middle", "old"]).astype(str)
    report = asked(RandomForestClassifier(10, random_state=0).fit(data, three), data, three)
    assert np.shape(report.local.contributions) == (2, 3, 2)
    report = asked(KMeans(3, n_init=1, random_state=0).fit(data), data)
    assert report.outputs == ("cluster 0", "cluster 1", "cluster 2")


def test_it_is_never_chosen_by_itself(table, labels):
    data = table[["age", "pay"]].astype(float)
    assert explain_model(LogisticRegression().fit(data, labels), data, labels).method == "permutation"


def test_the_notebook_goes_on_with_its_own_random_numbers(table, labels):
    data = table[["age", "pay"]].astype(float)
    model = LogisticRegression().fit(data, labels)
    np.random.seed(7)
    expected = np.random.RandomState(7).random(3).tolist()
    asked(model, data, labels)
    assert np.random.random(3).tolist() == expected


def test_a_long_wait_says_how_far_it_is(table, labels):
    data = table[["age", "pay"]].astype(float)
    heard = []
    wish = ExplanationWish(tell=lambda *told: heard.append(told))
    asked(LogisticRegression().fit(data, labels), data, labels, wish)
    assert [told for told in heard if told[0] == "rows"] == [("rows", row, 40) for row in range(41)]
