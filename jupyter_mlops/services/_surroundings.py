"""What surrounds a submission: experiment and tracking store, user and working directory. MLflow is never imported.

`mlflow.set_tracking_uri` and `mlflow.set_registry_uri` leave their word in the environment, so MLflow itself need not
be asked; `mlflow.set_experiment` leaves an id, whose name the store knows.
"""

from __future__ import annotations

import functools
import getpass
import os
import sys
from pathlib import Path
from typing import NamedTuple

from ..exceptions import UsageError

DEFAULT_EXPERIMENT = "Default"
"""MLflow's own."""

_NAMED_BY = ("LOGNAME", "USER", "LNAME", "USERNAME")
"""What `getpass` looks at before it asks the system."""


class TrackingUris(NamedTuple):
    """Where runs are remembered; empty for the home's own store."""

    tracking: str
    registry: str


def tracking_uris() -> TrackingUris:
    """Return the stores that the notebook or the environment has chosen."""
    return TrackingUris(os.environ.get("MLFLOW_TRACKING_URI", ""), os.environ.get("MLFLOW_REGISTRY_URI", ""))


def default_experiment(notebook: str) -> str:
    """Return the experiment of a run that names none.

    What `mlflow.set_experiment` chose, else the environment's, else the notebook's name, else MLflow's default.

    Raises
    ------
    TrackingError
        The tracking store does not tell the name of the experiment that was chosen.
    """
    return (
        _chosen_experiment()
        or os.environ.get("MLFLOW_EXPERIMENT_NAME", "")
        or Path(notebook).stem
        or DEFAULT_EXPERIMENT
    )


def _chosen_experiment() -> str:
    """Return the experiment set in this process; our tracking layer is only loaded where MLflow is."""
    if "mlflow.tracking.fluent" not in sys.modules:
        return ""
    from ..tracking import active_experiment

    return active_experiment()


def user_name() -> str:
    """Return the login name, which MLflow records too; empty for a user id without a name, as in some containers."""
    return _user_name(os.getuid(), tuple(os.environ.get(name, "") for name in _NAMED_BY))


@functools.lru_cache(maxsize=4)
def _user_name(_user: int, _named: tuple[str, ...]) -> str:
    # Each submission asks, and where no variable tells, the system reads a file for it.
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def working_directory() -> str:
    """Return the working directory, where the run will work too.

    Raises
    ------
    UsageError
        It has been removed.
    """
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        raise UsageError("The working directory of this notebook was removed. Go to another one with %cd.") from None
