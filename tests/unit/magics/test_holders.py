"""Containers that hold what a run changes get the new object in the old one's place, and stay what they are."""

from collections import OrderedDict, deque, namedtuple
from types import SimpleNamespace

import pytest

from jupyter_mlops.magics._holders import find_holders, put_in_place

Pair = namedtuple("Pair", "model score")


class Thing:
    """An object of a library."""


class Own:
    """An object of the notebook, with attributes."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


Own.__module__ = "__main__"
Pair.__module__ = "__main__"


def held_after(value, old, new):
    """Return what a name holds once the old object was replaced."""
    namespace = {"holder": value}
    assert find_holders({"net": old}, namespace) == {"holder": frozenset({"net"})}
    put_in_place(["holder", "gone"], {id(old): new}, namespace)
    return namespace["holder"]


CONTAINERS = {
    "list": (lambda x: [1, x], lambda held: held[1]),
    "dict": (lambda x: {"a": x}, lambda held: held["a"]),
    "ordered": (lambda x: OrderedDict(a=x), lambda held: held["a"]),
    "deque": (lambda x: deque([x], 3), lambda held: held[0]),
    "set": (lambda x: {x}, lambda held: next(iter(held))),
    "namespace": (lambda x: SimpleNamespace(a=x), lambda held: held.a),
    "own": (lambda x: Own(model=x), lambda held: held.model),
    "nested": (lambda x: {"a": [1, (2, Own(parts=[x]))]}, lambda held: held["a"][1][1].parts[0]),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_stays_and_has_the_new_object(name):
    make, look = CONTAINERS[name]
    old, new = Thing(), Thing()
    holder = make(old)

    held = held_after(holder, old, new)

    assert held is holder
    assert look(held) is new


@pytest.mark.parametrize(
    ("make", "look"),
    [
        (lambda x: (1, x), lambda held: held[1]),
        (lambda x: Pair(x, 0.5), lambda held: held.model),
        (lambda x: frozenset([x]), lambda held: next(iter(held))),
    ],
)
def test_what_cannot_change_is_made_anew_of_the_same_kind(make, look):
    old, new = Thing(), Thing()

    held = held_after(make(old), old, new)

    assert (type(held), look(held)) == (type(make(old)), new)


def test_what_is_one_container_stays_one_and_circles_end():
    old, new = Thing(), Thing()
    shared = [old]
    circle = {"list": shared}
    circle["self"] = circle
    namespace = {"a": shared, "b": circle, "c": (shared, shared)}

    put_in_place(find_holders({"net": old}, namespace), {id(old): new}, namespace)

    assert namespace["a"] is shared is namespace["b"]["list"] is namespace["c"][0]
    assert (shared, circle["self"]) == ([new], circle)


def test_a_tuple_under_two_names_is_one_tuple_still():
    old, new = Thing(), Thing()
    pair = (old, 1)
    namespace = {"a": pair, "b": [pair]}

    put_in_place(["a", "b"], {id(old): new}, namespace)

    assert namespace["b"][0] is namespace["a"] == (new, 1)


@pytest.mark.parametrize("value", [Thing(), "text", 5, [1, 2], {}, len, Thing])
def test_what_holds_nothing_of_it_is_no_holder(value):
    assert find_holders({"net": Thing(), "n": 5}, {"value": value, "_hidden": [value], "Out": {1: value}}) == {}


def test_an_object_of_a_library_is_not_looked_into():
    old, library = Thing(), Thing()
    library.part = old

    assert find_holders({"net": old}, {"library": library, "listed": [library]}) == {}
