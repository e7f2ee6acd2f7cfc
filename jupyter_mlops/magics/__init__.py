"""The notebook's face: `%%train` and `%runs`, and the names that a later cell waits for.

Runs in the kernel, on top of `services`. A magic parses its line into a frozen command, asks a service, and returns
an object that shows itself; `PendingNames` looks at every later cell. Nothing here computes, stores or starts
anything itself.
"""

from ._extension import load_ipython_extension, unload_ipython_extension
from ._pending import PendingNames
from ._run_card import RunCard
from ._runs_command import RunsCommand
from ._train_command import TrainCommand
from ._view import View

__all__ = [
    "PendingNames",
    "RunCard",
    "RunsCommand",
    "TrainCommand",
    "View",
    "load_ipython_extension",
    "unload_ipython_extension",
]
