"""The ledger by itself: who owes which name, what the name held, and what is given back."""

import gc

import pytest

from jupyter_mlops.entities import Result, RunStatus
from jupyter_mlops.magics._pending._aliases import StaleAlias
from jupyter_mlops.magics._pending._promises import Ledger, MissingName, Remembered


class Thing:
    """An object that can be remembered weakly."""


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def finished(**fields) -> Result:
    return Result(status=RunStatus.FINISHED, **fields)


def test_an_empty_ledger_is_false(ledger):
    assert not ledger
    assert ledger.pending == {}
    assert ledger.missing == {}


def test_promised_names_leave_the_namespace(ledger, run_named):
    namespace = {"model": 1, "X": 2}
    promise = ledger.promise(run_named("a"), {"model", "history"}, {"X"}, namespace)
    assert namespace == {"X": 2}
    assert ledger.pending == {"model": promise, "history": promise}
    assert promise.kept == {"model": 1}
    assert list(promise.watched) == ["X"]


def test_kept_values_return_when_nothing_came_back(ledger, run_named):
    namespace = {"model": 1}
    promise = ledger.promise(run_named("a"), {"model"}, (), namespace)
    ledger.keep_promise(promise, {}, namespace)
    assert namespace == {"model": 1}
    assert not ledger


def test_values_are_bound_for_open_names_only(ledger, run_named):
    namespace = {"model": 1}
    promise = ledger.promise(run_named("a"), {"model", "history"}, (), namespace)
    namespace["history"] = "mine"
    ledger.drop_assigned(namespace)
    promise.result = finished(returned=("model", "history"))
    ledger.keep_promise(promise, {"model": 2, "history": "theirs"}, namespace)
    assert namespace == {"model": 2, "history": "mine"}


def test_a_broken_promise_restores_and_marks(ledger, run_named):
    run, namespace = run_named("a"), {"model": 1}
    promise = ledger.promise(run, {"model", "history"}, (), namespace)
    ledger.break_promise(promise, "boom", namespace)
    assert namespace == {"model": 1}
    assert ledger.pending == {}
    assert ledger.missing == {"history": MissingName(run, "boom")}


def test_a_missing_name_may_be_promised_again(ledger, run_named):
    namespace: dict[str, object] = {}
    ledger.break_promise(ledger.promise(run_named("a"), {"x"}, (), namespace), "boom", namespace)
    again = ledger.promise(run_named("b"), {"x"}, (), namespace)
    assert ledger.missing == {}
    assert ledger.pending == {"x": again}


def test_a_missing_name_is_found_when_it_is_assigned(ledger, run_named):
    namespace: dict[str, object] = {}
    ledger.break_promise(ledger.promise(run_named("a"), {"x"}, (), namespace), "boom", namespace)
    namespace["x"] = 1
    ledger.drop_assigned(namespace)
    assert not ledger


def test_the_later_promise_owes_the_name_and_remembers_the_earlier(ledger, run_named):
    namespace = {"x": 0}
    first = ledger.promise(run_named("a"), {"x"}, (), namespace)
    second = ledger.promise(run_named("b"), {"x"}, (), namespace)
    assert ledger.pending == {"x": second}
    assert second.before == {"x": first}
    assert ledger.owed_to_later(first) == {"x"}


def test_when_the_later_one_breaks_the_earlier_owes_again(ledger, run_named):
    namespace = {"x": 0}
    first = ledger.promise(run_named("a"), {"x"}, (), namespace)
    second = ledger.promise(run_named("b"), {"x"}, (), namespace)
    ledger.break_promise(second, "boom", namespace)
    assert ledger.pending == {"x": first}
    ledger.break_promise(first, "bang", namespace)
    assert namespace == {"x": 0}


def test_three_promises_in_a_row_break_one_by_one(ledger, run_named):
    namespace = {"x": 0}
    promises = [ledger.promise(run_named(name), {"x"}, (), namespace) for name in "abc"]
    for promise in reversed(promises):
        ledger.break_promise(promise, "boom", namespace)
    assert namespace == {"x": 0}
    assert not ledger


