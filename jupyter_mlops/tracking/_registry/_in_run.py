"""The model registry inside a run: the real one, told of the run's models by the ids and places of the real store.

Registering a version cannot be deferred, because its number is the answer. So it waits, a bounded time, until the
keeper has shipped the model, and says so when that does not happen. Runs in the executor.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ...home import read_json
from .._real_store import BoundedStore, StoreUnreachableError, demand_made, open_real_store
from ._schema import demand_current

if TYPE_CHECKING:
    from .._session import TrackingSession

WAIT_S = 10.0
_POLL_S = 0.05


def watch_registries(module: Any, session: TrackingSession) -> None:
    """Put ours before the registry that runs of this session have; any other stays what it is.

    Parameters
    ----------
    module : module
        `mlflow.tracking._model_registry.utils`.
    session : TrackingSession
        Of this process.
    """
    open_registry = module._get_store
    ours = RunRegistry(session, partial(_open, open_registry, session))

    def get_store(store_uri: str | None = None, tracking_uri: str | None = None) -> Any:
        if module._resolve_registry_uri(store_uri, tracking_uri) == session.registry_uri:
            return ours
        return open_registry(store_uri, tracking_uri)

    module._get_store = get_store


def _open(open_registry: Callable[[str, str], Any], session: TrackingSession) -> Any:
    demand_made(session.registry_uri)
    demand_current(session.registry_uri)
    return open_registry(session.registry_uri, session.real_uri)


class RunRegistry:
    """The real registry, asked in bounded time, for a run's own models too.

    Parameters
    ----------
    session : TrackingSession
        Of this process.
    open_registry : callable
        Opens the real one.
    """

    def __init__(self, session: TrackingSession, open_registry: Callable[[], Any]) -> None:
        self._session = session
        self._registry = BoundedStore(session.registry_uri, open_registry, WAIT_S)
        self._tracking = BoundedStore(session.real_uri, lambda: open_real_store(session.real_uri), WAIT_S)

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: list[Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        model_id: str | None = None,
    ) -> Any:
        """Register a version of a model; one of this run's as soon as the keeper has it."""
        if model_id is None and source.startswith("models:/m-"):
            model_id = source.removeprefix("models:/")
        staged = self._staged(source)
        if model_id is not None and self._is_own(model_id):
            model_id = self._shipped("model_ids", model_id)
            model = self._tracking.call(lambda store: store.get_logged_model(model_id), f"model {model_id}")
            source, run_id = model.artifact_location, model.source_run_id
        elif staged is not None:
            run_id = self._shipped("run_ids", staged[0])
            run = self._tracking.call(lambda store: store.get_run(run_id), f"run {run_id}")
            source = run.info.artifact_uri + staged[1]
        return self._registry.call(
            lambda store: store.create_model_version(
                name, source, run_id, tags, run_link, description, model_id=model_id
            ),
            f"a version of {name!r}",
        )

    def __getattr__(self, name: str) -> Any:
        def ask(*args: Any, **options: Any) -> Any:
            return self._registry.call(lambda store: getattr(store, name)(*args, **options), name.replace("_", " "))

        return ask

    def _is_own(self, model_id: str) -> bool:
        return (self._session.directory / "staged" / "models" / model_id).is_dir()

    def _staged(self, source: str) -> tuple[str, str] | None:
        """Return the run of ours, a child too, among whose artifacts an address lies, and the path there."""
        ours = re.escape(self._session.directory.as_uri())
        found = re.fullmatch(rf"{ours}(?:/staged/runs/([^/]+))?/artifacts(/.*|)", source, re.DOTALL)
        return None if found is None else (found[1] or self._session.spec.run_id, found[2])

    def _shipped(self, kind: str, ours: str) -> str:
        """Wait until the keeper has shipped something; return the store's id of it."""
        end = time.monotonic() + WAIT_S
        while True:
            cursor = read_json(self._session.directory / "tracking.json") or {}
            theirs = cursor.get(kind, {}).get(ours)
            if theirs:
                return str(theirs)
            if time.monotonic() > end:
                why = cursor.get("problem") or "the keeper has not shipped it yet"
                raise StoreUnreachableError(
                    f"{ours} is not in the tracking store after {WAIT_S:.0f} s ({why}), so no version of it can be "
                    "registered now. The model is kept; register it when the run has ended: mlflow.register_model."
                )
            time.sleep(_POLL_S)
