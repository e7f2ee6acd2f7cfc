"""Put ``%%train`` on a cell: it becomes a tracked run that outlives the tab, the kernel and the server.

The package's front door: the Python twin of the magics. Everything here loads when it is first used, because this
module is imported by the shim too, which may import nothing but the standard library (docs/decisions/0001-engine.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._lazy import lazy_exports

if TYPE_CHECKING:
    from .magics import load_ipython_extension, unload_ipython_extension
    from .services import deploy, endpoints, explain, export_onnx, fairness, log, models, runs, train

__all__ = [
    "deploy",
    "endpoints",
    "explain",
    "export_onnx",
    "fairness",
    "load_ipython_extension",
    "log",
    "models",
    "runs",
    "train",
    "unload_ipython_extension",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "_jupyter_server_extension_points": ".server",
        "load_ipython_extension": ".magics",
        "deploy": ".services",
        "endpoints": ".services",
        "explain": ".services",
        "export_onnx": ".services",
        "fairness": ".services",
        "log": ".services",
        "models": ".services",
        "runs": ".services",
        "train": ".services",
        "unload_ipython_extension": ".magics",
    },
)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Return where the built labextension is, for Jupyter's own commands."""
    return [{"src": "labextension", "dest": "jupyter-mlops"}]