def test_an_earlier_value_that_comes_in_between_is_kept_for_the_later(ledger, run_named):
    namespace = {"x": 0}
    first = ledger.promise(run_named("a"), {"x", "y"}, (), namespace)
    second = ledger.promise(run_named("b"), {"x"}, (), namespace)
    first.result = finished(returned=("x", "y"))
    ledger.keep_promise(first, {"x": 1, "y": 2}, namespace)
    assert namespace == {"y": 2}
    assert (second.kept, second.before) == ({"x": 1}, {})


def test_an_earlier_failure_in_between_leaves_the_old_value_for_the_later(ledger, run_named):
    namespace = {"x": 0}
    first = ledger.promise(run_named("a"), {"x"}, (), namespace)
    second = ledger.promise(run_named("b"), {"x"}, (), namespace)
    ledger.break_promise(first, "boom", namespace)
    assert "x" not in namespace
    ledger.break_promise(second, "bang", namespace)
    assert namespace == {"x": 0}


def test_dropping_a_name_drops_every_claim_on_it(ledger, run_named):
    namespace = {"x": 0}
    ledger.promise(run_named("a"), {"x"}, (), namespace)
    second = ledger.promise(run_named("b"), {"x", "y"}, (), namespace)
    ledger.drop(["x"])
    assert ledger.pending == {"y": second}
    ledger.break_promise(second, "boom", namespace)
    assert namespace == {}


def test_promises_close_when_nothing_is_left_to_settle(ledger, run_named):
    namespace: dict[str, object] = {}
    ledger.promise(run_named("a"), {"x"}, (), namespace)
    ledger.drop(["x"])
    assert list(ledger) == []


def test_a_promise_with_watched_names_stays_until_they_are_forgotten(ledger, run_named):
    namespace = {"X": Thing()}
    promise = ledger.promise(run_named("a"), {"x"}, {"X"}, namespace)
    ledger.drop(["x"])
    assert list(ledger) == [promise]
    ledger.forget_watched(promise)
    assert list(ledger) == []


def test_a_changed_watched_name_is_bound_when_it_still_holds_the_object(ledger, run_named):
    namespace = {"X": Thing(), "Y": Thing()}
    promise = ledger.promise(run_named("a"), {"x"}, {"X", "Y"}, namespace)
    namespace["Y"] = "mine"
    promise.result = finished(returned=("x",), changed=("X", "Y"))
    ledger.keep_promise(promise, {"x": 1, "X": 2, "Y": 3}, namespace)
    assert namespace == {"x": 1, "X": 2, "Y": "mine"}


def test_a_changed_watched_name_that_was_read_is_not_bound(ledger, run_named):
    old = Thing()
    namespace = {"X": old}
    promise = ledger.promise(run_named("a"), {"x"}, {"X"}, namespace)
    promise.seen["X"] = "cell [3]"
    ledger.keep_promise(promise, {"x": 1, "X": 2}, namespace)
    assert namespace == {"x": 1, "X": old}


def test_remembering_keeps_nothing_alive_that_can_be_remembered_weakly():
    thing = Thing()
    remembered = Remembered(thing)
    assert remembered.is_still(thing)
    del thing
    gc.collect()
    assert not remembered.is_still(Thing())
    assert not remembered.is_still(None)


@pytest.mark.parametrize("value", [[1], {"a": 1}, (1, 2), "text", 5])
def test_other_values_are_remembered_too(value):
    assert Remembered(value).is_still(value)
    assert not Remembered(value).is_still(object())


def test_what_pending_names_held_is_known_through_every_promise(ledger, run_named):
    namespace = {"model": 1, "x": 2}
    ledger.promise(run_named("a"), {"model", "new"}, (), namespace)
    ledger.promise(run_named("b"), {"model", "new", "x"}, (), namespace)
    assert ledger.held_before() == {"model": 1, "x": 2}


def test_a_name_that_the_run_only_binds_has_no_aliases(ledger, run_named):
    thing = Thing()
    namespace = {"model": thing, "models": [thing]}
    promise = ledger.promise(run_named("a"), {"model"}, (), namespace)
    promise.may_change = frozenset()
    assert ledger.stale_aliases(promise, {"model"}, namespace) == []


def test_aliases_are_looked_for_where_a_name_held_something(ledger, run_named):
    thing = Thing()
    namespace = {"model": thing, "models": [thing]}
    promise = ledger.promise(run_named("a"), {"model", "x"}, (), namespace)
    assert ledger.stale_aliases(promise, {"model", "x"}, namespace) == [StaleAlias("model", ("models",))]
