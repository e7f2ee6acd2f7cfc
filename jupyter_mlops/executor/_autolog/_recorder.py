"""Remembers what a cell does with scikit-learn's estimators and metrics, for MLflow to be told later.

Without MLflow, so that a fit in a run costs microseconds more than a plain one. Only what user code calls itself
counts, not what estimators call among themselves. It draws no conclusions: those are MLflow's, in `_replay`.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from types import FrameType, ModuleType
from typing import Any, Literal

from ...tracking import when_imported
from .._deferred import attempt
from ._data import Witness, bytes_of, free_memory, names_of, snapshot
from ._patches import EstimatorPatches, patch_functions

Kind = Literal["fit", "live fit", "inference", "metric"]

MOST_FITS = 20
MOST_OTHER_CALLS = 1000
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("fit", "fit_transform", "fit_predict"), "fit"),
    **dict.fromkeys(("predict", "predict_proba", "predict_log_proba", "transform", "score"), "inference"),
}
_PACKAGES = frozenset({"sklearn", "xgboost", "lightgbm"})
_CHANGES = ("partial_fit", "set_params")
_NO_METRICS = frozenset({"check_scoring", "get_scorer", "get_scorer_names", "make_scorer"})
_UNWATCHED = (
    "cross_validate",
    "cross_val_predict",
    "cross_val_score",
    "learning_curve",
    "permutation_test_score",
    "validation_curve",
)
"""Functions of `sklearn.model_selection` whose many fits nobody wants logged; MLflow leaves them out as well."""


@dataclass(eq=False)
class Call:
    """One call that MLflow would have logged.

    Parameters
    ----------
    kind : str
        A "live fit" is autologged by its library's own flavor; what is done with the model afterwards is told here.
    name : str
        Of the method, or of the function in `sklearn.metrics`.
    subject : object
        The estimator, in the state in which the call left it; None for a metric.
    args, kwargs
        Without the estimator.
    result : object
        What the call gave.
    names : dict
        How the cell calls the arguments: name to object.
    run_id : str, optional
        Of the MLflow run that was active, if one was.
    witnesses : tuple of Witness
        Tell whether large arguments are as they were.
    """

    kind: Kind
    name: str
    subject: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    names: dict[str, Any] = field(default_factory=dict)
    run_id: str | None = None
    witnesses: tuple[Witness, ...] = ()


class Recorder:
    """Sees the outermost calls of user code, whatever thread makes them; one at a time.

    Its stand-ins for scikit-learn's functions only pass calls on until it is started, and in processes that are forked
    from the one that started it.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.forgotten_fits = 0
        self._packages: Collection[str] = ()
        self._bring_live: Callable[[str], bool] = lambda _package: False
        self._on_first_call: Callable[[], None] = _nothing
        self._pid = 0
        self._is_busy = False
        self._answer: Call | None = None
        self._held_bytes = 0

    def install(self) -> None:
        """Put stand-ins in scikit-learn and what is built on it, as soon as they are imported."""
        patches = EstimatorPatches(_PACKAGES, (*_KINDS, *_CHANGES), self._watching)
        when_imported("sklearn.base", patches.apply)
        when_imported(
            "sklearn.metrics", lambda module: patch_functions(module, _metrics(module), self._watching_metric)
        )
        when_imported("sklearn.model_selection", lambda module: patch_functions(module, _UNWATCHED, self._not_watching))

    def start(
        self, packages: Collection[str], bring_live: Callable[[str], bool], on_first_call: Callable[[], None]
    ) -> None:
        """Record from now on what this process does.

        Parameters
        ----------
        packages : collection of str
            Whose estimators to watch: "sklearn", "xgboost", "lightgbm".
        bring_live : callable
            Called with a package other than scikit-learn before an estimator of it is fitted; returns whether it has
            brought patches that must see the fit, which is then called once more.
        on_first_call : callable
            Called when there is something to log.
        """
        self._packages, self._bring_live, self._on_first_call = packages, bring_live, on_first_call
        self._pid = os.getpid()

    @contextmanager
    def answering(self, call: Call) -> Iterator[None]:
        """Answer the call, made again, with what it gave; record nothing meanwhile."""
        self._is_busy, self._answer = True, call
        try:
            yield
        finally:
            self._is_busy, self._answer = False, None

    # The functions that stand in for scikit-learn's ------------------------------------------------------------------

    def _watching(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        watch = self._change if name in _CHANGES else self._fit if _KINDS[name] == "fit" else self._inference

        @functools.wraps(method)
        def call(estimator: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if self._is_busy or os.getpid() != self._pid:
                return self._remembered_or(method, name, estimator, args, kwargs)
            return watch(method, name, estimator, args, kwargs)

        return call

    def _watching_metric(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if self._is_busy or os.getpid() != self._pid:
                answer = self._answer
                if answer is not None and answer.kind == "metric" and answer.name == name:
                    self._answer = None
                    return answer.result
                return function(*args, **kwargs)
            result = self._alone(function, args, kwargs)
            if self._is_about_prediction(args, kwargs):
                self._remember(Call("metric", name, None, args, kwargs, result), sys._getframe(1))
            return result

        return call

    def _not_watching(self, _name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return function(*args, **kwargs) if self._is_busy else self._alone(function, args, kwargs)

        return call

    def _remembered_or(
        self, method: Callable[..., Any], name: str, estimator: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Return the result of the call that is being made again, once; make any other call."""
        __tracebackhide__ = True
        answer = self._answer
        if answer is not None and answer.subject is estimator and answer.name == name:
            self._answer = None
            return answer.result
        return method(estimator, *args, **kwargs)

    # What is remembered ----------------------------------------------------------------------------------------------

    def _fit(self, method: Callable[..., Any], name: str, estimator: Any, args: Any, kwargs: Any) -> Any:
        __tracebackhide__ = True
        package = method.__module__.partition(".")[0]
        if package not in self._packages:
            return self._alone(method, (estimator, *args), kwargs)
        if package != "sklearn" and self._bring_live(package):
            return getattr(estimator, name)(*args, **kwargs)
        self._keep_apart(estimator)
        result = self._alone(method, (estimator, *args), kwargs)
        is_live = package != "sklearn"
        self._remember(
            Call("live fit", name, estimator, (), {}, None)
            if is_live
            else Call("fit", name, estimator, args, kwargs, result)
        )
        return result

    def _inference(self, method: Callable[..., Any], name: str, estimator: Any, args: Any, kwargs: Any) -> Any:
        __tracebackhide__ = True
        result = self._alone(method, (estimator, *args), kwargs)
        if any(call.subject is estimator for call in self.calls):
            self._remember(Call("inference", name, estimator, args, kwargs, result), sys._getframe(2))
        return result

    def _change(self, method: Callable[..., Any], _name: str, estimator: Any, args: Any, kwargs: Any) -> Any:
        __tracebackhide__ = True
        self._keep_apart(estimator)
        return self._alone(method, (estimator, *args), kwargs)

    def _alone(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        self._is_busy = True
        try:
            return function(*args, **kwargs)
        finally:
            self._is_busy = False

    def _keep_apart(self, estimator: Any) -> None:
        """Let earlier calls keep the estimator as it is now: it is about to be changed."""
        earlier = [call for call in self.calls if call.subject is estimator]
        if not earlier:
            return
        copies: list[Any] = []
        # What is about to change must not be logged as if it had been so before.
        if not attempt(
            lambda: copies.append(self._alone(deepcopy, (estimator,), {})),
            f"an earlier fit of a {type(estimator).__name__} is not logged, it cannot be copied",
        ):
            self.calls = [call for call in self.calls if call.subject is not estimator]
            return
        for call in earlier:
            call.subject = copies[0]
            call.result = copies[0] if call.result is estimator else call.result

    def _is_about_prediction(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        predicted = [call.result for call in self.calls if call.kind == "inference"]
        return any(value is result for value in (*args, *kwargs.values()) for result in predicted)

    def _remember(self, call: Call, caller: FrameType | None = None) -> None:
        # Looking at data runs its own code, or finds no memory for a copy. The cell's call has succeeded all the same.
        with suppress(Exception):
            self._keep(call, caller)

    def _keep(self, call: Call, caller: FrameType | None) -> None:
        values = (*call.args, *call.kwargs.values())
        held_bytes = sum(map(bytes_of, (*values, call.result)))
        if call.kind == "fit":
            call.witnesses = tuple(Witness(value) for value in values)
            call.args = tuple(snapshot(value) for value in call.args)
            call.kwargs = {key: snapshot(value) for key, value in call.kwargs.items()}
        elif caller is not None:
            call.names = names_of(values, caller)
        call.run_id = _active_run_id()
        first, self._on_first_call = self._on_first_call, _nothing
        first()
        self.calls.append(call)
        self._held_bytes += held_bytes
        self._make_room()

    def _make_room(self) -> None:
        """Forget the oldest fits, and what was done with them, when there are too many or they hold too much memory."""
        while self._fits() > 1 and (self._fits() > MOST_FITS or self._held_bytes > free_memory() // 4):
            oldest = next(call for call in self.calls if call.kind in ("fit", "live fit"))
            self.calls = [call for call in self.calls if call.subject is not oldest.subject]
            self._held_bytes = sum(bytes_of(v) for call in self.calls for v in (*call.args, *call.kwargs.values()))
            self.forgotten_fits += 1
        others = [call for call in self.calls if call.kind in ("inference", "metric")]
        if len(others) > MOST_OTHER_CALLS:
            self.calls.remove(others[0])

    def _fits(self) -> int:
        return sum(call.kind in ("fit", "live fit") for call in self.calls)


def _nothing() -> None:
    """Stand in for what is to be called once, from the second time on."""


def _metrics(module: ModuleType) -> list[str]:
    """Return the names of the functions that MLflow takes for metrics."""
    return [
        name
        for name in module.__all__
        if name not in _NO_METRICS and not name.startswith("plot_") and not isinstance(getattr(module, name), type)
    ]


def _active_run_id() -> str | None:
    """Return the id of the MLflow run that the calling thread has started, without importing MLflow."""
    fluent = sys.modules.get("mlflow.tracking.fluent")
    stack = fluent._active_run_stack.get() if fluent is not None and hasattr(fluent, "_active_run_stack") else []
    return str(stack[-1].info.run_id) if stack else None
