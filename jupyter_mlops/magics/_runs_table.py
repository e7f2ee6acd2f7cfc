"""`%runs`: the newest runs as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._elements import Element, element
from ..entities import WAITS_FOR_DISK, RunState, RunStatus
from ._figures import ago, number, span
from ._names import cut_middle
from ._pending._waiting import FREE_SPACE
from ._view import View, muted, name_element, state_element, state_text, table_element, text_table

if TYPE_CHECKING:
    from ..services import RunPage

_MOST_METRICS = 3
_LONGEST_KEY = 24
_LONGEST_REASON = 60
_EMPTY = "No runs yet. Put %%train NAME on the first line of a cell."


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
    reason : str
        Why the run stands so: what it waits for, or what ended it.
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
            duration_s=state.duration_s if state else None,
            metrics=tuple(metrics.items()),
            reason=_why(state) if state else "",
        )


class RunsTable(View):
    """A page of runs, newest first.

    Parameters
    ----------
    rows : iterable of RunRow
        The runs.
    query : str
        What they fit.
    has_more : bool
        There are older ones that fit.
    more : str
        How to see those; by default as a cell can.
    meant : str
        What a query that fits no run was probably meant to be.
    missing : str
        What could not be looked at.
    """

    def __init__(
        self,
        rows: Iterable[RunRow],
        query: str = "",
        *,
        has_more: bool = False,
        more: str = "",
        meant: str = "",
        missing: str = "",
    ) -> None:
        self.rows = tuple(rows)
        self._query = query
        self._meant = meant
        more = more or f"narrow the query, or use mlops.runs.search({query!r})"
        notes = [f"Older runs are not shown: {more}."] if has_more else []
        notes += [f"{row.name} ({row.run_id[:8]}): {FREE_SPACE}." for row in self.rows if row.reason == WAITS_FOR_DISK]
        self._notes = [*notes, *([missing] if missing else [])]

    @classmethod
    def of(cls, page: RunPage, query: str, *, more: str = "", meant: str = "") -> RunsTable:
        """Return the table of a page."""
        rows = map(RunRow.of, page.runs)
        return cls(rows, query, has_more=page.has_more, more=more, meant=meant, missing=page.missing)

    def __repr__(self) -> str:
        if not self.rows:
            return "\n".join([self._nothing(), *self._notes])
        rows = [
            (
                state_text(row.status),
                cut_middle(row.name),
                row.run_id[:8],
                ago(row.submitted_at),
                _took(row),
                *self._metric_cells(row),
                *([cut_middle(row.reason, _LONGEST_REASON)] if self._has_reasons else []),
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
        if not self._query:
            return _EMPTY
        guess = f" Did you mean {self._meant}?" if self._meant else ""
        return f"No run fits {self._query!r}.{guess} %runs lists them all; %runs -h shows what a query can say."

    def _heads(self) -> list[tuple[str, bool]]:
        fixed = [("state", False), ("name", False), ("id", False), ("when", False), ("took", True)]
        metrics = [(cut_middle(key, _LONGEST_KEY), True) for key in self._metric_keys()]
        return [*fixed, *metrics, *([("why", False)] if self._has_reasons else [])]

    @property
    def _has_reasons(self) -> bool:
        return any(row.reason for row in self.rows)

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
            state_element(row.status),
            name_element(cut_middle(row.name), _in_full(row)),
            element("code", row.run_id[:8], title=row.run_id),
            element("span", ago(row.submitted_at), title=row.submitted_at or None),
            _took(row),
            *metrics,
            *([name_element(cut_middle(row.reason, _LONGEST_REASON), row.reason)] if self._has_reasons else []),
        ]


def _why(state: RunState) -> str:
    """Return what there is to say of a state: a failed cell's error says more than its exit code."""
    return state.error.headline if state.error and state.status is RunStatus.FAILED else state.reason


def _in_full(row: RunRow) -> str | None:
    """Return what is said of a name on hover: all of it where it was cut, and the experiment."""
    whole = row.name if cut_middle(row.name) != row.name else ""
    where = f"experiment {row.experiment}" if row.experiment else ""
    return ", ".join(filter(None, [whole, where])) or None


def _took(row: RunRow) -> str:
    return "" if row.duration_s is None else span(row.duration_s)
