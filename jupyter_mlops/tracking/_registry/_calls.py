"""Asks a model registry through MLflow itself, in a child process that may be ended: its import takes two seconds.

A sqlite store that others hold locked, or a server that does not answer, costs the asker the time that it has given.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import tempfile
import time
from typing import Any

from ...exceptions import TrackingError, UsageError
from .._keeper_start import keeper_environment
from .._mlflow_child import START_S, read_line
from .._uris import without_credentials
from ._registered import RegistryAddress
from ._schema import demand_current

CHILD = (sys.executable, "-m", "jupyter_mlops.tracking._registry._child")
"""How the child is started."""

WAIT_S = 30.0
"""For a change, once MLflow is loaded: MLflow itself waits 20 s for a sqlite store that is locked."""

_MISTAKES = frozenset({"INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST", "RESOURCE_ALREADY_EXISTS"})
_LINK = re.compile(r" *\(Background on this error at: [^)]*\)")


class _NotLoadedError(Exception):
    """MLflow was not there in time: its registry was asked nothing."""


def call_registry(
    address: RegistryAddress, do: str, timeout_s: float = WAIT_S, *, end: float = math.inf, **details: Any
) -> dict[str, Any]:
    """Return what the registry answers.

    Parameters
    ----------
    address : RegistryAddress
        The registry.
    do : str
        A word of `_registry_child.py`.
    timeout_s : float
        So long after MLflow is loaded the child is ended; what it has asked for may have been done all the same.
    end : float
        Monotonic time until which to wait at most, for MLflow to load also; `START_S` bounds that in any case.
    **details
        Of the word.

    Raises
    ------
    UsageError
        The registry says that the call is wrong.
    TrackingError
        It did not answer in time, could not do it, or is an older MLflow's.
    """
    for uri in dict.fromkeys(address):
        demand_current(uri)
    # Addresses go through stdin: they may hold passwords, and arguments are visible to everybody.
    asked = json.dumps({"do": do, **address._asdict(), **details})
    shown = without_credentials(address.registry_uri)
    try:
        answer = _ask_child(asked, timeout_s, end)
        failure = answer.get("error")
    except _NotLoadedError:
        raise TrackingError(
            f"The model registry {shown} was asked nothing: MLflow was not loaded in time. Try once more."
        ) from None
    except subprocess.TimeoutExpired as error:
        raise TrackingError(
            f"The model registry {shown} gave no answer within {error.timeout:.0f} s. "
            "Look whether it was done: %models."
        ) from None
    except (OSError, ValueError, AttributeError) as error:
        raise TrackingError(f"The model registry {shown} cannot be asked: {type(error).__name__}.") from None
    if failure is None:
        return dict(answer)
    text = in_short(str(failure)).replace(address.registry_uri, shown)
    kind = UsageError if answer.get("code") in _MISTAKES else TrackingError
    raise kind(f"The model registry {shown} says: {text}.")


def in_short(failure: str) -> str:
    """Return what a registry says, without SQLAlchemy's link; of a full disk, with what to do."""
    text = _LINK.sub("", " ".join(failure.split()))[:500].rstrip(".")
    return f"{text}. Free some space, and say it again" if "disk is full" in text else text


def _ask_child(asked: str, timeout_s: float, end: float) -> Any:
    """Return what a child answers, or what its traceback says; the child has ended then, also where this raises.

    Raises
    ------
    _NotLoadedError, subprocess.TimeoutExpired
        It was not ready in time, or did not answer in time.
    """
    # A file, because nobody reads what is said while MLflow loads: a full pipe would be waited for.
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=_environment(), cwd="/"
        ) as child,
    ):
        try:
            read_line(child, min(START_S, end - time.monotonic()))
            told, _ = child.communicate(asked.encode(), min(timeout_s, end - time.monotonic()))
        except TimeoutError:
            raise _NotLoadedError from None
        finally:
            child.kill()
        if child.returncode == 0:
            return json.loads(told)
        said.seek(0)
        return {"error": _last_line(said.read().decode(errors="replace"))}


def _last_line(text: str) -> str:
    """Return what a traceback says."""
    return (text.strip().splitlines() or ["MLflow could not be started"])[-1]


def _environment() -> dict[str, str]:
    """Return this process's environment; MLflow retries a server seven times otherwise."""
    bounds = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
    return {**bounds, **keeper_environment()}
