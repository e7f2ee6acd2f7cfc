"""Running a cell again needs what it read: in a fresh kernel that is not there yet, and the run would only say so."""

from __future__ import annotations

import contextlib
import shlex
from typing import TYPE_CHECKING

from ..exceptions import UntrustedManifestError, UsageError

if TYPE_CHECKING:
    from ._commands import SubmitRun
    from ._run import Run


def require_names(run: Run, command: SubmitRun) -> None:
    """Check that the notebook has the names that a run's cell reads, and that the run had got.

    Parameters
    ----------
    run : Run
        The run to repeat.
    command : SubmitRun
        What would be submitted.

    Raises
    ------
    UsageError
        Some are missing.
    """
    from ..capture import analyse_cell

    had = {upstream.name for upstream in run.spec.upstream}
    with contextlib.suppress(UntrustedManifestError):  # its inputs are not needed: only the cell is repeated
        had |= {value.name for value in run.captured}
    reads = analyse_cell(command.source, command.transform or str).reads
    missing = sorted(had & reads - command.namespace.keys() - command.pending.keys())
    if missing:
        listed = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
        verb, they = ("is", "it") if len(missing) == 1 else ("are", "them")
        raise UsageError(
            f"{listed} {verb} not defined here, and the cell of {run.name} reads {they}. Run the cells above first, or "
            f"%runs reproduce {shlex.quote(run.name)}, which uses the run's own inputs."
        )
