"""`%runs`: the newest runs as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..entities import WAITS_FOR_DISK
from ._elements import Element, element
from ._figures import ago, number, span
from ._view import View, muted, name_element, state_element, state_text, table_element, text_table
from ._waiting import FREE_SPACE

if TYPE_CHECKING:
    from ..entities import RunStatus
    from ..services import RunPage

_MOST_METRICS = 3
_EMPTY = "No runs yet. Put %%train NAME on the first line of a cell."
_EMPTY_QUERY = "No run fits {query!r}. %runs lists them all; %runs -h shows what a query can say."


@dataclass(frozen=True)
class RunRow:
    """One run as it stands at the moment of the listing.

    Parameters
    ----------
    started_at : str
        UTC, ISO 8601; empty when unknown.
    duration_s : float, optional
        None while the run has not started, or is another tool's.
    metrics : tuple of (str, float)
        Last values, in the order in which to show them.
    """

    name: str
    run_id: str
    status: RunStatus
    experiment: str = ""
    submitted_at: str = ""
    duration_s: float | None = None
    metrics: tuple[tuple[str, float], ...] = ()
    reason: str = ""

    @classmethod
    def of(cls, run: Any) -> RunRow:
        """Return the row of a run handle, or of a foreign run, which has no state and no spec of ours."""
        state, spec = getattr(run, "state", None), getattr(run, "spec", None)
        metrics = {key: value for key, value in run.metrics.items() if not key.startswith("system/")}
        return cls(
            name=run.name,
            run_id=run.id,
            status=state.status if state else run.status,
            experiment=run.experiment,
            submitted_at=spec.submitted_at if spec else "",
            duration_s=state.duration_s if state and state.started_at else None,
            metrics=tuple(metrics.items()),
            reason=state.reason if state else "",
        )


class RunsTable(View):
    """A page of runs, newest first."""

    def __init__(self, rows: Iterable[RunRow], query: str = "", *, has_more: bool = False, missing: str = "") -> None:
        self.rows = tuple(rows)
        self._query = query
        notes = (
            [f"Older runs are not shown: narrow the query, or use mlops.runs.search({query!r})."] if has_more else []
        )
        notes += [f"{row.name} ({row.run_id[:8]}): {FREE_SPACE}." for row in self.rows if row.reason == WAITS_FOR_DISK]
        self._notes = [*notes, *([missing] if missing else [])]

    @classmethod
    def of(cls, page: RunPage, query: str) -> RunsTable:
        """Return the table of a page."""
        return cls(map(RunRow.of, page.runs), query, has_more=page.has_more, missing=page.missing)

    def __repr__(self) -> str:
        if not self.rows:
            return "\n".join([self._nothing(), *self._notes])
        rows = [
            (
                state_text(row.status),
                row.name,
                row.run_id[:8],
                ago(row.submitted_at),
                _took(row),
                *self._metric_cells(row),
            )
            for row in self.rows
        ]
        return "\n".join([text_table(self._heads(), rows), *self._notes])

    def element(self) -> Element:
        """Return the table as HTML."""
        notes = [element("div", muted(note)) for note in self._notes]
        if not self.rows:
            return element("div", muted(self._nothing()), *notes)
        return element(
            "div", table_element(self._heads(), map(self._row_element, self.rows), "Runs, newest first"), *notes
        )

    def _nothing(self) -> str:
        return _EMPTY_QUERY.format(query=self._query) if self._query else _EMPTY

    def _heads(self) -> list[tuple[str, bool]]:
        fixed = [("state", False), ("name", False), ("id", False), ("when", False), ("took", True)]
        return [*fixed, *((key, True) for key in self._metric_keys())]

    def _metric_keys(self) -> list[str]:
        """Return the metrics that most rows have, the earliest logged first among equals."""
        count: dict[str, int] = {}
        for row in self.rows:
            for key, _ in row.metrics:
                count[key] = count.get(key, 0) + 1
        return sorted(count, key=count.__getitem__, reverse=True)[:_MOST_METRICS]

    def _metric_cells(self, row: RunRow) -> list[str]:
        values = dict(row.metrics)
        return [number(values[key]) if key in values else "" for key in self._metric_keys()]

    def _row_element(self, row: RunRow) -> list[Element | str]:
        values = dict(row.metrics)
        metrics = [
            element("span", number(values[key]), title=repr(values[key])) if key in values else ""
            for key in self._metric_keys()
        ]
        return [
            element("span", state_element(row.status), title=row.reason or None),
            name_element(row.name, row.experiment or None),
            element("code", row.run_id[:8], title=row.run_id),
            element("span", ago(row.submitted_at), title=row.submitted_at or None),
            _took(row),
            *metrics,
        ]


def _took(row: RunRow) -> str:
    return "" if row.duration_s is None else span(row.duration_s)
