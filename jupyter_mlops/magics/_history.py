"""The cells that this notebook has executed, for the backward slice that is recorded with a run."""

from __future__ import annotations

import ast
from collections import deque
from typing import TYPE_CHECKING

from ..capture import ExecutedCell, analyse_cell
from ._pending._cells import train_body

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

_COUNTS_BEFORE_IT_RUNS = (9, 8)
"""The first IPython that counts a cell before it runs it; earlier ones count it afterwards."""

_MOST_CELLS = 5_000
_MOST_CHARACTERS = 200_000


class CellHistory:
    """Records each executed cell with the names that it reads and binds, while it is registered with a shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._cells: deque[ExecutedCell] = deque(maxlen=_MOST_CELLS)
        self._running = ""

    @property
    def cells(self) -> tuple[ExecutedCell, ...]:
        """Executed cells, oldest first."""
        return tuple(self._cells)

    @property
    def is_in_cell_magic(self) -> bool:
        """Whether the running cell is a cell magic: what the magic returns is then what the cell shows.

        In a loop over `run_cell_magic` nobody looks at it.
        """
        return self._running.lstrip().startswith("%%")

    def register(self) -> None:
        """Begin to record."""
        self._shell.events.register("pre_run_cell", self._begin)
        self._shell.events.register("post_run_cell", self._record)

    def unregister(self) -> None:
        """Record no further cell."""
        self._shell.events.unregister("pre_run_cell", self._begin)
        self._shell.events.unregister("post_run_cell", self._record)

    def _begin(self, info: ExecutionInfo) -> None:
        self._running = info.raw_cell or ""

    def _record(self, result: ExecutionResult | None) -> None:
        if result is None or not result.info.store_history:
            return
        source = result.info.raw_cell or ""
        if not source.strip() or len(source) > _MOST_CHARACTERS:
            return
        try:
            names = analyse_cell(self._code(source), self._shell.transform_cell)
        except SyntaxError:  # the cell did not run either
            return
        self._cells.append(ExecutedCell(source=source, names=names, ok=bool(result.success)))

    def _code(self, source: str) -> str:
        """Return what makes the names of a cell: the body of a `%%train` cell, which makes them elsewhere."""
        if "%%train" not in source:
            return source
        return train_body(ast.parse(self._shell.transform_cell(source))) or source


def number_of_running_cell(shell: InteractiveShell) -> int:
    """Return the number in brackets of the cell that a shell is about to run, whatever its version."""
    from IPython import version_info

    return int(shell.execution_count) - (1 if version_info[:2] >= _COUNTS_BEFORE_IT_RUNS else 0)
