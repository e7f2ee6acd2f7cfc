"""The answer to `%%train --dry-run`: what would travel, with sizes, and what would be pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._elements import Element, element
from ._figures import size
from ._view import View, muted, name_element, rows_element, table_element, text_table

if TYPE_CHECKING:
    from ..services import TravelReport

_HEADS = (("name", False), ("type", False), ("shape", False), ("size", True))


class TravelView(View):
    """A travel report as a table.

    Parameters
    ----------
    report : TravelReport
        What the services found out.
    """

    def __init__(self, report: TravelReport) -> None:
        self._report = report

    def __repr__(self) -> str:
        rows = [tuple(map(str, row)) for row in self._rows()]
        table = [text_table(_HEADS, rows)] if rows else ["Nothing travels."]
        facts = [f"{label}: {text}" for label, text in self._facts()]
        return "\n".join([*table, *facts, self._verdict()])

    def element(self) -> Element:
        """Return the report as HTML."""
        rows = [(name_element(name), kind, shape, bytes_) for name, kind, shape, bytes_ in self._rows()]
        table = table_element(_HEADS, rows, "What would travel") if rows else muted("Nothing travels.")
        return element(
            "div", table, rows_element(self._facts()), element("div", self._verdict(), style="white-space:pre-wrap")
        )

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (
                value.name,
                value.type,
                " x ".join(map(str, value.shape or ())),
                f"= {value.same_as}" if value.same_as else size(value.size),
            )
            for value in self._report.values
        ]

    def _facts(self) -> list[tuple[str, str]]:
        report = self._report
        waits = ", ".join(f"{name} from {run_id[:8]}" for name, run_id in report.upstream.items())
        facts = [
            ("total", size(report.size)),
            ("imports", ", ".join(report.modules)),
            ("waits for", waits),
            ("pending", ", ".join(self._report.pending) or "nothing"),
            ("note", " ".join(report.notices)),
        ]
        return [(label, text) for label, text in facts if text]

    def _verdict(self) -> str:
        if self._report.refused:
            return f"Could not start: {self._report.refused}"
        return "Nothing was started (--dry-run)."
