"""Names inside what a cell may change: they go along and come back, so that no name keeps the version from before."""

import math
import threading
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from jupyter_mlops.capture import CellNames, analyse_cell
from jupyter_mlops.services import SubmitRun
from jupyter_mlops.services._shared_names import SharedNames, names_inside


class Layer:
    """An object with a state, of a library."""

    def __init__(self, **parts: object) -> None:
        vars(self).update(parts)

    def fit(self) -> None:
        """Change it."""


def cell(source: str) -> CellNames:
    return analyse_cell(source, str)


def shared(source: str, changed: set[str], namespace: dict, taken: set[str] = frozenset(), **more) -> SharedNames:
    return names_inside(SubmitRun(source=source, namespace=namespace, **more), cell(source), changed, taken)


def both(*names: str) -> SharedNames:
    return SharedNames(frozenset(names), frozenset(names))


WAYS_IN = {
    "in a list": lambda inner: [1, inner],
    "in a dict": lambda inner: {"k": inner},
    "as a key": lambda inner: {inner: 1},
    "in a set": lambda inner: {inner},
    "in a tuple of lists": lambda inner: ([inner],),
    "an attribute": lambda inner: Layer(part=inner),
    "deep": lambda inner: Layer(a=[{"b": Layer(c=(inner,))}]),
    "a bound method": lambda inner: Layer(callback=inner.fit),
    "a closure": lambda inner: Layer(callback=lambda: inner),
    "a partial": lambda inner: Layer(callback=partial(print, inner)),
    "a namespace": lambda inner: SimpleNamespace(x=inner),
}


@pytest.mark.parametrize("hold", WAYS_IN.values(), ids=WAYS_IN)
def test_what_lies_inside_comes_along_however_it_is_held(hold):
    inner = Layer()

    assert shared("outer.fit()", {"outer"}, {"outer": hold(inner), "inner": inner, "other": Layer()}) == both("inner")


def test_another_name_of_the_very_object_is_inside_it():
    model = Layer()

    assert shared("model.fit()", {"model"}, {"model": model, "best": model, "equal": Layer()}) == both("best")


def counter():
    count = 0

    def add() -> int:
        nonlocal count
        count += 1
        return count

    return add, lambda: count


def test_closures_over_one_variable_go_together():
    add, count = counter()
    other_add, other = counter()
    names = {"add": add, "count": count, "others": (other_add,), "other": other, "plain": both}

    assert shared("add()", {"add"}, names) == both("count")
    assert shared("others[0]()", {"others"}, names) == both("other")


def test_what_a_class_of_the_notebook_keeps_is_inside_it():
    only = Layer()
    names = {"Settings": type("Settings", (), {"__module__": "__main__", "made": {"a": only}}), "only": only}

    assert shared("Settings.made.clear()", {"Settings"}, names) == both("only")
    assert shared("Layer.n = 1", {"Layer"}, {"Layer": type("Layer", (), {"made": only}), "only": only}) == both()


def test_equal_is_not_the_same():
    assert shared("a.append(1)", {"a"}, {"a": [[1]], "b": [1], "c": [[1]]}) == SharedNames()


def test_what_holds_the_object_stays_here():
    inner = Layer()

    assert shared("inner.fit()", {"inner"}, {"inner": inner, "outer": [inner]}) == SharedNames()


def test_two_that_hold_each_other_go_together():
    a, b = Layer(), Layer()
    a.other, b.other = b, a

    assert shared("a.fit()", {"a"}, {"a": a, "b": b}) == both("b")


