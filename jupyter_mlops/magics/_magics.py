"""The magics as IPython sees them. `%%train` is cell-only, so automagic never takes `train(5)` for it."""

from __future__ import annotations

from typing import Any

from ._edge import magic_edge
from ._runs import runs
from ._session import NotebookSession
from ._train import train


class MlopsMagics:
    """The product's magics, bound to one session."""

    def __init__(self, session: NotebookSession) -> None:
        self._session = session

    def register(self) -> None:
        """Add the magics to the shell; those of an earlier load are replaced."""
        self._session.shell.register_magic_function(self.train, "cell", "train")
        self._session.shell.register_magic_function(self.runs, "line", "runs")

    def unregister(self) -> None:
        """Take the magics away, if they are still ours."""
        registered = self._session.shell.magics_manager.magics
        for kind, name, magic in (("cell", "train", self.train), ("line", "runs", self.runs)):
            if registered[kind].get(name) == magic:
                del registered[kind][name]

    @magic_edge
    def train(self, line: str, cell: str) -> Any:
        """Run this cell as a tracked run that outlives the kernel; `%%train -h` shows the options."""
        return train(self._session, line, cell)

    @magic_edge
    def runs(self, line: str) -> Any:
        """List, show, follow, stop, load and compare runs; `%runs -h` shows how."""
        return runs(self._session, line)
