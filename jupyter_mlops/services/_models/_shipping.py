"""A run's model on its way to the tracking store: the keeper ships it, and whoever registers it waits a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ...exceptions import HomeError, TrackingError
from .._run import Run
from ._source import ModelSource

if TYPE_CHECKING:
    from ...home import Home
    from ...tracking import ShippedRun

SHIPPING_S = 60.0
"""The keeper needs some seconds to start; a large model needs more, and is registered when asked again."""

_POLL_S = 0.1


def ship(run: Run, source: ModelSource, timeout_s: float = SHIPPING_S) -> ShippedRun:
    """Wait until the store has what is to be registered, and return under which ids.

    Interrupting the wait never touches the keeper.

    Raises
    ------
    TrackingError
        The store does not have it in time; the message says why, where that is known.
    HomeError
        The home may not be written.
    """
    from ...home import ChangedRuns, Home
    from ...tracking import shipped_run, start_keeper

    home = Home.open(run.directory.path.parent.parent)
    found = shipped_run(run.directory, run.spec)
    if _has(found, source):
        return found
    if found.is_whole:
        try:
            ChangedRuns(home.path).add(run.id)
        except OSError as error:
            raise HomeError(f"Cannot write {home.path}: {error.strerror}. Free space, or make it writable.") from error
    end = time.monotonic() + timeout_s
    start_keeper(home)
    while True:
        found = shipped_run(run.directory, run.spec)
        if _has(found, source):
            return found
        if time.monotonic() >= end or not home.settings.keeper:  # without one, waiting changes nothing
            raise TrackingError(_late(run, home, found, timeout_s))
        time.sleep(_POLL_S)
        start_keeper(home)  # one that was just leaving has not seen this run


def _has(found: ShippedRun, source: ModelSource) -> bool:
    if not found.run_id or not found.is_whole:
        return False
    return source.model_id in found.model_ids if source.model_id else found.artifacts.issuperset(source.files)


def _late(run: Run, home: Home, found: ShippedRun, timeout_s: float) -> str:
    from ...tracking import store_problem

    why = found.problem or store_problem(home, found.tracking_uri)
    if not home.settings.keeper:
        return (
            f"Run {run.name} is not in its tracking store, and the keeper, which ships runs, is switched off. "
            "Unset JUPYTER_MLOPS_KEEPER, or set keeper in settings, and register it again."
        )
    return (
        f"Run {run.name} is not in its tracking store after {timeout_s:.0f} s ({why or 'it is still being shipped'}), "
        "so it cannot be registered yet. The model is kept; register it again later."
    )
