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
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import TEMPORARILY_UNAVAILABLE

from ..exceptions import TrackingError
from ._uris import sqlite_path, without_credentials

if TYPE_CHECKING:
    from ._session import TrackingSession

WAIT_S = 2.0


class StoreUnreachableError(TrackingError, MlflowException):  # type: ignore[misc]  # MLflow is untyped
    """The real tracking store gave no answer in time, and the call cannot be deferred."""

    def __init__(self, message: str) -> None:
        MlflowException.__init__(self, message, error_code=TEMPORARILY_UNAVAILABLE)


class RealStore:
    """Calls the real store in a thread of its own, so that nobody waits longer than is fair.

    Parameters
    ----------
    session : TrackingSession
        Tells the address.
    """

    def __init__(self, session: TrackingSession) -> None:
        self.uri = session.real_uri
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
            No answer within 2 s, or an earlier question is still open.
        MlflowException
            What the store itself says.
        """
        _import_store(self.uri)
        answer = _Answer()
        with self._lock:
            if self._busy_since is not None:
                raise self._unreachable(
                    what, f"an earlier call waits since {time.monotonic() - self._busy_since:.0f} s"
                )
            self._busy_since = time.monotonic()
        threading.Thread(target=self._answer, args=(use, answer), daemon=True, name="mlops-real-store").start()
        if not answer.done.wait(WAIT_S):
            raise self._unreachable(what, f"no answer within {WAIT_S:.0f} s")
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

    def _open(self) -> Any:
        path = sqlite_path(self.uri)
        if path is not None and not (path.exists() and path.stat().st_size):
            # Opening it would create it, and of several processes that do so at once most crash.
            raise self._unreachable("the store", "it is not made yet; the keeper makes it")
        from mlflow.tracking._tracking_service import utils

        return utils._tracking_store_registry.get_store_builder(self.uri)(store_uri=self.uri, artifact_uri=_root(path))

    def _unreachable(self, what: str, why: str) -> StoreUnreachableError:
        return StoreUnreachableError(
            f"Cannot ask {without_credentials(self.uri)} for {what}: {why}. The run goes on and what it logs is kept; "
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
        import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
