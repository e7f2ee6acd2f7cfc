"""What the environment says about a run: experiment and tracking store. No import, no look-up.

`mlflow.set_tracking_uri` and `mlflow.set_registry_uri` leave their word in the environment, so MLflow itself need not
be asked.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from ..exceptions import UsageError

DEFAULT_EXPERIMENT = "Default"
"""MLflow's own."""


class TrackingUris(NamedTuple):
    """Where runs are remembered; empty for the home's own store."""

    tracking: str
    registry: str


def tracking_uris() -> TrackingUris:
    """Return the stores that the notebook or the environment has chosen."""
    return TrackingUris(os.environ.get("MLFLOW_TRACKING_URI", ""), os.environ.get("MLFLOW_REGISTRY_URI", ""))


def default_experiment(notebook: str) -> str:
    """Return the experiment of a run that names none: the environment's, the notebook's name, or MLflow's default."""
    return os.environ.get("MLFLOW_EXPERIMENT_NAME", "") or Path(notebook).stem or DEFAULT_EXPERIMENT


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
