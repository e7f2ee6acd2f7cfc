"""Running the cell, and telling how it ended: by itself, by an exception or by `sys.exit`."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from ..entities import CellError
from ._cell_error import cell_error
from ._shell import RunShell

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
"""As a shell reports a program that Ctrl-C ended."""


@dataclass(frozen=True)
class CellEnd:
    """How a cell ended.

    Parameters
    ----------
    exit_code : int
        What the process is to exit with; 0 where the cell ended well.
    error : CellError, optional
        What ended it otherwise.
    """

    exit_code: int = 0
    error: CellError | None = None


def run_cell(shell: RunShell, source: str) -> CellEnd:
    """Execute a cell's text. Its exceptions are shown in the log, as a notebook shows them, and not raised."""
    result = shell.run_cell(source, store_history=True)
    if shell.cell_exit is not None:
        return _end_by_exit(shell.cell_exit, source)
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return CellEnd()
    code = EXIT_INTERRUPTED if isinstance(error, KeyboardInterrupt) else EXIT_ERROR
    return CellEnd(code, cell_error(error, source, shell.shown_traceback(error)))


def _end_by_exit(request: SystemExit, source: str) -> CellEnd:
    """Return what `sys.exit(...)` in a script means: nothing or 0 is success, text goes to stderr and counts as 1."""
    code = request.code
    if code is not None and not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = EXIT_ERROR
    # Of what a process exits with, its parent sees eight bits.
    exit_code = (code or 0) & 0xFF
    return CellEnd(exit_code, cell_error(request, source) if exit_code else None)
