"""The service that scripts, the command line and a notebook share within one process: one per home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ._service import RunService

if TYPE_CHECKING:
    from ..home import Home

_chosen: RunService | None = None
_found: dict[Path, RunService] = {}


def use_service(service: RunService | None) -> None:
    """Make `mlops.runs` and `mlops.train` use a service; None goes back to the home of the working directory."""
    global _chosen  # one per process is the point
    _chosen = service


def current_service() -> RunService:
    """Return the chosen service, else that of the home which the working directory belongs to, made when there is none.

    The home of the chosen service is made again when it was deleted.

    Raises
    ------
    HomeError
        The home cannot be made or read.
    """
    global _chosen  # see `use_service`
    from ..home import Home

    if _chosen is None:
        return service_of(Home.find())
    if not _chosen.home.exists():
        # Deleted under this process: a new home takes its place, and nothing that the old service knew is true of it.
        _found.pop(_chosen.home.path, None)
        _chosen = service_of(Home.create(_chosen.home.path))
    return _chosen


def service_of(home: Home) -> RunService:
    """Return the process's service for a home."""
    from ..launchers import LocalLauncher

    if home.path not in _found:
        _found[home.path] = RunService(home, LocalLauncher(home))
    return _found[home.path]
