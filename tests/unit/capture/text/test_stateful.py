"""What a call may change."""

import collections
import dataclasses
import datetime
import enum
import functools
import pathlib
import random
import re

import numpy as np
import pytest

from jupyter_mlops.capture import is_stateful


class Color(enum.Enum):
    RED = 1


@dataclasses.dataclass(frozen=True)
class Frozen:
    value: object


@dataclasses.dataclass
class Open:
    value: object = None


Point = collections.namedtuple("Point", "x y")


def plain(x=1):
    return x


def remembering():
    seen = []
    return lambda x: seen.append(x)


def counting():
    seen = 0

    def count():
        nonlocal seen
        seen += 1

    return count


def counting_deeper():
    seen = 0

    def count():
        def add():
            nonlocal seen
            seen += 1

        return add()

    return count


def counting_for_itself():
    def count():
        seen = 0

        def add():
            nonlocal seen
            seen += 1

        return add

    return count


def remembering_nothing():
    if plain(0):
        later = 1
    return lambda: later


PLAIN = [
    None, True, 1, 1.5, 1j, "a", b"a", ..., range(3), slice(1), int, Color.RED, Point(1, 2), (1, ("a",)),
    frozenset({1}), datetime.datetime.now(), datetime.timedelta(1), pathlib.Path("a"), re.compile("a"), random, len,
    plain, functools.partial(plain, 1), "a".join, Frozen((1,)), np.zeros(2), np.float64(1), np.dtype("f4"), list[int],
    remembering_nothing(), counting_for_itself(),
]  # fmt: skip
CHANGEABLE = [
    [], {}, set(), bytearray(), collections.deque(), object(), Open(), Frozen([]), ([],), Point(1, {}), iter([]),
    np.random.default_rng(), random.Random(), functools.partial(plain, []), [].append, remembering(),
    counting(), (counting_deeper(),), functools.partial(counting()),
    ((((((((1,),),),),),),),),
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: f"{type(value).__name__} {value!r:.20}")
def test_not_changed_by_a_call(value):
    assert is_stateful(value) is False


@pytest.mark.parametrize("value", CHANGEABLE, ids=lambda value: f"{type(value).__name__} {value!r:.20}")
def test_perhaps_changed_by_a_call(value):
    assert is_stateful(value) is True


def test_frames_and_sparse_matrices_are_data_and_estimators_are_not():
    pd = pytest.importorskip("pandas")
    sparse = pytest.importorskip("scipy.sparse")
    linear = pytest.importorskip("sklearn.linear_model")
    frame = pd.DataFrame({"a": [1], "s": ["x"]})
    data = [frame, frame["a"], frame.index, frame["s"].array, sparse.eye(3).tocsr(), sparse.coo_array((2, 2))]
    assert [is_stateful(value) for value in data] == [False] * 6
    assert is_stateful(linear.Ridge())


@pytest.mark.torch
def test_tensors_are_data_and_parameters_and_modules_are_not():
    torch = pytest.importorskip("torch")
    weights = torch.zeros(1, requires_grad=True)
    assert [is_stateful(value) for value in (torch.zeros(1), weights * 2, torch.float32)] == [False] * 3
    module = torch.nn.Linear(1, 1)
    assert [is_stateful(value) for value in (weights, module, module.weight)] == [True] * 3


@pytest.mark.keras
def test_constants_are_data_and_variables_and_layers_are_not():
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    assert [is_stateful(value) for value in (tf.constant(1), tf.float32)] == [False] * 2
    changeable = (tf.Variable(1.0), keras.Variable(1.0), keras.layers.Dense(1), keras.optimizers.SGD())
    assert [is_stateful(value) for value in changeable] == [True] * 4
