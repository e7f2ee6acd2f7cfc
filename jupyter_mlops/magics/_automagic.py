"""A line such as `history` means the pending name, although it is absent for now, and not IPython's magic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.prefilter import LineInfo, PrefilterChecker
from traitlets import Integer

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ._pending._promises import Ledger


class NamesBeforeMagics(PrefilterChecker):  # type: ignore[misc]  # IPython is untyped
    """Keeps automagic from a line that begins with a name that a run owes; comes just before IPython's checker."""

    priority = Integer(690)

    def __init__(self, shell: InteractiveShell, ledger: Ledger) -> None:
        super().__init__(shell=shell, prefilter_manager=shell.prefilter_manager)
        self._ledger = ledger

    def check(self, line_info: LineInfo) -> Any:
        """Return the handler of ordinary lines for such a line, None for any other."""
        if not self._ledger:
            return None
        head = line_info.ifun.partition(".")[0]
        if head in self._ledger.missing or head in self._ledger.pending:
            return self.prefilter_manager.get_handler_by_name("normal")
        return None
