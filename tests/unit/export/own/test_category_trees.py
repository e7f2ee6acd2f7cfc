"""HistGradientBoosting with categories: as numbers, texts or pandas', known, missing and unseen."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, VotingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from unseen_rows import exported

from jupyter_mlops.export._repairs._exact_trees import thresholds_of

FEW = {"max_iter": 8, "random_state": 0}
TOWNS = np.array(["Bern", "Köln", "Łódź", "Αθήνα", "Zug"])


@pytest.fixture(scope="module")
def bought(X):
    """Places and colours decide as much as numbers do; the categories are not in the order of the columns."""
    draw = np.random.default_rng(3)
    colour, town = draw.integers(0, 40, len(X)), draw.integers(0, len(TOWNS), len(X))
    return pd.DataFrame({"age": X[:, 0], "colour": colour, "income": X[:, 1], "town": TOWNS[town]})


def worth(rows):
    return rows["age"] + (rows["colour"] % 3) + 2 * rows["town"].isin(["Bern", "Zug"])


def later(bought):
    """Other combinations, of numbers that float32 has, some of them missing."""
    rows = pd.concat([bought[[name]].sample(frac=1, random_state=place).reset_index(drop=True)
                      for place, name in enumerate(bought)], axis=1)  # fmt: skip
    rows = rows.assign(**{name: rows[name].astype(np.float32).astype(float) for name in ("age", "income")})
    return rows.assign(age=rows["age"].where(rows.index % 7 > 0))


MODELS = {
    "two classes": lambda rows: HistGradientBoostingClassifier(**FEW).fit(rows, worth(rows) > 2),
    "classes as 0.0 and 1.0": lambda rows: HistGradientBoostingClassifier(**FEW).fit(rows, 1.0 * (worth(rows) > 2)),
    "words": lambda rows: HistGradientBoostingClassifier(**FEW).fit(rows, np.where(worth(rows) > 2, "yes", "no")),
    "three classes": lambda rows: HistGradientBoostingClassifier(**FEW).fit(rows, pd.cut(worth(rows), 3, labels=False)),
    "a figure": lambda rows: HistGradientBoostingRegressor(**FEW).fit(rows, worth(rows)),
    "a count": lambda rows: HistGradientBoostingRegressor(loss="poisson", **FEW).fit(rows, np.exp(worth(rows) / 2)),
    "nothing learnt": lambda rows: HistGradientBoostingRegressor(**FEW).fit(rows, np.ones(len(rows))),
}


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_categories_of_pandas_are_categories(kind, bought, tmp_path):
    rows = bought.assign(town=bought["town"].astype("category"))
    unseen = later(bought)
    unseen = unseen.assign(town=unseen["town"].astype(rows["town"].dtype))
    exported(MODELS[kind](rows), rows, unseen, tmp_path / "m.onnx")


def test_categories_of_numbers_go_by_their_column(bought, tmp_path):
    rows = bought[["age", "colour", "income"]].to_numpy()
    model = HistGradientBoostingClassifier(categorical_features=[1], **FEW).fit(rows, worth(bought) > 2)
    unseen = later(bought)[["age", "colour", "income"]].to_numpy()
    unseen[::5, 1], unseen[1::5, 1], unseen[2::5, 1] = 99, np.nan, -1

    exported(model, rows, unseen, tmp_path / "m.onnx")


def test_a_missing_number_that_was_there_when_fitted_goes_its_own_way(bought, tmp_path):
    rows = bought[["colour", "age"]].to_numpy()
    rows[::4, 0] = np.nan
    model = HistGradientBoostingRegressor(categorical_features=[0], **FEW).fit(
        rows, worth(bought) + 5 * np.isnan(rows[:, 0])
    )

    exported(model, rows, rows[::-1], tmp_path / "m.onnx")


def test_behind_an_encoder_and_inside_of_another_model(bought, tmp_path):
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    columns = make_column_transformer((encoder, ["town"]), remainder="passthrough")
    boosting = HistGradientBoostingRegressor(categorical_features=[0, 2], **FEW)
    behind = make_pipeline(columns, VotingRegressor([("boosting", boosting)])).fit(bought, worth(bought))

    exported(behind, bought, later(bought), tmp_path / "m.onnx")


def test_edge_rows_are_made_at_the_thresholds_of_the_columns_that_have_them(bought):
    """The trees know the categories first; a set of categories has no threshold."""
    rows = bought[["age", "colour", "income"]].to_numpy()
    model = HistGradientBoostingRegressor(categorical_features=[1], **FEW).fit(rows, worth(bought) + rows[:, 2])
    found = thresholds_of(model)

    assert sorted(found) == [0, 2]
    assert all(rows[:, place].min() <= found[place].min() for place in found)
    assert all(rows[:, place].max() >= found[place].max() for place in found)
