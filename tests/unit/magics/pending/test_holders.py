"""Containers that hold what a run changes get the new object in the old one's place, and stay what they are."""

from collections import OrderedDict, deque, namedtuple
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.magics._pending._holders import find_holders, put_in_place

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


class Two(tuple):
    """A tuple of the notebook that is made of two values."""

    def __new__(cls, first, second):
        return super().__new__(cls, (first, second))


class Guarded(list):
    """A list of the notebook that has its own idea of reading and writing."""

    def __iter__(self):
        return iter(["shown", "in", "its", "place"])

    def __len__(self):
        raise RuntimeError("not now")

    def __setitem__(self, place, value):
        raise RuntimeError("read only")


class Shown(dict):
    """A dict of the notebook that shows its values in another way, and is never written to."""

    def values(self):
        return [str(value) for value in super().values()]

    items = values

    def __setitem__(self, key, value):
        raise RuntimeError("read only")


for kind in (Two, Guarded, Shown):
    kind.__module__ = "__main__"


@pytest.mark.parametrize(
    ("make", "look"),
    [
        (lambda x: Two(1, x), lambda held: held[1]),
        (lambda x: Guarded([1, x]), lambda held: list.__getitem__(held, 1)),
        (lambda x: Shown(a=x), lambda held: held["a"]),
    ],
    ids=["made of two", "guarded list", "shown dict"],
)
def test_what_a_class_of_the_notebook_makes_of_its_content_is_no_obstacle(make, look):
    old, new = Thing(), Thing()

    held = held_after(make(old), old, new)

    assert (type(held), look(held)) == (type(make(old)), new)


def test_a_tuple_that_is_made_anew_keeps_its_attributes_and_they_get_the_new_object():
    old, new = Thing(), Thing()
    marked = Two(old, 2)
    marked.note, marked.best = "from May", old

    held = held_after(marked, old, new)

    assert (tuple(held), vars(held)) == ((new, 2), {"note": "from May", "best": new})
    assert (tuple(marked), marked.best) == ((old, 2), old)


@pytest.mark.parametrize("make", [lambda x: {x, 1, "two"}, lambda x: frozenset([x, 1]), lambda x: ({x},)])
def test_what_has_no_hash_takes_no_place_in_a_set_and_nothing_is_lost(make):
    """As in a plain notebook: `config = [1]` leaves a set what it was."""
    old = Thing()
    holder = make(old)

    held = held_after(holder, old, ["without a hash"])

    assert held is holder
    assert held == make(old)


def test_a_set_in_which_nothing_changes_is_not_touched():
    old, others = Thing(), [Thing() for _ in range(50)]
    kept = set(others)
    order = list(kept)

    held_after([kept, old], old, Thing())

    assert list(kept) == order


def test_two_objects_that_change_places_change_them_once():
    """Given a run that did `a, b = b, a`, a list under two names follows once, not there and back."""
    a, b = Thing(), Thing()
    pair = [a, b]
    namespace = {"pair": pair, "again": pair, "around": {"pair": pair}}

    put_in_place(["pair", "again", "around"], {id(a): b, id(b): a}, namespace)

    assert pair == [b, a]


def test_a_tuple_in_a_circle_is_one_tuple_wherever_one_comes_from():
    old, new = Thing(), Thing()
    inner = []
    circle = (inner, old)
    inner.append(circle)
    namespace = {"circle": circle, "inner": inner}

    put_in_place(["circle", "inner"], {id(old): new}, namespace)

    assert namespace["circle"] is namespace["inner"][0]
    assert (namespace["circle"][0], namespace["circle"][1]) == (inner, new)


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: {"a": x}, lambda x: (x,), lambda x: Own(part=x)])
def test_depth_costs_no_stack(wrap):
    old, new = Thing(), Thing()
    holder = old
    for _ in range(990):
        holder = wrap(holder)

    held = held_after(holder, old, new)

    while not isinstance(held, Thing):
        held = held[0] if isinstance(held, (list, tuple)) else held["a"] if isinstance(held, dict) else held.part
    assert held is new


def test_each_name_is_looked_into_as_far_whatever_the_others_hold():
    old, new = Thing(), Thing()
    namespace = {f"list {n}": [*([] for _ in range(600)), [old]] for n in range(4)}

    found = find_holders({"net": old}, namespace)
    put_in_place(found, {id(old): new}, namespace)

    assert [held[-1][0] for held in namespace.values()] == [new] * 4


@pytest.mark.parametrize("count", [10, 998, 999, 1000, 1001, 2500])
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("kind", [dict, list])
def test_what_is_found_is_what_is_replaced_however_much_there_is(count, is_first, kind):
    old, new = Thing(), Thing()
    parts = [[] for _ in range(count)]
    parts.insert(0 if is_first else count, [old])
    namespace = {"held": kind(enumerate(parts)) if kind is dict else parts}

    found = find_holders({"net": old}, namespace)
    put_in_place(["held"] if found else [], {id(old): new}, namespace)

    assert (parts[0] if is_first else parts[-1])[0] is (new if found else old)
    assert found == {"held": frozenset({"net"})} or count > 900


def test_a_long_list_beside_the_object_is_data_and_is_left_alone():
    old, new, rows = Thing(), Thing(), [Thing()] * 1001

    held = held_after({"model": old, "rows": [*rows, old]}, old, new)

    assert held == {"model": new, "rows": [*rows, old]}


def test_an_object_that_is_itself_a_container_is_replaced_and_not_looked_into():
    old, part = [1], Thing()
    old.append({"part": part})
    new = [2]
    namespace = {"alias": old, "holder": (old,)}
    before = {"config": old, "part": part}

    assert find_holders(before, namespace) == {"alias": frozenset({"config"}), "holder": frozenset({"config"})}
    put_in_place(["alias", "holder"], {id(old): new, id(part): Thing()}, namespace)

    assert (namespace["alias"] is new, namespace["holder"][0] is new) == (True, True)
    assert old[1] == {"part": part}


def test_the_names_of_a_holder_are_all_that_it_leads_to():
    a, b, c = Thing(), Thing(), Thing()
    namespace = {"one": [a], "two": {"a": a, "rest": (b,)}, "a": a, "none": [c]}

    assert find_holders({"a": a, "b": b, "n": 5, "text": "x"}, namespace) == {
        "one": frozenset("a"),
        "two": frozenset("ab"),
    }


STRUCTURES = st.recursive(
    st.sampled_from(["old", "other", 1, "text"]),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.lists(inside, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("xyz"), inside, max_size=3),
    ),
    max_leaves=12,
)


def built(plan, leaves):
    if isinstance(plan, list):
        return [built(part, leaves) for part in plan]
    if isinstance(plan, tuple):
        return tuple(built(part, leaves) for part in plan)
    if isinstance(plan, dict):
        return {key: built(part, leaves) for key, part in plan.items()}
    return leaves.get(plan, plan)


@given(STRUCTURES)
def test_of_whatever_is_built_every_place_of_the_old_object_and_no_other_changes(plan):
    old, new, other = Thing(), Thing(), Thing()
    namespace = {"held": built(plan, {"old": old, "other": other})}
    found = find_holders({"net": old}, namespace)

    put_in_place(found, {id(old): new}, namespace)

    before, after = (built(plan, {"old": net, "other": other}) for net in (old, new))
    is_inside = before != after and plan != "old"
    assert (found, namespace["held"]) == (
        {"held": frozenset({"net"})} if is_inside else {},
        after if is_inside else before,
    )
