"""What differs between two runs: cell, upstream code, parameters, data, packages, metrics, reports; nothing else."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..entities import BufferRef, Fingerprint, Manifest
from ._reports._changes import report_figures
from ._reports._summaries import summarise_reports
from ._run import Run


@dataclass(frozen=True)
class Change:
    """One key's two values as text; None where a run has none."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class RunDiff:
    """How run `b` differs from run `a`.

    Parameters
    ----------
    a, b : Run
        The older way round is the caller's choice.
    cell, upstream : str
        Unified diffs; empty when equal.
    params, data, packages, metrics : tuple of Change
        Only keys that differ, sorted. Data are compared by content.
    fairness, importance : tuple of Change
        What the runs' reports say differently.
    unknown : tuple of str
        What could not be compared, because one of the runs has not recorded it.
    """

    a: Run
    b: Run
    cell: str = ""
    upstream: str = ""
    params: tuple[Change, ...] = ()
    data: tuple[Change, ...] = ()
    packages: tuple[Change, ...] = ()
    metrics: tuple[Change, ...] = ()
    fairness: tuple[Change, ...] = ()
    importance: tuple[Change, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing that could be compared differs."""
        facts = (self.params, self.data, self.packages, self.metrics, self.fairness, self.importance)
        return not (self.cell or self.upstream or any(facts))


def diff_runs(a: Run, b: Run) -> RunDiff:
    """Compare two runs."""
    origins = a.provenance, b.provenance
    given = _given(a), _given(b)
    machines = a.environment, b.environment
    reports = report_figures(summarise_reports(a), summarise_reports(b))
    data = ({name: text for name, text in _data(run).items() if name not in {**given[0], **given[1]}} for run in (a, b))
    return RunDiff(
        a=a,
        b=b,
        cell=_text_diff(a.cell, b.cell, a, b),
        upstream=_text_diff("\n\n".join(origins[0].upstream_cells), "\n\n".join(origins[1].upstream_cells), a, b),
        params=_logged(a, b, a.params, b.params),
        data=_changes(*data),
        packages=_changes(machines[0].packages, machines[1].packages) if machines[0] and machines[1] else (),
        metrics=_logged(a, b, _shown(a.metrics), _shown(b.metrics)),
        fairness=_changes(*reports.fairness),
        importance=_changes(*reports.importance),
        unknown=(*_unknown((a, b), given), *reports.unknown),
    )


def _text_diff(before: str, after: str, a: Run, b: Run) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{a.name} {a.id[:8]}", f"{b.name} {b.id[:8]}", lineterm=""
    )
    return "\n".join(lines)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    keys = sorted(before.keys() | after.keys())
    return tuple(Change(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))


def _logged(a: Run, b: Run, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Return the changes in what runs log; what one that goes on has not logged yet is none."""
    a_goes_on, b_goes_on = not a.status.is_terminal, not b.status.is_terminal
    return tuple(
        change
        for change in _changes(before, after)
        if not (change.before is None and a_goes_on) and not (change.after is None and b_goes_on)
    )


def _given(run: Run) -> dict[str, tuple[str, ...]]:
    """Return the names that earlier runs gave to a run, with those runs: their values have no fingerprint."""
    given: dict[str, tuple[str, ...]] = {}
    for item in run.spec.upstream:
        given[item.name] = (*given.get(item.name, ()), item.run_id)
    return given


def _unknown(runs: tuple[Run, Run], given: tuple[Mapping[str, object], Mapping[str, object]]) -> Iterator[str]:
    """Return what cannot be compared, and why."""
    for name in sorted(given[0].keys() | given[1].keys()):
        if given[0].get(name) != given[1].get(name):
            yield f"{name} (given by an earlier run)"
    for run in runs:
        if not run.status.is_terminal:
            yield f"parameters and metrics that {run.name} still logs"
    if not all(run.environment for run in runs):
        yield "packages (recorded after a run has delivered)"


def _data(run: Run) -> dict[str, str]:
    """Return the captured data sets with shape and content hash; nothing is unpickled, so nothing must be trusted."""
    manifest = run.directory.read(Manifest, run.directory.inputs_file)
    return {data.name: _described(data, manifest) for data in run.provenance.fingerprints}


def _described(data: Fingerprint, manifest: Manifest | None) -> str:
    shape = " x ".join(map(str, data.shape)) if data.shape else ""
    content = data.digest[:12] or _content(manifest.buffers_of(data.name) if manifest else ())
    return " ".join(part for part in (data.type, shape, content) if part)


def _content(buffers: tuple[BufferRef, ...]) -> str:
    """Return what tells large data apart: the hashes under which they are stored."""
    if len(buffers) == 1:
        return buffers[0].hash[:12]
    return hashlib.sha256("".join(ref.hash for ref in buffers).encode()).hexdigest()[:12] if buffers else ""


def _shown(metrics: Mapping[str, float]) -> dict[str, str]:
    """Return the metrics as text, without those of the machine, which are never the same twice."""
    return {key: repr(value) for key, value in metrics.items() if not key.startswith("system/")}
