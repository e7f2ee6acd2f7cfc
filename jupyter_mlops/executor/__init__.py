"""Inside the launched process: restore what the cell reads, run it, save what comes back, say how it ended.

`main` is the executor, whether its process is new (`python -m jupyter_mlops.executor RUN_DIR`) or a fork of a warm
parent, which calls `prepare` once beforehand. It knows the run directory and nothing of who started it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._deferred import after_delivery
    from ._main import main, prepare
    from ._rehearsal import Stage

__all__ = ["Stage", "after_delivery", "main", "prepare"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {"after_delivery": "._deferred", "main": "._main", "prepare": "._main", "Stage": "._rehearsal"},
)