@pytest.mark.parametrize(
    "value",
    [None, True, 12345, 1.5, 1j, "text", b"bytes", int, Layer, len, math, test_equal_is_not_the_same],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_values_that_many_share_without_meaning_it_stay(value):
    assert shared("a.append(1)", {"a"}, {"a": [value], "b": value}) == SharedNames()


@pytest.mark.parametrize("name", ["_", "__", "_1", "_hidden", "__annotations__", "_oh"])
def test_private_names_stay(name):
    inner = Layer()

    assert shared("a.append(1)", {"a"}, {"a": [inner], name: inner}) == SharedNames()


def test_names_of_the_shell_stay_unless_the_notebook_has_given_them_another_meaning():
    inner, outputs = Layer(), {1: Layer()}
    outputs[1] = inner

    assert shared("a.append(1)", {"a"}, {"a": [outputs], "Out": outputs, "_oh": outputs}) == SharedNames()
    assert shared("a.append(1)", {"a"}, {"a": [inner], "Out": inner, "_oh": outputs}) == both("Out")


def test_a_name_that_the_cell_binds_itself_is_its_own():
    inner = Layer()
    names = {"a": [inner], "b": inner, "c": inner}

    assert shared("b = 1; a[0].fit()", {"a"}, names, taken={"b"}) == both("c")


@pytest.mark.parametrize("changed", [set(), {"absent"}])
def test_where_nothing_changes_nothing_is_shared(changed):
    inner = Layer()

    assert shared("print(a)", changed, {"a": [inner], "b": inner}) == SharedNames()


def test_all_that_may_change_are_looked_into():
    x, y = Layer(), Layer()

    assert shared("a; b", {"a", "b", "absent"}, {"a": [x], "b": [y], "x": x, "y": y}) == both("x", "y")


@pytest.mark.parametrize(
    ("source", "is_changed"),
    [("model.fit()", False), ("model.data[0] = 1", True), ("model.data = 1", True)],
)
def test_an_array_in_a_librarys_object_changes_only_where_the_cell_writes_to_it(source, is_changed):
    data = np.zeros(3)
    found = shared(source, {"model"}, {"model": Layer(data=data), "X": data})

    assert found == SharedNames(frozenset({"X"}), frozenset({"X"} if is_changed else ()))


def of_the_notebook() -> object:
    """An object of a class that a cell has defined."""
    names: dict = {"__name__": "__main__"}
    exec("class Mine:\n    def train(self): pass", names)
    return names["Mine"]()


@pytest.mark.parametrize("root", [lambda mine: mine, lambda mine: mine.train], ids=["object", "bound method"])
def test_an_array_in_an_object_of_the_notebooks_own_class_may_change(root):
    mine = of_the_notebook()
    mine.data = np.zeros(3)

    assert shared("m()", {"m"}, {"m": root(mine), "X": mine.data}) == both("X")


def test_of_two_that_change_only_the_written_ones_array_is_written():
    held, written = np.zeros(1), np.zeros(1)
    names = {"model": Layer(data=held), "box": [written], "X": held, "Y": written}

    assert shared("model.fit(); box[0] = 1", {"model", "box"}, names) == SharedNames(
        frozenset({"X", "Y"}), frozenset({"Y"})
    )


def test_what_a_name_was_before_it_was_promised_counts():
    inner = Layer()

    assert shared("up.fit()", {"up"}, {"inner": inner}, before={"up": [inner]}, pending={"up": "a" * 32}) == both(
        "inner"
    )


def test_what_the_notebook_says_now_goes_before_what_was():
    inner = Layer()

    assert shared("up.fit()", {"up"}, {"inner": inner, "up": []}, before={"up": [inner]}) == SharedNames()


def test_an_owed_holder_comes_with_the_owed_object_that_it_holds():
    model = Layer()
    before = {"model": model, "trainer": Layer(model=model), "other": Layer()}
    pending = dict.fromkeys(before, "a" * 32)

    assert shared("model.fit()", {"model"}, {}, before=before, pending=pending) == both("trainer")
    assert (
        shared("model.fit()", {"model"}, {"model": model}, before=before, pending={"trainer": "a" * 32})
        == SharedNames()
    )


def test_a_name_for_an_object_that_stands_for_another_is_passed_over_without_waking_it():
    class Proxy:
        def __getattribute__(self, name):
            raise AssertionError(name)

        def __eq__(self, other):
            raise AssertionError("compared")

        __hash__ = None

    inner = Layer()

    assert shared("a.append(1)", {"a"}, {"a": [inner], "b": inner, "proxy": Proxy()}) == both("b")


def test_what_is_held_beside_a_lock_comes_along():
    inner = Layer()

    assert shared("a.append(1)", {"a"}, {"a": [threading.Lock(), inner], "b": inner}) == both("b")


def test_a_loop_and_a_deep_chain_end():
    loop: list = []
    loop.append(loop)
    deep: list = []
    for _ in range(50_000):
        deep = [deep]

    assert shared("a; b", {"a", "b"}, {"a": loop, "b": deep, "c": loop, "d": deep[0]}) == both("c", "d")
