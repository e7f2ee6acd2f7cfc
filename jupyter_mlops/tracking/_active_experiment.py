"""The experiment that a notebook has chosen with `mlflow.set_experiment`, by its name.

Runs in the kernel. MLflow keeps only the id, so the name is asked of the store, once an experiment and for a bounded
time. A notebook that has not imported MLflow has chosen nothing, and costs a look at `sys.modules`.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from ..exceptions import TrackingError
from ._uris import without_credentials

_names: dict[tuple[str, str], str] = {}
"""Store and id to name: MLflow experiments are renamed rarely, notebooks submit often."""


def active_experiment(timeout_s: float = 2.0) -> str:
    """Return the name of the experiment that this process has set; empty when it has set none.

    Parameters
    ----------
    timeout_s : float
        Nobody waits longer for the store.

    Raises
    ------
    TrackingError
        The store does not tell the name: the run would go to another experiment than the one that was chosen.
    """
    fluent = sys.modules.get("mlflow.tracking.fluent")
    chosen = getattr(fluent, "_active_experiment_id", None)
    if not chosen:
        return ""
    uri = str(sys.modules["mlflow.tracking"].get_tracking_uri())
    key = (uri, str(chosen))
    if key not in _names:
        _names[key] = _ask(fluent, key, timeout_s)
    return _names[key]


def _ask(fluent: Any, key: tuple[str, str], timeout_s: float) -> str:
    uri, experiment_id = key
    told: list[str] = []
    problem = [f"no answer within {timeout_s:g} s"]

    def work() -> None:
        try:
            told.append(str(fluent.MlflowClient(uri).get_experiment(experiment_id).name))
        except Exception as error:  # noqa: BLE001  # a store may fail in any way; whichever, the name is not known
            problem[:] = [" ".join(str(error).split())[:200] or type(error).__name__]

    thread = threading.Thread(target=work, daemon=True, name="mlops-active-experiment")
    thread.start()
    thread.join(timeout_s)
    if told:
        return told[0]
    shown = without_credentials(uri)
    raise TrackingError(
        f"mlflow.set_experiment chose experiment {experiment_id} here, and {shown} does not tell its name: "
        f"{problem[0].replace(uri, shown)}. Name the experiment: %%train -e EXPERIMENT."
    )
