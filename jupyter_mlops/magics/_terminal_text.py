"""What a terminal would show of a text in the end: progress bars write over themselves, one or several lines high.

Colours are dropped, as is every other control sequence. The labextension has its own, which grows with the log:
`src/model/terminalText.ts`.
"""

from __future__ import annotations

import re

_WIDEST = 400
_TOKEN = re.compile(
    r"\x1b\[(?P<number>\d*)(?P<move>[ABK])"
    r"|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0a-\x1f\x7f]"
)


def printable(text: str) -> str:
    r"""Return lines as they stand on a terminal in the end, without colours.

    Examples
    --------
    >>> printable("epoch 1\n batch 7\x1b[A\repoch 2")
    'epoch 2\n batch 7'
    """
    screen, last = _Screen(), 0
    text = text.removesuffix("\n")
    for token in _TOKEN.finditer(text):
        screen.write(text[last : token.start()])
        screen.control(token)
        last = token.end()
    screen.write(text[last:])
    return "\n".join(screen.lines)


class _Screen:
    """As high as it needs to be: what was printed is never out of a cursor's reach."""

    def __init__(self) -> None:
        self.lines = [""]
        self._row = self._column = 0

    def write(self, text: str) -> None:
        """Put text where the cursor stands, over what is there."""
        if text and self._column < _WIDEST:
            line = self.lines[self._row]
            end = self._column + len(text)
            self.lines[self._row] = (line[: self._column].ljust(self._column) + text + line[end:])[:_WIDEST]
            self._column = end

    def control(self, token: re.Match[str]) -> None:
        """Move the cursor, or erase a line or its rest."""
        number = int(token["number"] or 0)
        if token[0] == "\n":
            self._row += 1
            self._column = 0
            self.lines += [""] * (self._row == len(self.lines))
        elif token[0] == "\r":
            self._column = 0
        elif token[0] == "\b":
            self._column = max(0, self._column - 1)
        elif token["move"] == "A":
            self._row = max(0, self._row - max(1, number))
        elif token["move"] == "B":
            self._row = min(len(self.lines) - 1, self._row + max(1, number))
        elif token["move"] == "K":
            line = self.lines[self._row]
            self.lines[self._row] = "" if number == 2 else line[: self._column]
