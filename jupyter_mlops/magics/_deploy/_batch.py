"""`%deploy batch WHAT IN OUT`: a file of rows through a model, with a line that says how far it is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..._elements import Element, element
from .._pending._waiting import Screen, interruptible
from .._view import View

if TYPE_CHECKING:
    from ...entities import ScoreProgress, ScoreReport
    from ...services import Run, RunService
    from ._command import DeployCommand

_STEP_S = 0.5


def answered(runs: RunService, command: DeployCommand, what: str | Path | Run, X: Any, screen: Screen) -> ScoreView:
    """Answer the file's rows that a line names.

    Raises
    ------
    UsageError
        Model and file do not go together.
    ExportError
        The model fails on rows.
    KeyboardInterrupt
        The user stopped it; the same line goes on.
    """
    from ...deployment import CHUNK, ScoreWish
    from ...services import score_for

    wish = ScoreWish(
        source=command.source.expanduser(),
        destination=command.result.expanduser(),
        keep=command.keep,
        chunk=command.chunk or CHUNK,
    )
    try:
        with interruptible():
            report = score_for(runs, what, wish, X, _Shown(screen))
    except KeyboardInterrupt:  # the usual advice is about a run that is waited for
        raise KeyboardInterrupt(f"Stopped; {wish.destination} is as it was. The same line goes on from here.") from None
    finally:
        screen.clear()
    return ScoreView(report)


class _Shown:
    """Shows progress, twice a second at most."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._next = time.monotonic() + _STEP_S

    def __call__(self, progress: ScoreProgress) -> None:
        if time.monotonic() >= self._next:
            self._screen.show(ProgressView(progress))
            self._next = time.monotonic() + _STEP_S


class ProgressView(View):
    """How far it is: a sentence and a bar."""

    def __init__(self, progress: ScoreProgress) -> None:
        self._progress = progress

    def __repr__(self) -> str:
        from ...widgets import progress_text

        return progress_text(self._progress)

    def element(self) -> Element:
        """Return the view as HTML."""
        progress = self._progress
        parts: list[Element | str] = [repr(self)]
        if progress.total:
            bar = {"max": str(progress.total), "value": str(progress.rows), "style": "display:block;width:20em"}
            parts.append(element("progress", aria_label="rows answered", **bar))
        return element("div", *parts, role="status")


class ScoreView:
    """An answered file in a cell, as HTML and as text."""

    def __init__(self, report: ScoreReport) -> None:
        self.report = report

    def __repr__(self) -> str:
        from ...widgets import score_text

        return score_text(self.report)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - so asked
        """Return what Jupyter shows (IPython's protocol)."""
        from ...widgets import score_html

        return {"text/plain": repr(self), "text/html": score_html(self.report)}
