"""Waiting for a run in the kernel's own thread: quick when it is nearly done, else visible, always interruptible."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from ..._elements import Element, element
from ...entities import WAITS_FOR_DISK, RunState
from .._figures import clock
from .._terminal_text import printable
from .._view import View

STOPPED_WAITING = "Stopped waiting; the run goes on. Run the cell again to wait for it again."
"""What an interrupted wait says."""

FREE_SPACE = f"it is {WAITS_FOR_DISK}: free some, and it ends"
"""What is said of a run that only the full disk keeps from ending."""

_QUIET_S = 0.2
_STEP_S = 0.5
_TAIL_LINES = 5


class AwaitedRun(Protocol):
    """The part of a run's handle that waiting needs."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def state(self) -> RunState:
        """How it stands now."""

    def wait_delivery(self, timeout_s: float | None = None, names: Collection[str] = ()) -> bool:
        """Wait until results can be read, or never will be; for `names`, until the run has released all of them."""

    def log(self, tail: int | None = None) -> str:
        """Return the last lines that the run has printed."""


class Screen(Protocol):
    """A place in the output of the cell that waits."""

    def show(self, view: View) -> None:
        """Replace what is shown."""

    def clear(self) -> None:
        """Leave no trace."""


class WaitingView(View):
    """What a waiting cell shows: for which names of which run, since when, and the run's last lines.

    Parameters
    ----------
    problem : str
        What keeps the run from ending, and what to do.
    """

    def __init__(self, names: Iterable[str], run: str, waited_s: float, tail: str, problem: str = "") -> None:
        wanted = ", ".join(sorted(names)) or "results"
        self._what = f"waiting for {wanted} from {run} ({clock(waited_s)}" + (f", {problem})" if problem else ")")
        self._hint = "interrupt to stop waiting, the run goes on"
        self._tail = printable(tail)

    def __repr__(self) -> str:
        lines = [f"  {line}" for line in self._tail.splitlines()]
        return "\n".join([f"{self._what} - {self._hint}", *lines])

    def element(self) -> Element:
        """Return the view as HTML."""
        tail = (
            [element("pre", self._tail, style="margin:4px 0 0;max-height:8em;overflow:hidden;opacity:.75")]
            if self._tail
            else []
        )
        return element(
            "div",
            element("span", self._what),
            element("span", f" - {self._hint}", style="color:var(--jp-ui-font-color2,#777)"),
            *tail,
            role="status",
        )


def wait_for(run: AwaitedRun, names: Collection[str], screen: Screen) -> None:
    """Wait until a run can deliver, has released the names or has ended.

    `KeyboardInterrupt` ends the wait and never touches the run.
    """
    started = time.monotonic()
    with interruptible():
        if run.wait_delivery(_QUIET_S, names):
            return
        try:
            while True:
                waited_s, problem = time.monotonic() - started, FREE_SPACE if run.state.waits_for_disk else ""
                screen.show(WaitingView(names, run.name, waited_s, run.log(tail=_TAIL_LINES), problem))
                if run.wait_delivery(_STEP_S, names):
                    return
        finally:
            screen.clear()


@contextmanager
def interruptible() -> Iterator[None]:
    """Let an interrupt raise here, as in any cell.

    While ipykernel executes a cell with top-level `await` its own handler only cancels the cell's task, which a wait
    that blocks the event loop would not notice.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class NotebookScreen:
    """Shows by display id, and clears the cell's output in the end: nothing of the cell has run yet.

    Parameters
    ----------
    may_clear : bool
        False inside a running cell, whose own output must stay; then an empty display remains.
    """

    def __init__(self, *, may_clear: bool) -> None:
        self._may_clear = may_clear
        self._handle: object = None

    def show(self, view: View) -> None:
        """Display the view, or replace the one displayed before."""
        from IPython.display import display

        if self._handle is None:
            self._handle = display(view, display_id=True)
        else:
            self._handle.update(view)  # type: ignore[attr-defined]  # IPython's DisplayHandle

    def clear(self) -> None:
        """Remove the view."""
        from IPython.display import clear_output, display

        if self._handle is not None and self._may_clear:
            clear_output(wait=False)
        elif self._handle is not None:
            display({"text/plain": ""}, raw=True, display_id=self._handle.display_id, update=True)  # type: ignore[attr-defined]
        self._handle = None


class TerminalScreen:
    """Shows one line that is overwritten; nothing at all where the output is not a terminal."""

    def show(self, view: View) -> None:
        """Overwrite the line."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[2K" + repr(view).partition("\n")[0])
            sys.stderr.flush()

    def clear(self) -> None:
        """Erase the line."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
