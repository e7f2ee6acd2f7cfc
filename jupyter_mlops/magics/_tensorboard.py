"""`%tensorboard`: says what is to be shown. The front end asks the Jupyter server for it; the kernel never does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._elements import Element, element
from ..exceptions import UnknownReferenceError
from ..services import find_other
from ._tensorboard_command import TensorBoardCommand
from ._view import View, muted, name_element

if TYPE_CHECKING:
    from ._session import NotebookSession

MIME_TYPE = "application/vnd.jupyter-mlops.tensorboard+json"
"""What the labextension draws: pure data, see `TensorBoardView.data`."""

_WHOLE_ID = re.compile(r"[0-9a-f]{32}")
_ELSEWHERE = "JupyterLab and Jupyter Notebook show it, where jupyter_mlops is installed."


def tensorboard(session: NotebookSession, line: str) -> TensorBoardView:
    """Do what a `%tensorboard` line asks for.

    Raises
    ------
    MlopsError
        The line is wrong, or no run fits.
    """
    command = TensorBoardCommand.parse(line)
    shown = [_shown(session, reference) for reference in command.references]
    return TensorBoardView(
        run_ids=tuple(dict.fromkeys(run_id for run_id, _ in shown)),
        names=tuple(dict.fromkeys(name for _, name in shown)),
        logdir=command.absolute_logdir(Path.cwd()),
        flags=command.flags,
        height=command.height,
    )


def _shown(session: NotebookSession, reference: str) -> tuple[str, str]:
    """Return id and name of a run; what is none of ours may be another tool's, which the Jupyter server knows.

    Raises
    ------
    UnknownReferenceError
        No run fits, or several do.
    """
    try:
        run = session.runs.find(reference)
    except UnknownReferenceError as unknown:
        if _WHOLE_ID.fullmatch(reference):
            return reference, reference[:8]
        other = find_other(session.runs.others, reference, unknown).run
        return other.id, other.name
    return run.id, run.name


class TensorBoardView(View):
    """A TensorBoard in a cell: what it is to show, and what other front ends show instead.

    Parameters
    ----------
    run_ids, names : tuple of str
        The runs.
    logdir : str
        A folder, or several; whole paths.
    flags : dict
        TensorBoard's own.
    height : int
        Pixels.
    """

    def __init__(
        self, *, run_ids: tuple[str, ...], names: tuple[str, ...], logdir: str, flags: dict[str, str], height: int
    ) -> None:
        self._run_ids = run_ids
        self._shown = (*names, logdir) if logdir else names
        self._logdir = logdir
        self._flags = flags
        self._height = height

    def __repr__(self) -> str:
        return f"TensorBoard: {', '.join(self._shown)}. {_ELSEWHERE}"

    def element(self) -> Element:
        """Return what a front end without the labextension shows."""
        names = [part for name in self._shown for part in (", ", name_element(name))][1:]
        return element("div", element("div", "TensorBoard: ", *names), element("div", muted(_ELSEWHERE)))

    def data(self) -> dict[str, Any]:
        """Return what the labextension draws."""
        return {
            MIME_TYPE: {
                "version": 1,
                "run_ids": list(self._run_ids),
                "logdir": self._logdir,
                "flags": dict(self._flags),
                "label": ", ".join(self._shown),
                "height": self._height,
            }
        }
