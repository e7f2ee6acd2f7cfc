"""What-if: a changed row gets the answer that the model gives it, and what cannot be asked is said."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest
import torch
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from jupyter_mlops.entities import ExplanationReport, WhatIfAnswer, WhatIfQuestion
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, asked_again, asked_rows, can_be_asked, explain_model

ROWS = (0, 3)

IMAGES = ExplanationReport.from_json(
    (Path(__file__).parents[2] / "frontend" / "reports" / "explanation-image.json").read_text()
)


@pytest.fixture(scope="module")
def table():
    made = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": made.integers(20, 60, 60),
            "pay": made.normal(size=60),
            "job": pd.Categorical(np.tile(["nurse", "smith", "cook"], 20)),
            "full_time": np.tile([True, False], 30),
        }
    )


@pytest.fixture(scope="module")
def labels(table):
    return ((table["age"] > 40) ^ (table["job"] == "cook")).map({True: "yes", False: "no"})


@pytest.fixture(scope="module")
def pipeline(table, labels):
    encode = make_column_transformer((OneHotEncoder(), ["job", "full_time"]), remainder="passthrough")
    return make_pipeline(encode, RandomForestClassifier(20, random_state=0)).fit(table, labels)


def opened(model, data, target=None, rows=ROWS):
    report = explain_model(model, data, target, wish=ExplanationWish(rows=rows))
    return asked_rows(model, data, target, report), report


@pytest.fixture(scope="module")
def told(pipeline, table, labels):
    return explain_model(pipeline, table, labels, wish=ExplanationWish(rows=ROWS))


@pytest.fixture(scope="module")
def asked(pipeline, table, labels, told):
    return asked_rows(pipeline, table, labels, told)


def ask(asked, row=3, **changes):
    numbers = {name: str(number) for number, name in enumerate(asked.subject.names)}
    return asked.answer(
        WhatIfQuestion(request=7, channel="", row=row, changes={numbers[name]: new for name, new in changes.items()})
    )


def test_a_row_as_it_is_gets_the_answer_of_the_report(asked, told):
    assert [ask(asked, row=row).predicted for row in ROWS] == list(told.local.predicted)


def test_a_report_that_was_kept_is_asked_with_its_model_and_data(asked, pipeline, table, labels, told):
    again = asked_again(pipeline, table, labels, ExplanationReport.from_json(told.to_json()))
    assert (ask(again, age=59), again.ranges) == (ask(asked, age=59), asked.ranges)


def test_other_data_than_the_reports_are_refused(pipeline, table, labels, told):
    with pytest.raises(UsageError, match=r"about other rows than these\. Give the data that it was made with\."):
        asked_again(pipeline, table.assign(age=table["age"] + 1), labels, told)
    with pytest.raises(UsageError, match="What-if needs data"):
        asked_again(pipeline, None, None, told)


def test_only_rows_of_a_table_can_be_asked(pipeline, table, labels, told):
    for report in (IMAGES, msgspec.structs.replace(told, local=None)):
        assert not can_be_asked(report)
        with pytest.raises(UsageError, match=r"names no rows of a table to ask about\. Explain again, with rows"):
            asked_rows(pipeline, table, labels, report)
    assert can_be_asked(told)


def test_a_changed_row_gets_the_models_answer(asked, pipeline, table):
    changed = table.iloc[[3]].copy()
    changed["age"], changed["pay"] = 59, 0.25
    changed["job"] = pd.Categorical(["cook"], categories=table["job"].cat.categories)
    changed["full_time"] = True
    answer = ask(asked, age=59, pay="0.25", job="cook", full_time="True")
    assert answer == WhatIfAnswer(request=7, predicted=(pipeline.predict_proba(changed)[0, 1],))


def test_asking_changes_nothing(asked, table):
    before = asked.subject.data.copy()
    first = ask(asked)
    ask(asked, age=20, job="smith")
    pd.testing.assert_frame_equal(asked.subject.data, before)
    assert ask(asked) == first


def test_a_whole_number_may_become_a_fraction(table):
    model = LinearRegression().fit(table[["age", "pay"]], table["age"] * 2.0)
    asked, _ = opened(model, table[["age", "pay"]])
    assert ask(asked, age=30.5).predicted == pytest.approx((61.0,))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"age": "old"}, "age: 'old' is no number."),
        ({"job": "king"}, "job: 'king' is none of its values."),
        ({"full_time": "maybe"}, "full_time: 'maybe' is none of its values."),
    ],
)
def test_a_value_that_cannot_be_is_said(asked, changes, said):
    assert ask(asked, **changes) == WhatIfAnswer(request=7, problem=said)


@pytest.mark.parametrize("number", ["4", "-1", "x", "9" * 30])
def test_a_column_that_is_not_there_is_said(asked, number):
    answer = asked.answer(WhatIfQuestion(request=1, channel="", row=0, changes={number: 1.0}))
    assert answer.problem.startswith("There is no column ")


def test_a_row_that_was_not_named_is_not_told(asked):
    assert ask(asked, row=1).problem == "Row 1 is none of the rows that were explained."


@pytest.mark.filterwarnings("ignore:Missing values detected")  # InterpretML's, while it trains
def test_a_value_may_be_missing_where_the_model_takes_it(table, labels):
    data = table[["age", "pay"]].astype(float)
    data.loc[::7, "pay"] = np.nan
    model = ExplainableBoostingClassifier(interactions=0, outer_bags=2, max_rounds=20, n_jobs=1).fit(data, labels)
    asked, _ = opened(model, data, labels)
    row = data.iloc[[3]].assign(pay=np.nan)
    for missing in (None, "NaN", ""):
        assert ask(asked, pay=missing).predicted == (model.predict_proba(row)[0, 1],)


def test_where_the_model_takes_none_its_refusal_is_the_problem(table):
    model = LinearRegression().fit(table[["pay"]], table["age"])
    asked, _ = opened(model, table[["pay"]])
    assert "cannot read X" in ask(asked, pay=None).problem


def test_a_model_that_is_interrupted_says_so(asked):
    def interrupted(_one):
        raise KeyboardInterrupt

    answer = ask(replace(asked, tell=interrupted))
    assert answer == WhatIfAnswer(request=7, problem="Interrupted. Change a value to ask again.")


def test_a_glass_box_tells_what_each_term_adds_now(table, labels):
    data = table[["age", "pay"]]
    model = ExplainableBoostingClassifier(interactions=1, outer_bags=2, max_rounds=20, n_jobs=1).fit(data, labels)
    asked, report = opened(model, data, labels)
    answer = ask(asked, age=21)
    odds = np.log(answer.predicted[0] / (1 - answer.predicted[0]))
    assert report.base_values[0] + sum(answer.contributions[0]) == pytest.approx(odds)
    assert ask(asked).contributions == report.local.contributions[1]


def test_arrays_networks_and_clusters_are_asked_as_well(table):
    data = table[["age", "pay"]].to_numpy()
    network = torch.nn.Sequential(torch.nn.Linear(2, 1))
    asked, _ = opened(network, data.astype("float32"), table["pay"].to_numpy())
    with torch.no_grad():
        expected = network(torch.tensor([[33.0, data[3, 1]]], dtype=torch.float32)).item()
    assert ask(asked, x0=33).predicted == pytest.approx((expected,), rel=1e-6)

    clusters = KMeans(2, n_init=1, random_state=0).fit(data)
    asked, _ = opened(clusters, data)
    old, young = (ask(asked, x0=age).predicted for age in (59, 20))
    assert {old, young} == {(0.0, 1.0), (1.0, 0.0)} or {old, young} == {(0.0,), (1.0,)}


def test_a_view_is_told_the_range_of_each_column(asked, table):
    ranges = asked.ranges
    assert ranges.least == (float(table["age"].min()), table["pay"].min(), 0.0, 0.0)
    assert ranges.most == (float(table["age"].max()), table["pay"].max(), 0.0, 0.0)
    assert ranges.whole == (True, False, False, False)


def test_only_the_rows_that_were_named_are_kept(table, labels, pipeline):
    data = table.copy()
    asked, _ = opened(pipeline, data, labels)
    whole = weakref.ref(data)
    del data
    gc.collect()
    assert whole() is None
    assert len(asked.subject.data) == len(ROWS)
