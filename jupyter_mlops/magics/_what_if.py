"""The way of JupyterLab's views to the models that answer "what if": a comm from the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..explanation import KeptRows

TARGET = "jupyter-mlops.what-if"
"""Name under which a view opens a comm; its messages are `WhatIfQuestion` there and `WhatIfAnswer` back."""


class WhatIfDesk:
    """Keeps the rows that a shell's explanations may be asked about, and passes questions on to them.

    Parameters
    ----------
    shell : InteractiveShell
        Its kernel gets the messages; a terminal has none, and is never asked.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._comms = getattr(getattr(shell, "kernel", None), "comm_manager", None)
        self._kept: KeptRows | None = None

    @property
    def is_open(self) -> bool:
        """Whether anybody can ask."""
        return self._comms is not None

    @property
    def kept(self) -> KeptRows:
        """The rows, and who answers."""
        from ..explanation import KeptRows

        if self._kept is None:
            self._kept = KeptRows()
        return self._kept

    def register(self) -> None:
        """Take comms from now on."""
        if self._comms is not None:
            self._comms.register_target(TARGET, self._opened)

    def unregister(self) -> None:
        """Take no more comms, and let go of all models."""
        if self._comms is not None:
            self._comms.unregister_target(TARGET, self._opened)
        self._kept = None

    def _opened(self, comm: Any, _message: object) -> None:
        def asked(message: dict[str, Any]) -> None:
            comm.send(msgspec.to_builtins(self.kept.answer(message["content"]["data"])))

        comm.on_msg(asked)
