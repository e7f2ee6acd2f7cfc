"""Dummy columns are the column that they were: shuffled and varied together, in the words of its values."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from jupyter_mlops.entities import WhatIfQuestion, figure_value
from jupyter_mlops.explanation import ExplanationWish, asked_rows, explain_model
from jupyter_mlops.explanation._fingerprint import fingerprint_of

COLOURS = ("dark_blue", "dark_red", "light")
TELLS = (
    "Columns with a 1 for one value each are explained as the one that they were: colour (dark_blue, dark_red, light)."
)


@pytest.fixture(scope="module")
def cars():
    """Colours, whose words have separators too, as a column; prices that follow them."""
    made = np.random.default_rng(4)
    rows = pd.DataFrame({"age": made.normal(size=240), "colour": made.choice(COLOURS, 240)})
    price = rows["age"] + 2 * (rows["colour"] == "dark_red") + made.normal(0, 0.2, 240)
    return rows, (price > 0.7).astype(int).rename("sold")


@pytest.fixture(scope="module")
def encoded(cars):
    """The same rows as users encode them, and a model of these."""
    rows, sold = cars
    data = pd.get_dummies(rows, columns=["colour"])
    return data, RandomForestClassifier(20, random_state=0).fit(data, sold)


@pytest.fixture(scope="module")
def report(cars, encoded):
    return explain_model(encoded[1], encoded[0], cars[1], wish=ExplanationWish(rows=(3, 0)))


class Encoding(BaseEstimator):
    """The model that encodes for itself, which scikit-learn is asked about."""

    def __init__(self, model, names):
        self.model, self.names = model, names

    def fit(self, _data, _target):
        return self

    def score(self, data, target):
        return self.model.score(pd.get_dummies(data, columns=["colour"])[self.names], target)


def test_importance_is_that_of_the_column(report, cars, encoded):
    data, model = encoded
    alone = permutation_importance(model, data, cars[1], n_repeats=5, random_state=0)
    together = permutation_importance(Encoding(model, list(data)), *cars, n_repeats=5, random_state=0)

    scores = dict(zip(report.importance.names, report.importance.scores, strict=True))
    assert scores == dict(zip(("age", "colour"), together["importances_mean"].tolist(), strict=True))
    assert scores["colour"] > alone["importances_mean"][1:].max(), "one dummy alone seems to matter less"
    assert TELLS in report.notes


def test_the_shape_has_a_bar_for_each_value(report, encoded):
    shape = next(shape for shape in report.shapes if report.features.names[shape.feature] == "colour")

    assert (shape.form, set(shape.grid)) == ("bars", set(COLOURS))
    for word, value in zip(shape.grid, shape.values[0], strict=True):
        data = encoded[0].copy()
        for colour in COLOURS:
            data[f"colour_{colour}"] = colour == word
        assert value == pytest.approx(encoded[1].predict_proba(data)[:, 1].mean(), abs=1e-12)


def test_rows_hold_the_word_and_what_if_takes_another(report, cars, encoded):
    rows, sold = cars
    data, model = encoded
    assert [values[1] for values in report.local.values] == rows["colour"].iloc[[3, 0]].tolist()

    asked = asked_rows(model, data, sold, report)
    answer = asked.answer(WhatIfQuestion(channel="", request=1, row=3, changes={"1": "dark_red"}))
    changed = data.iloc[[3]].assign(colour_dark_blue=False, colour_dark_red=True, colour_light=False)
    assert [figure_value(value) for value in answer.predicted] == model.predict_proba(changed)[0, 1:].tolist()
    wrong = asked.answer(WhatIfQuestion(channel="", request=2, row=3, changes={"1": "green"}))
    assert wrong.problem == "colour: 'green' is none of its values."


@pytest.mark.parametrize("kind", [int, float, bool, "int8"])
def test_ones_of_any_type_are_dummies_and_come_back_as_they_were(cars, encoded, kind):
    data = encoded[0].astype({name: kind for name in encoded[0].columns if name != "age"})
    model = RandomForestRegressor(5, random_state=0).fit(data, cars[1])

    report = explain_model(model, data, cars[1])

    assert set(report.importance.names) == {"age", "colour"}
    assert report.fingerprint == fingerprint_of(data)


def test_columns_of_scikit_learns_encoder_have_its_name_in_front(cars):
    rows, sold = cars
    encoder = OneHotEncoder(sparse_output=False).set_output(transform="pandas").fit(rows[["colour"]])
    data = encoder.transform(rows[["colour"]]).add_prefix("onehot__").assign(age=rows["age"])

    report = explain_model(RandomForestClassifier(5, random_state=0).fit(data, sold), data, sold)

    assert set(report.importance.names) == {"age", "onehot__colour"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.drop(columns="colour_light"),
        lambda data: data.assign(colour_light=1),
        lambda data: data.assign(colour_light=0.5),
        lambda data: data.assign(colour="red"),
    ],
)
def test_what_is_no_whole_set_of_dummies_stays(cars, encoded, spoil):
    data = spoil(encoded[0])
    kept = data.select_dtypes(exclude=["object", "str"])
    model = make_pipeline(FunctionTransformer(_numbers), RandomForestClassifier(5, random_state=0)).fit(data, cars[1])

    report = explain_model(model, data, cars[1])

    assert {*kept.columns} <= set(report.importance.names)
    assert not report.notes


def _numbers(frame):
    return frame.select_dtypes(exclude=["object", "str"])
