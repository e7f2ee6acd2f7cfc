"""`%runs show`: one run, as it stands now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING

from .._elements import Element, element
from ..entities import LOST_ENTRIES, CellError, RunState
from ._figures import ago, number, size, span
from ._names import param_text
from ._view import View, muted, name_element, rows_element, state_element, state_text

if TYPE_CHECKING:
    from ..services import OtherRun, Run
    from ..tracking import ForeignRun

_MOST_ITEMS = 12
_HIDDEN = ("mlflow.", LOST_ENTRIES)
"""Beginnings of tags that are told otherwise, or not for people."""


@dataclass(frozen=True)
class RunDetails(View):
    """What is known of a run: how it stands, with what, and what came out.

    Parameters
    ----------
    state : RunState
        At the moment of asking.
    error : CellError, optional
        What ended the cell.
    facts : tuple of (str, str)
        Label and text, in the order in which to show them.
    cell : str
        As typed; empty for another tool's run.
    """

    name: str
    run_id: str
    state: RunState
    error: CellError | None
    facts: tuple[tuple[str, str], ...]
    cell: str

    @classmethod
    def of(cls, run: Run) -> RunDetails:
        """Return what is known of a run now."""
        return cls(run.name, run.id, run.state, run.error, tuple(_facts(run)), run.cell)

    @classmethod
    def of_any(cls, run: Run | OtherRun) -> RunDetails:
        """Return what is known of a run of ours now, or what its store told of another tool's."""
        from ..services import OtherRun

        if not isinstance(run, OtherRun):
            return cls.of(run)
        other, store = run
        state = RunState(run_id=other.id, status=other.status)
        return cls(other.name, other.id, state, None, tuple(_other_facts(other, store)), "")

    def __repr__(self) -> str:
        lines = [f"{state_text(self.state.status)}  {self.name}  {self.run_id}"]
        lines += [f"  {label:<11} {text}" for label, text in self._all_facts()]
        return "\n".join([*lines, *([""] if self.cell else []), *(f"    {line}" for line in self.cell.splitlines())])

    def element(self) -> Element:
        """Return the details as HTML."""
        head = element(
            "div",
            state_element(self.state.status),
            " ",
            element("strong", name_element(self.name)),
            " ",
            muted(self.run_id),
        )
        rows = [(label, name_element(text)) for label, text in self._all_facts()]
        cell = element(
            "details",
            element("summary", "cell", style="cursor:pointer"),
            element("pre", self.cell, style="margin:4px 0"),
        )
        return element("div", head, rows_element(rows), *([cell] if self.cell else []))

    def _all_facts(self) -> list[tuple[str, str]]:
        return [*([("error", self.error.headline)] if self.error else []), *self.facts]


def _facts(run: Run) -> list[tuple[str, str]]:
    spec, state, result = run.spec, run.state, run.directory.result()
    facts = [
        ("state", state.reason),
        ("experiment", run.experiment),
        ("submitted", f"{ago(spec.submitted_at)} ({spec.submitted_at})"),
        ("took", _took(run, state)),
        ("params", _listed(starmap(param_text, (run.params or {p.key: p.text for p in spec.params}).items()))),
        ("metrics", _metrics(run.metrics)),
        ("tags", _tags(run.tags)),
        ("lost", _lost(run)),
        ("repeats", f"{spec.origin.run_id[:8]} ({spec.origin.how})" if spec.origin else ""),
        ("waits for", _listed(f"{item.name} from {item.run_id[:8]}" for item in spec.upstream)),
        ("returned", _listed(_without(spec.imports, result.returned)) if result else ""),
        ("unchanged", _listed(_without(spec.imports, result.released)) if result else ""),
        ("not returned", _listed(f"{name} ({why})" for name, why in result.untransferable.items()) if result else ""),
        ("exports", _export_text(run)),
        ("pending", "" if result or state.status.is_terminal else _listed(_without(spec.imports, spec.pending))),
        ("note", " ".join(spec.notices)),
        ("directory", str(run.directory.path)),
    ]
    return [(label, text) for label, text in facts if text]


def _other_facts(run: ForeignRun, store: str) -> list[tuple[str, str]]:
    facts = [
        ("experiment", run.experiment),
        ("started", f"{ago(run.started_at)} ({run.started_at})" if run.started_at else ""),
        ("took", "" if run.duration_s is None else span(run.duration_s)),
        ("params", _listed(starmap(param_text, run.params.items()))),
        ("metrics", _metrics(run.metrics)),
        ("tags", _tags(run.tags)),
        ("note", " ".join(run.tags.get("mlflow.note.content", "").split())),
        ("user", run.tags.get("mlflow.user", "")),
        ("source", run.tags.get("mlflow.source.name", "")),
        ("store", f"{store}: made by another tool, whose code, log and files are not here"),
    ]
    return [(label, text) for label, text in facts if text]


def _metrics(metrics: Mapping[str, float]) -> str:
    return _listed(f"{key} {number(value)}" for key, value in metrics.items() if not key.startswith("system/"))


def _tags(tags: Mapping[str, str]) -> str:
    return _listed(f"{key}={value}" for key, value in tags.items() if not key.startswith(_HIDDEN))


def _lost(run: Run) -> str:
    """Return what a full disk has cost."""
    points, entries = run.lost_points, run.tags.get(LOST_ENTRIES, "")
    parts = [f"{points:,} metric point{'' if points == 1 else 's'}"] if points else []
    parts += [f"{entries} of its parameters, tags and artifacts"] if entries else []
    return f"{', '.join(parts)} found no room on the disk" if parts else ""


def _export_text(run: Run) -> str:
    """Return what became of an export: the file that the run keeps, why there is none, or what is wanted."""
    tags, wanted = run.tags, run.spec.export
    if "mlops.onnx" in tags:
        return f"{tags['mlops.onnx'].rpartition(' ')[0]}, kept as onnx/model.onnx"
    if "mlops.onnx.refused" in tags:
        return f"refused. {tags['mlops.onnx.refused']}"
    return f"{wanted.model} to ONNX, compared on {wanted.data or 'rows that it has not seen'}" if wanted else ""


def _took(run: Run, state: RunState) -> str:
    """Return for how long a run went; of one that nobody saw ending, until when it gave signs of life."""
    if state.duration_s is not None:
        memory = f", {size(state.peak_rss_bytes)} of memory at most" if state.peak_rss_bytes else ""
        return span(state.duration_s) + memory
    seen_s = run.directory.seen_alive_s() if state.status.is_terminal else None
    return "" if seen_s is None else f"at least {span(seen_s)}, its last sign of life; nobody saw its end"


def _without(left_out: Collection[str], names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name not in left_out)


def _listed(items: Iterable[str]) -> str:
    texts = list(items)
    rest = len(texts) - _MOST_ITEMS
    return ", ".join(texts[:_MOST_ITEMS]) + (f" and {rest} more" if rest > 0 else "")
