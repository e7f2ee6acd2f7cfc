"""The Jupyter Server extension: reads, streams and proxies; no run's life is in its hands.

Runs in the Jupyter server, whose environment may have no framework: nothing here imports one, or the user's code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import MlopsExtension

__all__ = ["MlopsExtension"]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Return what `jupyter server` loads for this package."""
    from .app import MlopsExtension

    return [{"module": "jupyter_mlops.server.app", "app": MlopsExtension}]


def __getattr__(name: str) -> Any:
    if name == "MlopsExtension":
        from .app import MlopsExtension

        return MlopsExtension
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
