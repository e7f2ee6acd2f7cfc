"""A run's handle as a notebook shows it at the end of a cell: one line that tells how the run stands now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._elements import Element, element
from ._figures import number, span
from ._names import cut_middle
from ._runs_table import RunRow
from ._view import View, muted, name_element, state_element, state_text

if TYPE_CHECKING:
    from ..services import Run

_MOST_METRICS = 3
_MOST_NAMES = 6


@dataclass(frozen=True)
class RunLine(View):
    """How a run stands, in one line.

    Parameters
    ----------
    row : RunRow
        As in a listing.
    returned : tuple of str
        Names that came back.
    """

    row: RunRow
    returned: tuple[str, ...] = ()

    @classmethod
    def of(cls, run: Run) -> RunLine:
        """Return how a run stands at this moment."""
        result = run.directory.result()
        returned = () if result is None else (name for name in result.returned if name not in run.spec.imports)
        return cls(RunRow.of(run), tuple(returned))

    def __repr__(self) -> str:
        row = self.row
        return "  ".join([state_text(row.status), row.name, row.run_id[:8], *self._facts()])

    def element(self) -> Element:
        """Return the line as HTML."""
        row = self.row
        return element(
            "div",
            state_element(row.status),
            " ",
            element("strong", name_element(cut_middle(row.name), title=row.name)),
            " ",
            element("code", row.run_id[:8], title=row.run_id),
            *(muted(f"  {fact}") for fact in self._facts()),
        )

    def _facts(self) -> list[str]:
        row = self.row
        metrics = [f"{cut_middle(key, 24)} {number(value)}" for key, value in row.metrics[:_MOST_METRICS]]
        rest = len(self.returned) - _MOST_NAMES
        names = ", ".join(self.returned[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")
        facts = ["" if row.duration_s is None else span(row.duration_s), *metrics, row.reason]
        return [fact for fact in [*facts, f"{names} returned" if names else ""] if fact]
