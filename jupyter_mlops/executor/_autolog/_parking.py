"""Parks what MLflow does after a training until nobody waits for it.

MLflow wraps a training in a function that works before it, trains, and works after it (models, plots). That function
runs here in a thread of its own. The training itself stays in the thread of the cell, and with its result the cell goes
on; MLflow's thread then stands still at that point until the results are delivered.

What is parked holds memory, so there is a most of it: the oldest is then done at once, as MLflow alone would have. And
a model that is trained again has lost the weights of its last training: that one is finished without a model.
"""

from __future__ import annotations

import contextvars
import functools
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from .._deferred import after_delivery, attempt

MOST_PARKED = 20
"""Trainings whose data and results are held until the delivery."""

Patch = Callable[..., Any]
"""What MLflow hands to its `safe_patch`: called with the original function and the call's arguments."""


def parking(patch: Patch, *, goes_on: bool = False) -> Patch:
    """Return a patch that does the same, but what it does after the original has returned once the run is delivered.

    Parameters
    ----------
    patch : callable
        MLflow's.
    goes_on : bool
        The first argument is a model that trains on from where it is: training it again changes what is to be logged.
    """

    def park(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        model = args[0] if goes_on and args else None
        _finish_trainings_of(model)
        return _ParkedPatch(patch, original, model).train(args, kwargs)

    return park


@dataclass(frozen=True)
class _Training:
    """The original is to be called; MLflow has these runs active meanwhile."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    runs: list[Any]


@dataclass(frozen=True)
class _Ended:
    """A function has come to its end, well or with an error."""

    result: Any = None
    error: BaseException | None = None


class _ParkedPatch:
    def __init__(self, patch: Patch, original: Callable[..., Any], model: object = None) -> None:
        self.model = model
        self.finish: Callable[[], None]
        self._patch = patch
        self._original = original
        self._to_cell: queue.SimpleQueue[_Training | _Ended] = queue.SimpleQueue()
        self._to_patch: queue.SimpleQueue[_Ended] = queue.SimpleQueue()

    def train(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Let MLflow prepare, train, and return the training's result at once."""
        __tracebackhide__ = True
        outside = _MlflowState()
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(self._work, outside.runs, args, kwargs), name="autologging", daemon=True
        ).start()
        message = self._to_cell.get()
        if isinstance(message, _Ended):
            # MLflow then trains without its own work, and says why.
            outside.restore()
            if message.error is not None:
                raise message.error
            return message.result
        try:
            with _active(message.runs):
                result = self._original(*message.args, **message.kwargs)
        # MLflow is told, whatever it is, and it is raised again.
        except BaseException as error:  # noqa: BLE001
            place = error.__traceback__
            self._to_patch.put(_Ended(error=error))
            self._to_cell.get()
            outside.restore()
            raise error.with_traceback(_without_first(place)) from error.__cause__
        inside = _MlflowState()
        outside.restore()
        self.finish = functools.partial(self._finish, inside, result)
        _park(self)
        return result

    def _finish(self, inside: _MlflowState, result: Any) -> None:
        """Let MLflow do the rest of its work, and wait for it."""
        from mlflow.utils.autologging_utils.logging_and_warnings import MlflowEventsAndWarningsBehaviorGlobally

        _parked.remove(self)
        outside = _MlflowState()
        inside.restore()
        try:
            with MlflowEventsAndWarningsBehaviorGlobally(
                reroute_warnings=True, disable_event_logs=True, disable_warnings=True
            ):
                self._to_patch.put(_Ended(result))
                message = self._to_cell.get()
        finally:
            outside.restore()
        if isinstance(message, _Ended) and message.error is not None:
            raise message.error

    def _work(self, runs: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Run MLflow's function, in its thread."""
        from mlflow.utils.autologging_utils.logging_and_warnings import NonMlflowWarningsBehaviorForCurrentThread

        @functools.wraps(self._original)
        def original(*args: Any, **kwargs: Any) -> Any:
            return self._hand_over(args, kwargs)

        # What user code put into lists stays the user's: MLflow appends its callbacks to them.
        args = tuple(list(value) if type(value) is list else value for value in args)
        kwargs = {key: list(value) if type(value) is list else value for key, value in kwargs.items()}
        if kwargs.get("callbacks", ()) is None:
            del kwargs["callbacks"]
        try:
            with _active(runs), NonMlflowWarningsBehaviorForCurrentThread(disable_warnings=True, reroute_warnings=True):
                ended = _Ended(self._patch(original, *args, **kwargs))
        # It is raised again in the thread of the cell.
        except BaseException as error:  # noqa: BLE001
            ended = _Ended(error=error)
        self._to_cell.put(ended)

    def _hand_over(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Stand in for the original, in MLflow's thread: the cell's own thread calls it."""
        self._to_cell.put(_Training(args, kwargs, list(_runs())))
        ended = self._to_patch.get()
        if ended.error is not None:
            raise ended.error
        return ended.result


_parked: list[_ParkedPatch] = []
"""What waits, the oldest first; each of them is in `after_delivery` too."""


def _park(training: _ParkedPatch) -> None:
    _parked.append(training)
    after_delivery.append(training.finish)
    if len(_parked) > MOST_PARKED:
        _finish_now(_parked[0])


def _finish_now(training: _ParkedPatch) -> None:
    after_delivery.remove(training.finish)
    attempt(training.finish, "not everything was logged")


def _finish_trainings_of(model: object) -> None:
    """Finish what is parked of a model that is about to be trained again, without the weights that it loses now."""
    for training in [training for training in _parked if model is not None and training.model is model]:
        with _no_model_logged():
            _finish_now(training)


@contextmanager
def _no_model_logged() -> Iterator[None]:
    """Keep MLflow's flavor for Keras from logging a model; the one that it has announced is told to have none."""
    flavor: Any = sys.modules.get("mlflow.keras.autologging")
    if flavor is None:
        yield
        return
    log_model, flavor._log_keras_model = flavor._log_keras_model, _give_up_model
    try:
        yield
    finally:
        flavor._log_keras_model = log_model


def _give_up_model(*_args: Any, model_id: str | None = None, **_options: Any) -> None:
    if model_id is not None:
        from mlflow import MlflowClient

        MlflowClient().finalize_logged_model(model_id, "FAILED")


class _MlflowState:
    """What MLflow keeps for the whole process and changes for the length of a patch, as it is now."""

    def __init__(self) -> None:
        utils = sys.modules["mlflow.utils.autologging_utils"]
        self.runs = list(_runs())
        self._sessions = [(kind, list(kind._session_stack)) for kind in utils._training_sessions]
        self._is_disabled = utils._AUTOLOGGING_GLOBALLY_DISABLED
        flavor = sys.modules.get("mlflow.sklearn")
        self._metrics = None if flavor is None else flavor._AUTOLOGGING_METRICS_MANAGER
        self._are_metrics_logged = self._metrics is None or self._metrics._log_post_training_metrics_enabled

    def restore(self) -> None:
        """Make it what it was."""
        for kind, stack in self._sessions:
            kind._session_stack[:] = stack
        utils: Any = sys.modules["mlflow.utils.autologging_utils"]
        utils._AUTOLOGGING_GLOBALLY_DISABLED = self._is_disabled
        if self._metrics is not None:
            self._metrics._log_post_training_metrics_enabled = self._are_metrics_logged


def _runs() -> list[Any]:
    """Return MLflow's stack of active runs of the calling thread."""
    fluent: Any = sys.modules["mlflow.tracking.fluent"]
    runs: list[Any] = fluent._active_run_stack.get()
    return runs


@contextmanager
def _active(runs: list[Any]) -> Iterator[None]:
    """Make these runs the active ones of the calling thread."""
    stack = _runs()
    before = list(stack)
    stack[:] = runs
    try:
        yield
    finally:
        stack[:] = before


def _without_first(place: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frame that raises again, which adds itself."""
    return None if place is None else place.tb_next
