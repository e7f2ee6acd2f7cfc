"""OneHotEncoder of every kind of category, in float32 and in double."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from unseen_rows import exported

ENCODERS = {
    "truths": (OneHotEncoder(), ["member"]),
    "truths and texts": (OneHotEncoder(), ["member", "town"]),
    "numbers that are not whole": (OneHotEncoder(handle_unknown="ignore"), ["size"]),
    "missing numbers": (OneHotEncoder(handle_unknown="ignore"), ["gap"]),
    "without the first": (OneHotEncoder(drop="first"), ["size", "member"]),
    "without one of two": (OneHotEncoder(drop="if_binary"), ["member", "size"]),
    "infrequent": (OneHotEncoder(min_frequency=90, handle_unknown="infrequent_if_exist"), ["town"]),
    "infrequent and dropped": (OneHotEncoder(max_categories=2, drop="first"), ["town", "children"]),
    "infrequent and unknown": (OneHotEncoder(max_categories=2, handle_unknown="ignore"), ["town", "size"]),
}


@pytest.fixture
def customers(people):
    count = len(people)
    return people.assign(
        size=np.array([0.5, 1.5, 2.25])[np.arange(count) % 3],
        gap=np.array([0.5, np.nan, 2.0])[np.arange(count) % 3],
        town=np.array(["Bern", "Köln", "Köln", "Łódź", "Bern", "Bern", "Köln"])[np.arange(count) % 7],
    )


@pytest.mark.parametrize("kind", sorted(ENCODERS))
def test_categories_are_what_they_are_in_the_model(kind, customers, tmp_path):
    encoder, names = ENCODERS[kind]
    rows = customers[names]
    later = rows.sample(len(rows), random_state=1, replace=True).reset_index(drop=True)
    exported(OneHotEncoder(**encoder.get_params()).fit(rows), rows, later, tmp_path / "m.onnx")


def test_an_unknown_category_is_the_infrequent_one(customers, tmp_path):
    encoder = OneHotEncoder(min_frequency=90, handle_unknown="infrequent_if_exist").fit(customers[["town"]])
    later = pd.DataFrame({"town": ["Paris", "Bern", "", "Łódź"]})
    assert encoder.transform(later).toarray()[0].tolist() == encoder.transform(later).toarray()[3].tolist()
    exported(encoder, customers[["town"]], later, tmp_path / "m.onnx")


def test_texts_stand_beside_figures_in_double(customers, tmp_path):
    """A sum of which float32 keeps nothing: the file is of double, and what skl2onnx makes of texts is not."""
    rows = customers.assign(age=customers["age"] + 1e6)
    columns = make_column_transformer(
        (OneHotEncoder(), ["town"]), ("passthrough", ["age"]), (StandardScaler(), ["size"])
    )
    model = make_pipeline(columns, LinearRegression()).fit(rows, rows["age"] - 1e6)
    report = exported(model, rows, rows.sample(len(rows), random_state=1), tmp_path / "m.onnx")
    assert report.precision == "float64"
