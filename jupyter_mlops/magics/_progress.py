"""How far a line is that computes in the kernel for long: a sentence and a bar, while it does; nothing in the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .._elements import Element, element
from ._figures import span
from ._pending._waiting import Screen, interruptible
from ._view import View

_QUIET_S = 0.5
_STEP_S = 0.25


class StepsView(View):
    """What is done, how much of it, since when and for about how long.

    Parameters
    ----------
    what : str
        What the steps are: "resamples".
    done, steps : int
        How many of how many.
    spent_s : float
        Since the first of them.
    """

    def __init__(self, what: str, done: int, steps: int, spent_s: float) -> None:
        self._what, self._done, self._steps = what, done, steps
        left = f", about {span(spent_s / done * (steps - done))} left" if done else ""
        self._times = f"{span(spent_s)}{left}"

    def __repr__(self) -> str:
        return f"{self._done:,} of {self._steps:,} {self._what} · {self._times} - interrupt to stop"

    def element(self) -> Element:
        """Return the view as HTML."""
        bar = {"max": str(self._steps), "value": str(self._done), "style": "display:block;width:20em"}
        return element("div", repr(self), element("progress", aria_label=self._what, **bar), role="status")


class Steps:
    """Shows steps, after a moment and four times a second at most.

    Parameters
    ----------
    screen : Screen
        Where.
    now : callable
        Seconds since whenever.
    """

    def __init__(self, screen: Screen, now: Callable[[], float] = time.monotonic) -> None:
        self._screen = screen
        self._now = now
        self._what = ""
        self._began = 0.0
        self._next = now() + _QUIET_S

    def tell(self, what: str, done: int, steps: int) -> None:
        """Show how many of how many are done; other words for what begin anew."""
        now = self._now()
        if what != self._what:
            self._what, self._began = what, now
        if now >= self._next:
            self._screen.show(StepsView(what, done, steps, now - self._began))
            self._next = now + _STEP_S


@contextmanager
def stepwise(screen: Screen, stopped: str, now: Callable[[], float] = time.monotonic) -> Iterator[Steps]:
    """Give what shows steps while the block runs.

    Raises
    ------
    KeyboardInterrupt
        The user stopped it; `stopped` says what that means.
    """
    try:
        with interruptible():
            yield Steps(screen, now)
    except KeyboardInterrupt:  # the usual advice is about a run that is waited for
        raise KeyboardInterrupt(stopped) from None
    finally:
        screen.clear()
