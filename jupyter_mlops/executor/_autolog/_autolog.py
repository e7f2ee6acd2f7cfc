"""Autologging in a run: MLflow does the work, when nobody waits for it any more.

scikit-learn: the cell's calls are remembered (`_recorder`) and shown to MLflow's own autologging once the
results are delivered (`_replay`); the cell itself never waits for MLflow. Keras, Lightning, XGBoost, LightGBM:
MLflow watches the training, and what it does afterwards waits (`_live`). No model that is logged in a run
starts a process to find out its requirements (`_requirements`).
"""

from __future__ import annotations

import functools

from ...entities import AUTOLOG_FLAVORS, RunSpec
from ...tracking import when_imported
from .._deferred import after_delivery
from ._live import LiveAutologging
from ._recorder import Recorder
from ._replay import Replay
from ._requirements import use_known_requirements

FLAVORS = frozenset(AUTOLOG_FLAVORS)
_SKLEARN_LIKE = frozenset({"sklearn", "xgboost", "lightgbm"})
"""Flavors, named as their packages, whose estimators are those of scikit-learn or built like them."""


def flavors_of(spec: RunSpec) -> frozenset[str]:
    """Return the names of the flavors that a run autologs."""
    if spec.autolog == "off":
        return frozenset()
    if spec.autolog == "on":
        return FLAVORS
    return FLAVORS.intersection(name.strip() for name in spec.autolog.split(","))


@functools.cache
def prepare_autologging() -> None:
    """Do beforehand what takes a while: runs that are forked from a prepared process find it done.

    Libraries are changed when they are imported, and without effect until a run installs its autologging.
    """
    _recorder.install()
    when_imported("mlflow.utils.environment", use_known_requirements)


def install_autologging(spec: RunSpec) -> None:
    """Prepare this process to autolog one run, before its inputs are restored.

    Costs microseconds in a prepared process.
    """
    prepare_autologging()
    flavors = flavors_of(spec)
    live = LiveAutologging(flavors)
    live.install()
    if flavors & _SKLEARN_LIKE:
        replay = Replay(_recorder)
        _recorder.start(flavors & _SKLEARN_LIKE, live.bring, lambda: after_delivery.append(replay.run))
        if "sklearn" in flavors:
            when_imported("mlflow.sklearn", replay.take_over)


_recorder = Recorder()
