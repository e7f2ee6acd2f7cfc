"""A training is over for the cell when it has trained; what MLflow does afterwards waits."""

import sys
import threading
import traceback
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import mlflow.sklearn
import pytest
from mlflow.utils import autologging_utils

from jupyter_mlops.executor._autolog._parking import MOST_PARKED, parking
from jupyter_mlops.executor._deferred import after_delivery, run_deferred


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    assert after_delivery == []


@pytest.fixture
def story() -> list[Any]:
    return []


def stack() -> list[Any]:
    runs: list[Any] = sys.modules["mlflow.tracking.fluent"]._active_run_stack.get()
    return runs


def test_the_result_is_there_before_the_work_after_it(story):
    def patch(original, *args, **kwargs):
        story.append("before")
        result = original(*args, callbacks=["ours"], **kwargs)
        story.append(("after", result))
        return "ignored"

    def train(data, *, callbacks):
        story.append(("train", data, callbacks, threading.current_thread() is threading.main_thread()))
        return "model"

    assert parking(patch)(train, "data") == "model"
    assert story == ["before", ("train", "data", ["ours"], True)]

    run_deferred()
    assert story[2:] == [("after", "model")]


def test_several_trainings_and_one_within_another_finish_in_the_order_of_their_results(story):
    def watched(name):
        def patch(original, *args):
            original(*args)
            story.append(name)

        return parking(patch)

    def outer():
        return watched("inner")(lambda: "inner result")

    assert watched("outer")(outer) == "inner result"
    assert watched("second")(lambda: 2) == 2
    assert story == []

    run_deferred()
    assert story == ["inner", "outer", "second"]


def test_a_failing_training_raises_its_own_error_and_tells_mlflow(story):
    def patch(original):
        try:
            original()
        except ZeroDivisionError as error:
            story.append(repr(error))
            raise

    def train():
        return 1 / 0

    with pytest.raises(ZeroDivisionError) as raised:
        parking(patch)(train)

    assert story == ["ZeroDivisionError('division by zero')"]
    assert [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)][-1] == "train"
    assert "_hand_over" not in {frame.name for frame in traceback.extract_tb(raised.value.__traceback__)}


def test_a_patch_that_fails_before_the_training_says_so_to_mlflow_which_then_trains_alone():
    def patch(_original):
        raise ValueError("no params")

    with pytest.raises(ValueError, match="no params"):
        parking(patch)(lambda: "never called")


def test_work_afterwards_that_fails_is_one_line(capsys):
    def patch(original):
        original()
        raise OSError("disk")

    assert parking(patch)(lambda: 1) == 1

    run_deferred()
    assert capsys.readouterr().err == "jupyter-mlops: not everything was logged: OSError: disk\n"


def test_what_mlflow_changes_for_the_length_of_a_training_is_as_before_in_between(story):
    session = mlflow.sklearn._SklearnTrainingSession
    metrics = mlflow.sklearn._AUTOLOGGING_METRICS_MANAGER

    def state():
        return (list(stack()), session.is_active(), metrics.should_log_post_training_metrics(), disabled())

    def disabled():
        return autologging_utils._AUTOLOGGING_GLOBALLY_DISABLED

    def patch(original):
        stack().append("run")
        with session(estimator=None, allow_children=False), autologging_utils.disable_autologging():
            with metrics.disable_log_post_training_metrics():
                original()
                story.append(("after", state()))
        stack().pop()

    before = state()
    parking(patch)(lambda: story.append(("during", state())))
    assert state() == before

    run_deferred()
    assert state() == before
    assert story == [("during", (["run"], True, False, True)), ("after", (["run"], True, False, True))]


def test_of_many_trainings_the_oldest_are_finished_in_the_cell_so_that_memory_is_bounded(story):
    def watched(number):
        def patch(original):
            original()
            story.append(number)

        return parking(patch)

    for number in range(MOST_PARKED + 3):
        watched(number)(lambda: None)
    assert (story, len(after_delivery)) == ([0, 1, 2], MOST_PARKED)
    assert sum(thread.name == "autologging" for thread in threading.enumerate()) == MOST_PARKED

    run_deferred()
    assert story == list(range(MOST_PARKED + 3))
    assert not [thread for thread in threading.enumerate() if thread.name == "autologging"]


def test_a_model_that_is_trained_again_is_logged_with_its_last_weights_only(story, monkeypatch):
    flavor = SimpleNamespace(_log_keras_model=lambda model, model_id=None: story.append(("logged", dict(model))))
    monkeypatch.setitem(sys.modules, "mlflow.keras.autologging", flavor)

    def patch(original, model, step):
        original(model, step)
        flavor._log_keras_model(model, model_id=None)
        story.append(("finished", step))

    fit = parking(patch, goes_on=True)
    model, other = {"steps": 0}, {"steps": 0}
    for step in (1, 2, 3):
        fit(lambda model, step: model.update(steps=step), model, step)
    fit(lambda model, step: model.update(steps=step), other, 7)
    assert story == [("finished", 1), ("finished", 2)]

    run_deferred()
    assert story[2:] == [("logged", {"steps": 3}), ("finished", 3), ("logged", {"steps": 7}), ("finished", 7)]


def test_equal_arguments_of_two_trainings_are_no_model_that_goes_on(story):
    def patch(original, params):
        original(params)
        story.append(params["lr"])

    params = {"lr": 1}
    for _ in range(2):
        parking(patch)(lambda params: None, params)
    assert story == []

    run_deferred()
    assert story == [1, 1]


def test_lists_that_the_cell_gave_stay_its_own(story):
    def patch(original, callbacks=(), **options):
        callbacks = [*callbacks] if not isinstance(callbacks, list) else callbacks
        callbacks.append("ours")
        return original(callbacks=callbacks, **options)

    given: list[str] = ["theirs"]
    parking(patch)(lambda callbacks: story.append(callbacks), callbacks=given)
    parking(patch)(lambda callbacks: story.append(callbacks), callbacks=None)
    run_deferred()

    assert (given, story) == (["theirs"], [["theirs", "ours"], ["ours"]])
