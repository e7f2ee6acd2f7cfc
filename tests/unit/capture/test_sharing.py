"""Which objects lie inside others: what a run would part if it did not take them along together."""

import functools
import logging
import weakref
from collections import deque

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from jupyter_mlops.capture import objects_inside


class Holder:
    """An object of a notebook's class."""

    def __init__(self, part=None):
        self.part = part

    def read(self):
        return self.part


class Slotted:
    """One without a dictionary."""

    __slots__ = ("part", "unset")

    def __init__(self, part):
        self.part = part


def closure_over(value):
    return lambda: value


HOLD = {
    "itself": lambda x: x,
    "list": lambda x: [x],
    "deep": lambda x: {"a": [(x, 1)]},
    "key": lambda x: {x: 1},
    "deque": lambda x: deque([x]),
    "attribute": lambda x: Holder(x),
    "slot": lambda x: Slotted(x),
    "method": lambda x: Holder(x).read,
    "closure": closure_over,
    "default": lambda x: lambda part=x: part,
    "partial": lambda x: functools.partial(print, x),
    "weak": lambda x: weakref.WeakValueDictionary({"a": x}),
    "cached": lambda x: functools.lru_cache(closure_over(x)),
}


@pytest.mark.parametrize("hold", HOLD.values(), ids=HOLD)
def test_what_something_holds_is_inside(hold):
    part = Holder()
    held = hold(part)
    assert objects_inside([held]).has(part)
    assert not objects_inside([held]).has(Holder())


def test_the_object_of_a_builtin_method_is_inside():
    items = []
    assert objects_inside([items.append]).has(items)


def test_a_step_of_a_pipeline_is_inside():
    step = LogisticRegression()
    assert objects_inside([Pipeline([("fit", step)])]).has(step)


def test_tensors_of_one_memory_are_one():
    net = torch.nn.Linear(2, 1)
    flat = net.weight.data.view(-1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    assert objects_inside([net]).has(flat)
    assert not objects_inside([optimizer]).changeable.isdisjoint(objects_inside([net]).changeable)
    assert not objects_inside([net]).has(torch.nn.Linear(2, 1).weight)


@pytest.mark.parametrize("value", [None, 5, "text", Holder, np, logging.getLogger("a")])
def test_what_everything_shares_counts_for_nothing(value):
    assert objects_inside([value]).objects == set()


def test_arrays_and_frames_are_inside_without_a_state():
    array, frame = np.zeros(2), pd.DataFrame({"a": [1]})
    held = [array, frame]
    inside = objects_inside([held])
    assert inside.has(array)
    assert inside.has(frame)
    assert inside.changeable == {id(held)}


def test_a_function_does_not_lead_to_the_notebook():
    namespace = {"secret": Holder()}
    exec("def f(): return secret", namespace)
    assert not objects_inside([namespace["f"]]).has(namespace["secret"])


def test_the_search_ends_in_cycles_and_in_large_objects():
    loop = []
    loop.append(loop)
    assert objects_inside([loop]).objects == {id(loop)}
    numbers = [Holder() for _ in range(1000)]
    assert len(objects_inside([[numbers, numbers[:500]]], most=10).objects) <= 1_010
    many = [Holder() for _ in range(1001)]
    assert objects_inside([many]).objects == {id(many)}
