"""Answers views that ask "what if": a comm from the notebook, a row changed in the view, the model's answer."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import WhatIf, WhatIfAnswer, WhatIfQuestion

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..explanation import AskedRows

TARGET = "jupyter-mlops.what-if"
"""Name under which a view opens a comm; its messages are `WhatIfQuestion` there and `WhatIfAnswer` back."""

MOST_KEPT = 8
"""Explanations whose model is kept for questions; the model of an older one may be freed."""

_GONE = (
    "This kernel does not know the model of this explanation, or no longer: it was restarted, or later explanations "
    "took its place. Run the cell again."
)


class WhatIfDesk:
    """Keeps the rows that may be asked about, the latest few, and answers.

    Parameters
    ----------
    shell : InteractiveShell
        Its kernel gets the messages; a terminal has none, and is never asked.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._comms = getattr(getattr(shell, "kernel", None), "comm_manager", None)
        self._kept: OrderedDict[str, AskedRows] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Whether anybody can ask."""
        return self._comms is not None

    def keep(self, rows: AskedRows) -> WhatIf:
        """Answer questions about rows from now on; return what a view needs to ask them."""
        channel = secrets.token_hex(16)
        self._kept[channel] = rows
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return msgspec.structs.replace(rows.ranges, channel=channel)

    def answer(self, message: object) -> WhatIfAnswer:
        """Return the answer to a message, whatever it is."""
        try:
            question = msgspec.convert(message, WhatIfQuestion)
        except msgspec.ValidationError as error:
            return WhatIfAnswer(request=_request_of(message), problem=f"This is no question: {error}.", gone=True)
        rows = self._kept.get(question.channel)
        if rows is None:
            return WhatIfAnswer(request=question.request, problem=_GONE, gone=True)
        self._kept.move_to_end(question.channel)
        return rows.answer(question)

    def register(self) -> None:
        """Take comms from now on."""
        if self._comms is not None:
            self._comms.register_target(TARGET, self._opened)

    def unregister(self) -> None:
        """Take no more comms, and let go of all models."""
        if self._comms is not None:
            self._comms.unregister_target(TARGET, self._opened)
        self._kept.clear()

    def _opened(self, comm: Any, _message: object) -> None:
        def asked(message: dict[str, Any]) -> None:
            comm.send(msgspec.to_builtins(self.answer(message["content"]["data"])))

        comm.on_msg(asked)


def _request_of(message: object) -> int:
    """Return the number that an answer repeats, as far as there is one."""
    request = message.get("request") if isinstance(message, dict) else None
    return request if isinstance(request, int) else 0
