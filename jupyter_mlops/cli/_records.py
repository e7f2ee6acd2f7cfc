"""What `jupyter mlops --json` prints: frozen records with the keys of the wire, in snake case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ..entities import CellError
from ..services import Run

if TYPE_CHECKING:
    from ..services import Agreement, Change, OtherRun, Reproduction, RunDiff, RunFacts, RunPage


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it stands. What another tool's run does not tell is empty; `store` says where such a run is."""

    id: str
    name: str
    experiment: str
    status: str
    reason: str = ""
    submitted_at: str = ""
    started_at: str = ""
    ended_at: str = ""
    duration_s: float | None = None
    params: dict[str, str] = {}
    metrics: dict[str, float | str] = {}
    tags: dict[str, str] = {}
    error: CellError | None = None
    store: str = ""

    @classmethod
    def of_other(cls, run: OtherRun) -> RunRecord:
        """Return the record of another tool's run, with its times and its store."""
        other, store = run
        return replace(
            cls.of(other),
            submitted_at=other.started_at,
            started_at=other.started_at,
            ended_at=other.ended_at,
            duration_s=other.duration_s,
            store=store,
        )

    @classmethod
    def of(cls, run: RunFacts) -> RunRecord:
        """Return the record of one of our runs, or of another tool's."""
        told: dict[str, Any] = {}
        if isinstance(run, Run):
            state = run.state
            told = {"submitted_at": run.spec.submitted_at, "reason": state.reason, "error": run.error}
            told |= {"started_at": state.started_at, "ended_at": state.ended_at, "duration_s": state.duration_s}
        return cls(
            id=run.id,
            name=run.name,
            experiment=run.experiment,
            status=run.status.value,
            params=dict(run.params),
            metrics=_portable(run.metrics),
            tags=dict(run.tags),
            **told,
        )


class ListRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A page of runs."""

    runs: tuple[RunRecord, ...]
    has_more: bool
    missing: str

    @classmethod
    def of(cls, page: RunPage) -> ListRecord:
        """Return the record of a page."""
        return cls(runs=tuple(map(RunRecord.of, page.runs)), has_more=page.has_more, missing=page.missing)


class LogRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has printed by now; bytes that are no UTF-8 are replaced."""

    id: str
    status: str
    log: str


class DiffRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two runs; each change is `[before, after]`."""

    a: str
    b: str
    cell: str
    upstream: str
    params: dict[str, tuple[str | None, str | None]]
    data: dict[str, tuple[str | None, str | None]]
    packages: dict[str, tuple[str | None, str | None]]
    metrics: dict[str, tuple[str | None, str | None]]
    fairness: dict[str, tuple[str | None, str | None]]
    importance: dict[str, tuple[str | None, str | None]]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, diff: RunDiff) -> DiffRecord:
        """Return the record of a comparison."""
        return cls(
            a=diff.a.id,
            b=diff.b.id,
            cell=diff.cell,
            upstream=diff.upstream,
            params=_changes(diff.params),
            data=_changes(diff.data),
            packages=_changes(diff.packages),
            metrics=_changes(diff.metrics),
            fairness=_changes(diff.fairness),
            importance=_changes(diff.importance),
            unknown=diff.unknown,
        )


class AgreementRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One output or metric of both runs."""

    name: str
    equal: bool
    how: str
    largest: float | str | None

    @classmethod
    def of(cls, agreement: Agreement) -> AgreementRecord:
        """Return the record of an agreement."""
        largest = None if agreement.largest is None else _number(agreement.largest)
        return cls(name=agreement.name, equal=agreement.equal, how=agreement.how, largest=largest)


class ReproductionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a run gave the same again."""

    original: str
    again: str
    is_exact: bool
    outputs: tuple[AgreementRecord, ...]
    metrics: tuple[AgreementRecord, ...]

    @classmethod
    def of(cls, found: Reproduction) -> ReproductionRecord:
        """Return the record of a reproduction."""
        return cls(
            original=found.original.id,
            again=found.again.id,
            is_exact=found.is_exact,
            outputs=tuple(map(AgreementRecord.of, found.outputs)),
            metrics=tuple(map(AgreementRecord.of, found.metrics)),
        )


def to_json(record: msgspec.Struct) -> str:
    """Return a record as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1).decode()


def _portable(metrics: Mapping[str, float]) -> dict[str, float | str]:
    return {key: _number(value) for key, value in metrics.items()}


def _number(value: float) -> float | str:
    """Return a number that JSON has, else its name: `NaN`, `Infinity`, `-Infinity`."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _changes(changes: tuple[Change, ...]) -> dict[str, tuple[str | None, str | None]]:
    return {change.key: (change.before, change.after) for change in changes}
