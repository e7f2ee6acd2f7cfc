"""Answers views that ask "what if", by whatever way they ask: which rows are meant, and what if none are here."""

from __future__ import annotations

import secrets
from collections import OrderedDict

import msgspec

from ..entities import WhatIf, WhatIfAnswer, WhatIfQuestion, understood
from ._asked_rows import AskedRows

MOST_KEPT = 8
"""Explanations whose model is kept for questions; the model of an older one may be freed."""

_GONE = (
    "This kernel does not know the model of this explanation, or no longer: it was restarted, or later explanations "
    "took its place. Run the cell again."
)


class KeptRows:
    """The rows of the latest few explanations, with their models. Not safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, AskedRows] = OrderedDict()

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
            question = msgspec.convert(message, understood(WhatIfQuestion))
        except msgspec.ValidationError as error:
            return WhatIfAnswer(request=_request_of(message), problem=f"This is no question: {error}.", gone=True)
        rows = self._kept.get(question.channel)
        if rows is None:
            return WhatIfAnswer(request=question.request, problem=_GONE, gone=True)
        self._kept.move_to_end(question.channel)
        return WhatIfAnswer(request=question.request) if question.row is None else rows.answer(question)


def _request_of(message: object) -> int:
    """Return the number that an answer repeats, as far as there is one."""
    request = message.get("request") if isinstance(message, dict) else None
    return request if isinstance(request, int) else 0
