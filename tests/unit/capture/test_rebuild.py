"""Building notebook functions, classes and exceptions again, where cloudpickle's own way would be visible."""

import threading
from types import CodeType

import pytest
from cloudpickle import cloudpickle

from jupyter_mlops.capture._rebuild import (
    loading,
    make_cell,
    make_class,
    make_exception,
    make_function,
    set_cell,
    set_class_state,
    set_function_state,
    when_loaded,
)


class Rejected(Exception):
    """Passes on other arguments than it takes."""

    def __init__(self, field, *, limit):
        super().__init__(f"{field} is above {limit}")
        self.field, self.limit = field, limit


def test_an_exception_is_made_whatever_its_constructor_takes():
    error = Rejected("age", limit=130)
    again = make_exception(type(error), error.args)
    vars(again).update(vars(error))
    assert (type(again), str(again), again.field, again.limit) == (Rejected, "age is above 130", "age", 130)


def test_a_function_sees_the_namespace_that_it_is_given():
    namespace = {"rate": 2}
    compiled = compile("def scaled(x, by=3):\n    return x * by * rate", "cell", "exec")
    code = next(part for part in compiled.co_consts if isinstance(part, CodeType))
    scaled = make_function(code, namespace, None)
    set_function_state(scaled, ({"note": "kept"}, {"__defaults__": (5,), "__doc__": "Told."}, ()))
    assert (scaled(1), scaled.note, scaled.__doc__) == (10, "kept", "Told.")
    namespace["rate"] = 3
    assert scaled(1) == 15


def test_closures_share_a_cell():
    cell = make_cell()
    with pytest.raises(ValueError, match="empty"):
        cell.cell_contents  # noqa: B018
    read = compile("def outer():\n    n = 0\n    def read():\n        return n\n", "cell", "exec")
    inner = read.co_consts[0].co_consts[2]
    first, second = make_function(inner, {}, (cell,)), make_function(inner, {}, (cell,))
    set_cell(cell, (1,))
    assert (first(), second()) == (1, 1)
    cell.cell_contents = 2
    assert (first(), second()) == (2, 2)


@pytest.fixture
def tracked():
    """A class as cloudpickle knows it: under an id that travels with it."""
    made = type("Model", (), {"rate": 1})
    tracking_id = cloudpickle._get_or_create_tracker_id(made)
    return made, (type, "Model", (), {}, tracking_id, None)


def test_a_class_that_is_known_here_stays_as_it_is_unless_it_was_sent_by_name(tracked):
    known, args = tracked
    made = make_class(cloudpickle._make_skeleton_class, args)
    assert made is known
    set_class_state(made, (({"rate": 2}, {}), False))
    assert known.rate == 1
    set_class_state(made, (({"rate": 2}, {}), True))
    assert known.rate == 2


def test_a_class_that_is_new_gets_its_attributes_once():
    args = (type, "New", (), {}, "an id that nobody has used", None)
    made = make_class(cloudpickle._make_skeleton_class, args)
    set_class_state(made, (({"rate": 2}, {}), False))
    assert made.rate == 2
    assert make_class(cloudpickle._make_skeleton_class, args) is made
    set_class_state(made, (({"rate": 3}, {}), False))
    assert made.rate == 2


def test_what_waits_for_the_whole_stream_is_done_at_its_end_and_in_order():
    done = []
    when_loaded(lambda: done.append("at once"))
    with loading():
        when_loaded(lambda: done.append("first"))
        with loading():
            when_loaded(lambda: done.append("of a stream within"))
            done.append("within")
        when_loaded(lambda: done.append("second"))
        done.append("loaded")
    assert done == ["at once", "within", "of a stream within", "loaded", "first", "second"]


def test_a_stream_that_fails_leaves_nothing_to_do():
    done = []

    def load():
        with loading():
            when_loaded(lambda: done.append("never"))
            raise KeyError

    with pytest.raises(KeyError):
        load()
    when_loaded(lambda: done.append("at once"))
    assert done == ["at once"]


def test_another_thread_waits_for_its_own_stream():
    done = []
    with loading():
        other = threading.Thread(target=when_loaded, args=(lambda: done.append("other"),))
        other.start()
        other.join()
        assert done == ["other"]
