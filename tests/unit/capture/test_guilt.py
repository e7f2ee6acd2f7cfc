"""Who keeps a value from travelling, when the value itself does what it can to hide it."""

import threading
from typing import Any

import pytest

from jupyter_mlops.capture import Refusal, dump_values

PLAIN = "it lives in one process only"
REMEDY = "make it inside the cell"
GENERAL = "make it inside the cell, or keep only the data that the cell needs"


def refusal_of(value: Any) -> Refusal:
    (refusal,) = dump_values({"x": value}).refused
    return refusal


class Hidden:
    """A key that does not want to be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("nothing to see")


class NoInside:
    """Somebody's object that does not let others look into it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __getattribute__(self, name: str) -> Any:
        if name == "__dict__":
            raise RuntimeError("closed")
        return super().__getattribute__(name)


class NoAnswers:
    """Asked for what it does not have, it raises something else than Python asks for."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.parametrize("make", [lambda: {Hidden(): threading.Lock()}, NoInside], ids=["key", "inside"])
def test_where_the_way_cannot_be_told_the_guilty_one_still_is(make):
    assert refusal_of(make()) == Refusal("x", "_thread.lock", "x", PLAIN, REMEDY)


def test_an_object_that_answers_no_question_is_looked_into():
    assert refusal_of([NoAnswers()]) == Refusal("x", "_thread.lock", "x[0].lock", PLAIN, REMEDY)


class Silent(Exception):
    pass


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Blank(Exception):
    def __str__(self) -> str:
        return " \n"


class Refusing:
    """An object that raises when it is packed."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __reduce__(self) -> Any:
        raise self.error


@pytest.mark.parametrize("kind", [Silent, Unspeakable, Blank])
def test_an_error_without_words_is_told_by_its_kind(kind):
    assert refusal_of([0, {"k": Refusing(kind())}]) == Refusal(
        "x", f"{__name__}.Refusing", "x[1]['k']", kind.__name__, GENERAL
    )


def test_a_long_error_is_told_by_its_beginning():
    assert refusal_of(Refusing(ValueError("Use get_state() instead.."))).reason == "Use get_state() instead"
    assert refusal_of(Refusing(ValueError("word " * 1000))).reason == ("word " * 60)


def test_a_long_key_is_told_by_its_beginning():
    assert refusal_of({"k" * 1000: threading.Lock()}).path == "x['" + "k" * 39 + "]"


def test_a_list_that_goes_too_deep_is_to_blame_as_a_whole():
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]

    refusal = refusal_of(nested)

    assert refusal == Refusal("x", "list", "x", "it is nested too deeply", GENERAL)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({1: {None: threading.Lock()}}, "x[1][None]"),
        ({("a", 2): [threading.Lock()]}, "x[('a', 2)][0]"),
        ([[], [[], threading.Lock()]], "x[1][1]"),
        ([{threading.Lock()}], "x[0]"),
        (({"it's": (threading.Lock(),)},), 'x[0]["it\'s"][0]'),
    ],
    ids=["key None", "key tuple", "lists", "set", "quote"],
)
def test_the_path_can_be_pasted_into_python(value, path):
    refusal = refusal_of(value)

    assert refusal.path == path
    assert isinstance(eval(path, {"x": value}), (type(threading.Lock()), set))


def test_a_hostile_value_takes_no_other_value_along():
    pickled = dump_values({"bad": {Hidden(): threading.Lock()}, "worse": Refusing(Unspeakable()), "good": [1]})

    refused, sent = ([told.name for told in every] for every in (pickled.refused, pickled.values))
    assert (sorted(refused), sent) == (["bad", "worse"], ["good"])


def test_an_interrupt_is_not_explained_but_passed_on():
    class Interrupted:
        def __reduce__(self) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dump_values({"x": Interrupted()})
