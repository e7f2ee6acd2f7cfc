"""Shows the remembered calls to MLflow's own scikit-learn autologging, after the results are delivered.

MLflow patches scikit-learn as it does anywhere; each call is made again, and what MLflow takes for scikit-learn answers
with the remembered result instead of computing it. So parameters, metrics, plots, datasets and models are all MLflow's
own work, and nothing is fitted twice.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import Any

from ...tracking import current_session
from .._deferred import after_delivery
from ._recorder import Call, Recorder

_AUTOLOGGING_TAG = "mlflow.autologging"


class Replay:
    """Makes a recorder's calls again.

    Parameters
    ----------
    recorder : Recorder
        Has seen the cell.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._options: dict[str, Any] = {}
        self._autolog: Callable[..., Any] | None = None

    def take_over(self, flavor: ModuleType) -> None:
        """Let the cell's own `mlflow.sklearn.autolog(...)` choose the options, and patch nothing while it runs.

        Parameters
        ----------
        flavor : module
            `mlflow.sklearn`.
        """
        self._autolog = autolog = flavor.autolog
        signature = inspect.signature(autolog)

        @functools.wraps(autolog)
        def choose(*args: Any, **options: Any) -> None:
            self._options = signature.bind(*args, **options).arguments

        vars(flavor)["autolog"] = choose

    def run(self) -> None:
        """Have MLflow log everything that was recorded; called once the results are delivered."""
        if after_delivery:
            # What else is left to do comes first: it may be the fit of a model whose scores were recorded.
            after_delivery.append(self.run)
            return
        if self._options.get("disable"):
            return
        import mlflow.sklearn

        # What was there before `take_over`, if that was called at all.
        autolog = self._autolog or mlflow.sklearn.autolog
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _only_loaded_estimators():
                autolog(**{"silent": True, **self._options})
            self._show()

    def _show(self) -> None:
        calls = self._recorder.calls
        fits = [call for call in calls if call.kind == "fit" and _is_patched(call)]
        if self._recorder.forgotten_fits:
            _say(f"the newest {len(fits)} fits are autologged, {self._recorder.forgotten_fits} earlier ones are not.")
        for call in calls:
            if call.kind == "live fit" or (call.kind == "fit" and call not in fits):
                continue
            if not all(witness.is_unchanged() for witness in call.witnesses):
                _say(f"a {type(call.subject).__name__} is not autologged: its data was changed in place after the fit.")
                continue
            with self._run_of(call, is_only_fit=len(fits) == 1), self._recorder.answering(call):
                _make_again(call)

    @contextmanager
    def _run_of(self, call: Call, *, is_only_fit: bool) -> Iterator[None]:
        """Let a fit speak for the run that was active, else for the cell's own; of several, each for a child run."""
        session = current_session()
        if call.kind != "fit" or session is None:
            yield
            return
        import mlflow

        with _active(call.run_id or session.spec.run_id):
            is_child = call.run_id is None and not is_only_fit
            child = mlflow.start_run(run_name=type(call.subject).__name__, nested=True) if is_child else nullcontext()
            with child:
                mlflow.set_tag(_AUTOLOGGING_TAG, "sklearn")
                yield


@contextmanager
def _only_loaded_estimators() -> Iterator[None]:
    """Keep MLflow from importing all of scikit-learn, for seconds, to patch classes that nobody has used."""
    from mlflow.sklearn import utils
    from sklearn.base import BaseEstimator

    loaded, waiting = {}, [BaseEstimator]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if (
            kind.__module__.startswith("sklearn.")
            and not kind.__name__.startswith("_")
            and not inspect.isabstract(kind)
        ):
            loaded[kind] = kind.__name__
    find_all = utils._all_estimators
    utils._all_estimators = lambda: [(name, kind) for kind, name in loaded.items()]
    try:
        yield
    finally:
        utils._all_estimators = find_all


@contextmanager
def _active(run_id: str) -> Iterator[None]:
    """Make a run the active one, without starting or ending it."""
    from mlflow import ActiveRun, MlflowClient
    from mlflow.tracking.fluent import _active_run_stack

    stack = _active_run_stack.get()
    before = list(stack)
    stack[:] = [ActiveRun(MlflowClient().get_run(run_id))]
    try:
        yield
    finally:
        stack[:] = before


def _is_patched(call: Call) -> bool:
    """Return whether MLflow watches this method of this estimator."""
    method = inspect.getattr_static(type(call.subject), call.name, None)
    return any(
        hasattr(holder, f"_gorilla_original_{name}")
        for holder, name in ((type(call.subject), call.name), (method, "fn"))
    )


def _make_again(call: Call) -> None:
    """Make a call from a frame whose variables are named as the cell's: MLflow names datasets by looking at them."""
    if call.subject is None:
        function = getattr(sys.modules["sklearn.metrics"], call.name)
    else:
        function = getattr(call.subject, call.name)
    variables = {**call.names, "function": function, "args": call.args, "kwargs": call.kwargs}
    eval("function(*args, **kwargs)", {}, variables)  # a constant: it is for the frame


def _say(text: str) -> None:
    sys.stderr.write(f"jupyter-mlops: {text}\n")
