"""What a model registry holds, looked up in two seconds at most, without MLflow in the asking process.

A sqlite store of a known schema is read by SQL and a server by plain HTTP, in a thread that nobody waits for longer.
Any other registry is asked by MLflow in a child process. What is not found in time is said.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import NamedTuple

from ...entities import RegisteredModel, RegisteredModels
from ...exceptions import MlopsError, TrackingError
from .._uris import sqlite_path, without_credentials
from ._schema import demand_current

MOST_MODELS, MOST_VERSIONS = 1_000, 100
"""Of a registry, and of one model, the newest first; versions with an alias are always among them."""


_MOST_TOLD = 600
"""Characters of what went wrong: a path may be long, and what to do stands behind it."""

_FAILURES = (MlopsError, OSError, ValueError, RecursionError, OverflowError, HTTPException, sqlite3.Error)
"""What a stranger's registry can make of a question: a listing says it and goes on."""


class RegistryAddress(NamedTuple):
    """A registry, and the tracking store that it finds runs and logged models in."""

    tracking_uri: str
    registry_uri: str


class UnknownSchemaError(TrackingError):
    """A sqlite store has tables that our SQL was not tested with: MLflow must be asked."""


def registered_models(address: RegistryAddress, timeout_s: float = 2.0) -> RegisteredModels:
    """Return the models of a registry, by name; what cannot be looked at is `missing`.

    Parameters
    ----------
    address : RegistryAddress
        The registry.
    timeout_s : float
        Nobody waits longer; never raises.
    """
    uri = address.registry_uri
    end = time.monotonic() + timeout_s
    try:
        if uri.startswith(("http://", "https://")):
            return _found(_in_time(lambda: _ask_server(uri, timeout_s), timeout_s))
        path = sqlite_path(uri)
        if path is not None and not path.exists():
            return RegisteredModels()
        if path is not None:
            try:
                return _found(_in_time(lambda: _ask_sqlite(uri, timeout_s), timeout_s))
            except UnknownSchemaError:
                demand_current(uri)  # else MLflow itself may know it
        return _found(_ask_child(address, end))
    except _FAILURES as error:
        return RegisteredModels(missing=(_why(uri, error),))


def model_id_of(registry_uri: str, name: str) -> str:
    """Return what names a model on the wire: 32 hex digits, the same for the same registry and name."""
    text = f"{without_credentials(registry_uri)}\n{name}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _found(models: list[RegisteredModel]) -> RegisteredModels:
    models = sorted(models, key=lambda model: model.name)
    return RegisteredModels(models=tuple(models[:MOST_MODELS]), total=len(models))


def _in_time(find: Callable[[], list[RegisteredModel]], timeout_s: float) -> list[RegisteredModel]:
    """Return what a function finds in a thread; raise what it raised, or that time was up."""
    found: list[list[RegisteredModel]] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            found.append(find())
        except _FAILURES as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True, name="mlops-registered-models")
    thread.start()
    thread.join(timeout_s)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError(f"no answer within {timeout_s:g} s")
    return found[0]


def _why(uri: str, error: Exception) -> str:
    told = str(error) if isinstance(error, (TimeoutError, TrackingError)) else f"{type(error).__name__}: {error}"
    text = " ".join(told.split())[:_MOST_TOLD].replace(uri, without_credentials(uri))
    return f"The registry {without_credentials(uri)} cannot be looked at: {text.rstrip('.')}."


def _ask_sqlite(uri: str, timeout_s: float) -> list[RegisteredModel]:
    from ._sqlite import find_models

    path = sqlite_path(uri)
    return find_models(path, uri, timeout_s) if path else []


def _ask_server(uri: str, timeout_s: float) -> list[RegisteredModel]:
    from ._rest import find_models

    return find_models(uri, timeout_s)


def _ask_child(address: RegistryAddress, end: float) -> list[RegisteredModel]:
    """Ask until a monotonic time, MLflow's import included."""
    from ._calls import call_registry
    from ._rows import models_of

    told = call_registry(address, "find", end=end, most=MOST_MODELS, versions=MOST_VERSIONS)
    return models_of(address.registry_uri, told.get("models", ()), told.get("versions", ()))
