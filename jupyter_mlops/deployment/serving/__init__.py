"""An endpoint's HTTP server: one checked ONNX model, asked by the Open Inference Protocol v2 or by MLflow's paths.

It runs in a process of its own, here or in a container, and knows tornado, NumPy, onnxruntime and the standard library
only: this folder is copied into containers as it is. Nothing of a user's Python is loaded, and nothing is unpickled.
"""

from __future__ import annotations

from ._app import application
from ._errors import ModelError, RequestError
from ._handlers import EndpointHandler
from ._limits import Limits
from ._model import ServedModel
from ._server import Server
from ._state import Serving

__all__ = [
    "EndpointHandler",
    "Limits",
    "ModelError",
    "RequestError",
    "ServedModel",
    "Server",
    "Serving",
    "application",
]
