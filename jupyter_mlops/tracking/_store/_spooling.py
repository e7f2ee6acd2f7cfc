"""The spooling store: MLflow's tracking store inside a run, behind the scheme `mlops-spool`.

What can be deferred is written to the run directory and shipped by the keeper: it costs microseconds and cannot fail
for the store's sake. What cannot is asked of the real store, for at most 2 s. Runs in the executor.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from mlflow.store.tracking.abstract_store import AbstractStore

from .._session import TrackingSession
from .._staged_artifacts import stage_artifacts
from ._experiments import ExperimentsPart
from ._models import ModelsPart
from ._runs import RunsPart


class _ReadThrough(AbstractStore):  # type: ignore[misc]  # MLflow is untyped
    """Every operation that a store may have and that no part of ours defines: asked of the real one."""


def _through(name: str) -> Callable[..., Any]:
    def ask(self: SpoolingStore, *args: Any, **options: Any) -> Any:
        return self.real.call(lambda store: getattr(store, name)(*args, **options), name.replace("_", " "))

    ask.__name__ = name
    ask.__doc__ = f"Ask the real store: `{name}`."
    return ask


_STAYS = (
    "log_metric",
    "log_param",
    "set_tag",
    "log_batch",
    "end_async",
    "flush_async",
    "shut_down_async",
    "search_runs",
)


def _define_read_through() -> None:
    for name in dict(inspect.getmembers(AbstractStore, inspect.isfunction)):
        if not name.startswith(("_", *_STAYS)):
            setattr(_ReadThrough, name, _through(name))


_define_read_through()


class SpoolingStore(RunsPart, ModelsPart, ExperimentsPart, _ReadThrough):
    """The tracking store of a running cell.

    Parameters
    ----------
    session : TrackingSession
        What this process of the run writes to.
    """

    def __init__(self, session: TrackingSession) -> None:
        RunsPart.__init__(self, session)
        AbstractStore.__init__(self)
        stage_artifacts()
