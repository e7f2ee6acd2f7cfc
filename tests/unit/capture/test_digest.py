"""The content of a value, to tell whether it was touched."""

import random
import threading

import numpy as np
import pytest

from jupyter_mlops.capture import digest
from jupyter_mlops.exceptions import CannotTravelError


@pytest.mark.parametrize(
    "value",
    [1, "a", {"a": [1, {2, 3}]}, np.arange(100_000), np.arange(12).reshape(3, 4).T, random.Random(1), lambda: 1],
    ids=lambda value: type(value).__name__,
)
def test_an_untouched_value_has_the_same_digest_twice(value):
    assert digest(value) == digest(value)


def test_a_touched_value_has_another():
    large, nested = np.zeros(100_000), {"a": [1]}
    before = digest(large), digest(nested)
    large[-1] = 1
    nested["a"].append(2)
    assert len({*before, digest(large), digest(nested)}) == 4


def test_equal_bytes_of_another_layout_are_another_value():
    values = np.arange(20_000)
    assert digest(values) != digest(values.reshape(2, -1))
    assert digest(values) != digest(values.view("f8"))


def test_what_cannot_be_packed_has_none():
    with pytest.raises(CannotTravelError, match=r"value \(at value\[0\]\) is a _thread.lock"):
        digest([threading.Lock()])


def test_sklearn_estimators_keep_theirs_until_they_are_fitted():
    linear = pytest.importorskip("sklearn.linear_model")
    model = linear.LinearRegression()
    before = digest(model)
    assert digest(model) == before
    model.fit([[0.0], [1.0]], [0.0, 1.0])
    assert digest(model) != before
