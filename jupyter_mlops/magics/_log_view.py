"""`%runs logs`: what a run has printed, as text; and following it in the output of the waiting cell."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from .._elements import Element, element
from ._pending._waiting import interruptible
from ._terminal_text import printable
from ._view import View, muted

if TYPE_CHECKING:
    from ..services import Run

_MOST_CHARACTERS = 200_000


class LogView(View):
    """The log, or its end. Colours and control codes are dropped: a log is text."""

    def __init__(self, name: str, text: str, *, is_tail: bool, is_over: bool) -> None:
        self._name = name
        self._text = printable(text[-_MOST_CHARACTERS:])
        self._notes = []
        if is_tail or len(text) > _MOST_CHARACTERS:
            self._notes.append(
                "The end of the log; %runs logs -n LINES shows more, output.log in the run's directory has all of it."
            )
        if not is_over:
            self._notes.append(f"The run goes on; %runs logs -f {shlex.quote(name)} follows it.")

    def __repr__(self) -> str:
        return "\n".join([self._text or self._nothing(), *self._notes])

    def element(self) -> Element:
        """Return the log as HTML."""
        box = "margin:0;max-height:32em;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere"
        text = element("pre", self._text, style=box) if self._text else muted(self._nothing())
        return element("div", text, *(element("div", muted(note)) for note in self._notes))

    def _nothing(self) -> str:
        return f"{self._name} has printed nothing yet."


def follow(run: Run, *, with_displays: bool) -> None:
    """Print what a run prints until it has ended, from the cell's own thread; an interrupt ends only the looking.

    Parameters
    ----------
    run : Run
        Perhaps over already: then this is its whole log.
    with_displays : bool
        Also show its rich outputs when it has ended.
    """
    with interruptible():
        for text in run.follow():
            sys.stdout.write(text)
            sys.stdout.flush()
    if with_displays:
        _show_displays(run)


def _show_displays(run: Run) -> None:
    """Show figures, tables and the last expression as the cell itself would have shown them in the end."""
    from IPython.display import display

    standing: dict[str, tuple[dict[str, object], dict[str, object]]] = {}
    for event in run.displays():
        key = event.transient.get("display_id") or f"#{event.seq}"
        if event.kind == "clear":
            standing.clear()
        elif event.kind in ("display", "result") or key in standing:
            standing[key] = (event.data, event.metadata)
    for data, metadata in standing.values():
        display(data, raw=True, metadata=metadata)
