"""Places to run: a launcher takes a submitted run and sees that it is executed, whatever becomes of the kernel.

`LocalLauncher` is this machine. Its shim (`_shim*.py`) is a program of its own that imports nothing but the standard
library, which is why the exports load when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._discovery import load_launcher
    from ._local import LocalLauncher
    from ._protocol import Launcher, SubmittedRun

__all__ = ["Launcher", "LocalLauncher", "SubmittedRun", "load_launcher"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Launcher": "._protocol",
        "LocalLauncher": "._local",
        "SubmittedRun": "._protocol",
        "load_launcher": "._discovery",
    },
)
