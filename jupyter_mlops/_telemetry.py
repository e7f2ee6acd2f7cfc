"""What libraries tell their makers of their use: denied before they load, because nothing here needs a network."""

from __future__ import annotations

import os

_DENIED = {"MLFLOW_DISABLE_TELEMETRY": "true", "ORT_DISABLE_TELEMETRY": "1"}


def deny_telemetry() -> None:
    """Set what MLflow and onnxruntime read as they load; what the user has set stays.

    onnxruntime (1.31) would keep a device id and a database in the user's home from its import on.
    """
    for name, value in _DENIED.items():
        os.environ.setdefault(name, value)
