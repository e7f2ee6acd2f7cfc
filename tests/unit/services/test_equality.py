"""Whether two values are the same to the bit, and if not, by how much."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.services._equality import Difference, compare_values


@dataclasses.dataclass
class Point:
    x: float
    tag: str = "p"


def double(x, by=2):
    return x * by


def frame(**changes):
    return pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": ["x", None, "z"], **changes})


@pytest.mark.parametrize(
    "make",
    [
        lambda: 1,
        lambda: float("nan"),
        lambda: "text",
        lambda: None,
        lambda: [1, "a", {"k": (2.5, b"x")}],
        lambda: {"nan": math.nan, "s": {1, 2}},
        lambda: np.arange(6.0).reshape(2, 3),
        lambda: np.array([np.nan, 1.0]),
        lambda: np.array(["a", None], dtype=object),
        lambda: np.array(["2026-01-01", "NaT"], dtype="datetime64[D]"),
        lambda: np.float32(0.1),
        lambda: frame(),
        lambda: frame()["b"],
        lambda: Point(1.0),
        lambda: double,
        lambda: LogisticRegression().fit([[0.0], [1.0]], [0, 1]),
        lambda: RandomForestClassifier(3, random_state=0).fit([[0.0], [1.0], [2.0]], [0, 1, 1]),
        lambda: np.random.default_rng(7),
    ],
)
def test_a_value_made_twice_is_equal(make):
    assert compare_values(make(), make()) is None


@pytest.mark.parametrize(
    ("a", "b", "difference"),
    [
        (1, 2, Difference("", "1 against 2", 1.0)),
        (1.0, 1, Difference("", "type float against int")),
        (1.0, math.nan, Difference("", "1.0 against nan", math.inf)),
        (True, False, Difference("", "True against False", 1.0)),
        ("a", "b", Difference("", "'a' against 'b'")),
        ([1, 2], [1], Difference("", "length 2 against 1")),
        ([1, [2.0]], [1, [2.5]], Difference("[1][0]", "2.0 against 2.5", 0.5)),
        ({"a": 1}, {"b": 1}, Difference("", "keys ['a'] against ['b']")),
        ({"a": {1}}, {"a": {2}}, Difference(".a", "sets differ")),
        ([1, "a"], [3, "b"], Difference("[1]", "'a' against 'b'")),
        ([1, 5], [3, 4], Difference("[0]", "1 against 3", 2.0)),
        (np.zeros(3), np.zeros(4), Difference("", "float64[3] against float64[4]")),
        (np.zeros(3), np.zeros(3, "f4"), Difference("", "float64[3] against float32[3]")),
        (np.zeros(3), np.array([0, 0.5, -2]), Difference("", "float64[3]: 2 of 3 by at most 2", 2.0)),
        (np.array([1]), np.array([4]), Difference("", "int64[1]: 1 of 1 by at most 3", 3.0)),
        (np.array(["a"]), np.array(["b"]), Difference("", "<U1[1] differs")),
        (frame(), frame(a=[1.0, 2.5, np.nan]), Difference(".data[0].values", "float64[3]: 1 of 3 by at most 0.5", 0.5)),
        (frame(), frame(c=1), Difference(".columns", "length 2 against 3")),
        (Point(1.0), Point(1.5), Difference(".x", "1.0 against 1.5", 0.5)),
        (Point(1.0), Point(1.0, "q"), Difference(".tag", "'p' against 'q'")),
    ],
)
def test_a_difference_says_where_and_how_much(a, b, difference):
    assert compare_values(a, b) == difference


def test_estimators_differ_by_their_learned_numbers():
    one = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    other = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    other.coef_ = other.coef_ + 1e-9

    difference = compare_values(one, other)

    assert difference.path == ".coef_"
    assert difference.largest == pytest.approx(1e-9, rel=1e-3)


def test_cycles_and_long_values_end():
    one, other = [1, "x" * 200], [1, "y" * 200]
    one.append(one)
    other.append(other)

    difference = compare_values(one, other)

    assert difference.path == "[1]"
    assert len(difference.what) < 140


@pytest.mark.torch
def test_tensors_and_modules_are_compared_by_number():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    one = torch.nn.Linear(2, 1)
    torch.manual_seed(0)
    same = torch.nn.Linear(2, 1)
    torch.manual_seed(1)
    other = torch.nn.Linear(2, 1)

    assert compare_values(one, same) is None
    assert compare_values(one, other).largest > 0
    assert compare_values(torch.ones(2, dtype=torch.bfloat16), torch.zeros(2, dtype=torch.bfloat16)).largest == 1.0


@pytest.mark.keras
def test_keras_models_are_compared_by_weight():
    keras = pytest.importorskip("keras")

    def model(seed):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="d")], name="m")

    assert compare_values(model(0), model(0)) is None
    assert compare_values(model(0), model(1)).largest > 0


class Parameter:
    """A key that is equal to itself only, like a tensor."""

    def __init__(self, *values):
        self.values = np.array(values)

    def __eq__(self, other):
        return self.values == other.values

    __hash__ = object.__hash__


def test_keys_that_are_no_words_are_compared_as_values_in_their_order():
    """As in `optimizer.state`, whose keys are tensors: comparing these gives a tensor, not a truth."""
    made = [{Parameter(1.0, 2.0): {"step": step}} for step in (3, 3, 4)]
    assert compare_values(made[0], made[1]) is None
    assert compare_values(made[0], made[2]).path == "[0][1].step"
    assert compare_values({Parameter(1.0, 2.0): 0}, {Parameter(1.0, 3.0): 0}).path.startswith("[0][0]")
