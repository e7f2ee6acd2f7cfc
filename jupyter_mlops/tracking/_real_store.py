"""The real tracking store, as seen from inside a run: opened when first needed, and never waited for longer than 2 s.

For what cannot be deferred: looking at other runs, deleting experiments, traces. What a store does not answer in time
raises `StoreUnreachableError`; the run goes on, and what was logged is shipped by the keeper all the same.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import TEMPORARILY_UNAVAILABLE

from ..exceptions import TrackingError
from ._uris import sqlite_path, without_credentials

WAIT_S = 2.0


class StoreUnreachableError(TrackingError, MlflowException):  # type: ignore[misc]  # MLflow is untyped
    """The real tracking store gave no answer in time, and the call cannot be deferred."""

    def __init__(self, message: str) -> None:
        MlflowException.__init__(self, message, error_code=TEMPORARILY_UNAVAILABLE)


class BoundedStore:
    """Calls a store in a thread of its own, so that nobody waits longer than is fair.

    Parameters
    ----------
    uri : str
        Its address.
    open_store : callable
        Opens it; called in the thread, when it is first needed.
    wait_s : float
        How long a call may take.
    """

    def __init__(self, uri: str, open_store: Callable[[], Any], wait_s: float = WAIT_S) -> None:
        self.uri = uri
        self._open = open_store
        self._wait_s = wait_s
        self._store: Any = None
        self._busy_since: float | None = None
        self._lock = threading.Lock()

    def call(self, use: Callable[[Any], Any], what: str) -> Any:
        """Return what a function makes of the store.

        Parameters
        ----------
        use : callable
            Takes the store.
        what : str
            What is asked, for the message.

        Raises
        ------
        StoreUnreachableError
            No answer in time, or an earlier question is still open.
        MlflowException
            What the store itself says.
        """
        _import_store(self.uri)
        answer = _Answer()
        with self._lock:
            if self._busy_since is not None:
                waits_s = time.monotonic() - self._busy_since
                raise unreachable(self.uri, what, f"an earlier call waits since {waits_s:.0f} s")
            self._busy_since = time.monotonic()
        threading.Thread(target=self._answer, args=(use, answer), daemon=True, name="mlops-real-store").start()
        if not answer.done.wait(self._wait_s):
            raise unreachable(self.uri, what, f"no answer within {self._wait_s:.0f} s")
        if answer.error is not None:
            raise answer.error
        return answer.value

    def _answer(self, use: Callable[[Any], Any], answer: _Answer) -> None:
        try:
            if self._store is None:
                self._store = self._open()
            answer.value = use(self._store)
        except BaseException as error:  # noqa: BLE001  # handed to the thread that asked
            answer.error = error
        finally:
            with self._lock:
                self._busy_since = None
            answer.done.set()


def open_real_store(uri: str) -> Any:
    """Return MLflow's own store at an address.

    Raises
    ------
    StoreUnreachableError
        It is a sqlite file that the keeper has not made yet.
    """
    path = sqlite_path(uri)
    demand_made(uri)
    from mlflow.tracking._tracking_service import utils

    return utils._tracking_store_registry.get_store_builder(uri)(store_uri=uri, artifact_uri=_root(path))


def demand_made(uri: str) -> None:
    """Refuse a sqlite store that is not there: opening would make it, and of several processes at once most crash."""
    path = sqlite_path(uri)
    if path is not None and not (path.exists() and path.stat().st_size):
        raise unreachable(uri, "the store", "it is not made yet; the keeper makes it")


def unreachable(uri: str, what: str, why: str) -> StoreUnreachableError:
    """Return the error that says that a store cannot be asked."""
    return StoreUnreachableError(
        f"Cannot ask {without_credentials(uri)} for {what}: {why}. The run goes on and what it logs is kept; "
        "ask again later, or outside of the run."
    )


class _Answer:
    """What a thread found."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None


def _root(path: Path | None) -> str | None:
    """Return where a sqlite store puts artifacts: beside it."""
    return os.fspath(path.parent / "artifacts") if path else None


def _import_store(uri: str) -> None:
    """Import before the clock starts: the time that takes is not the store's."""
    if uri.startswith("sqlite:"):
        import mlflow.store.tracking.sqlalchemy_store  # noqa: F401 - to have it
