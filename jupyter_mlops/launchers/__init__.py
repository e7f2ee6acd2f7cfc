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
    from ._shim import Shim, rehearse_shim
    from ._shim_child import ExecutorStarter, execute, join_group, run_as_executor
    from ._shim_settings import ShimSettings
    from ._shim_signals import default_signals
    from ._submitted import LocalRun
    from ._warm_line import HeldLine
    from ._warm_wire import Owner, WarmReply, WarmRequest, is_same_user, receive_given, receive_line, tell

__all__ = [
    "ExecutorStarter",
    "HeldLine",
    "Launcher",
    "LocalLauncher",
    "LocalRun",
    "Owner",
    "Shim",
    "ShimSettings",
    "SubmittedRun",
    "WarmReply",
    "WarmRequest",
    "default_signals",
    "execute",
    "is_same_user",
    "join_group",
    "load_launcher",
    "receive_given",
    "receive_line",
    "rehearse_shim",
    "run_as_executor",
    "tell",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "ExecutorStarter": "._shim_child",
        "HeldLine": "._warm_line",
        "Launcher": "._protocol",
        "LocalLauncher": "._local",
        "LocalRun": "._submitted",
        "Owner": "._warm_wire",
        "Shim": "._shim",
        "ShimSettings": "._shim_settings",
        "SubmittedRun": "._protocol",
        "WarmReply": "._warm_wire",
        "WarmRequest": "._warm_wire",
        "default_signals": "._shim_signals",
        "execute": "._shim_child",
        "is_same_user": "._warm_wire",
        "join_group": "._shim_child",
        "load_launcher": "._discovery",
        "receive_given": "._warm_wire",
        "receive_line": "._warm_wire",
        "rehearse_shim": "._shim",
        "run_as_executor": "._shim_child",
        "tell": "._warm_wire",
    },
)
