"""Plain messages as views: one sentence that the user should read, and a magic's help."""

from __future__ import annotations

from .._elements import Element, element
from ._view import View


class Notice(View):
    """One sentence."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def element(self) -> Element:
        """Return the sentence as HTML."""
        edge = "border-left:3px solid var(--jp-warn-color1,#b26a00);padding:2px 8px;white-space:pre-wrap"
        return element("div", self._text, style=edge, role="note")


class HelpText(View):
    """What `-h` gives: the parser's own text."""

    def __init__(self, text: str) -> None:
        self._text = text.rstrip()

    def __repr__(self) -> str:
        return self._text

    def element(self) -> Element:
        """Return the help as HTML."""
        return element("pre", self._text, style="margin:0")
