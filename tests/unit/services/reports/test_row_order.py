"""Rows that belong together: their labels say so, where they have any."""

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services._reports._row_order import demand_one_order

SPLIT = pd.DataFrame({"age": [31, 45, 60]}, index=["c", "a", "b"])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pd.Series([1, 0, 1], index=["c", "a", "b"]), id="the same labels"),
        pytest.param(pd.Series([1, 0, 1]), id="numbered anew"),
        pytest.param(np.array([1, 0, 1]), id="an array"),
        pytest.param([1, 0, 1], id="a list"),
        pytest.param(None, id="nothing"),
        pytest.param(pd.Series([1], index=["a"]), id="another length, which others tell of"),
    ],
)
def test_rows_that_say_nothing_else_are_taken_as_they_stand(other):
    demand_one_order({"X": SPLIT, "y": other})
    demand_one_order({"y": other, "X": SPLIT})


def test_rows_of_a_split_whose_labels_happen_to_be_numbers_go_with_a_column_that_is_numbered_anew():
    split = pd.DataFrame({"age": [31, 45, 60]}, index=[2, 7, 0])
    demand_one_order({"X": split, "sex": pd.Series(["f", "m", "f"])})


def test_labels_that_stand_twice_in_the_same_places_are_one_order():
    drawn = SPLIT.iloc[[0, 0, 2]]
    demand_one_order({"X": drawn, "y": drawn["age"] > 40})


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(["a", "b", "c"], id="sorted"),
        pytest.param(["c", "b", "x"], id="another draw from the same table"),
    ],
)
def test_the_same_rows_at_other_places_are_refused_with_what_to_do(labels):
    sex = pd.Series(["f", "m", "f"], index=labels)
    with pytest.raises(UsageError) as refused:
        demand_one_order({"X": SPLIT, "y": np.array([1, 0, 1]), "sex": sex})
    assert str(refused.value) == (
        "sex is not in the order of X: rows of the same label stand at different places. "
        "Order it alike, as sex.loc[X.index] does, or give sex.to_numpy() where it is right as it is."
    )


def test_a_whole_table_and_its_rows_in_another_order_are_refused():
    table = pd.DataFrame({"age": range(5)})
    with pytest.raises(UsageError, match=r"^y is not in the order of X"):
        demand_one_order({"X": table, "y": table["age"].sample(frac=1, random_state=1)})


def test_rows_of_another_split_are_refused():
    sex = pd.Series(["f", "m", "f"], index=["x", "y", "z"])
    with pytest.raises(UsageError) as refused:
        demand_one_order({"X": SPLIT, "sex": sex})
    assert str(refused.value) == (
        "sex is about other rows than X, as their indexes say. "
        "Take both from the same split, or give sex.to_numpy() where it is right as it is."
    )
