"""SimpleImputer: in double, with indicators, of columns without any value, of texts."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from unseen_rows import exported

IMPUTERS = {
    "mean": lambda: SimpleImputer(),
    "median": lambda: SimpleImputer(strategy="median"),
    "a number that stands for none": lambda: SimpleImputer(missing_values=-1.0),
    "told": lambda: SimpleImputer(add_indicator=True),
    "told, a number": lambda: SimpleImputer(missing_values=-1.0, add_indicator=True),
    "empty columns kept": lambda: SimpleImputer(keep_empty_features=True, strategy="constant", fill_value=3.0),
}


def holes(rows, sign):
    return np.where(np.abs(rows) < 0.3, sign, rows)


@pytest.mark.parametrize("wide", [False, True], ids=["float32", "double"])
@pytest.mark.parametrize("kind", sorted(IMPUTERS))
def test_what_is_missing_is_replaced_and_told(kind, wide, X, later, tmp_path):
    imputer = IMPUTERS[kind]()
    rows, unseen = (holes(each, imputer.missing_values) + (wide * 1e6) for each in (X, later))
    if wide and imputer.missing_values == -1.0:
        rows, unseen = (np.where(each == 1e6 - 1, -1.0, each) for each in (rows, unseen))
    model = make_pipeline(imputer, LinearRegression()).fit(rows, X[:, 0])
    report = exported(model, rows, unseen, tmp_path / "m.onnx")
    assert report.precision == "float64" or not wide or kind.startswith("empty")  # its 3 is far from a million


@pytest.mark.filterwarnings("ignore:Skipping features")
def test_a_column_without_any_value_is_dropped(X, later, tmp_path):
    rows = np.c_[X[:, 0], np.full(len(X), np.nan), holes(X[:, 1], np.nan)]
    unseen = np.c_[later[:, 0], later[:, 2], holes(later[:, 1], np.nan)]
    model = make_pipeline(SimpleImputer(add_indicator=True), LinearRegression()).fit(rows, X[:, 0])
    exported(model, rows, unseen, tmp_path / "m.onnx")


def test_texts_that_are_there_are_taken_and_those_that_are_missing_are_the_models_domain(people, tmp_path):
    gone = np.arange(len(people)) % 5 == 0
    rows = people.assign(town=people["town"].astype(object).where(~gone, None))
    towns = make_pipeline(SimpleImputer(strategy="most_frequent", missing_values=None), OneHotEncoder())
    columns = make_column_transformer((towns, ["town"]), (StandardScaler(), ["age"]))
    model = make_pipeline(columns, LinearRegression()).fit(rows, rows["age"])

    report = exported(model, rows, rows[~gone].reset_index(drop=True), tmp_path / "m.onnx")

    lost = {each.reason: each.rows for each in report.parity.domain}
    assert lost["the input's type has no such value"] >= gone.sum()
    assert report.parity.real.checked == (~gone).sum()


def test_a_text_that_stands_for_none_is_as_skl2onnx_has_it(people, tmp_path):
    rows = people[["town"]].where(people["age"] > 40, "?")
    model = make_pipeline(SimpleImputer(missing_values="?", strategy="most_frequent"), OneHotEncoder()).fit(rows)
    exported(model, rows, pd.DataFrame({"town": ["Bern", "?", "Köln"]}), tmp_path / "m.onnx")
