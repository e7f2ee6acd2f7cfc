"""Two to twenty runs side by side: every fact as a row, with one text for each run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..entities import Comparison, Difference, RunDetail, RunInput, RunReports
from ..exceptions import UsageError

FEWEST_COMPARED, MOST_COMPARED = 2, 20

_Facts = Callable[[RunDetail], Mapping[str, str]]


def demand_few(run_ids: Sequence[str]) -> Sequence[str]:
    """Return the ids of runs to compare.

    Raises
    ------
    UsageError
        They are too few or too many, or one of them is there twice.
    """
    if not FEWEST_COMPARED <= len(run_ids) <= MOST_COMPARED:
        raise UsageError(f"{FEWEST_COMPARED} to {MOST_COMPARED} runs can be compared, not {len(run_ids)}.")
    if len(set(run_ids)) != len(run_ids):
        raise UsageError("A run cannot be compared with itself. Choose another one.")
    return run_ids


def compare_details(details: Sequence[RunDetail], reports: Sequence[RunReports]) -> Comparison:
    """Return a comparison of runs, in their order, with what each keeps of reports."""
    return Comparison(
        runs=tuple(detail.summary for detail in details),
        metrics=_rows(details, lambda detail: {key: str(value) for key, value in detail.summary.metrics.items()}),
        params=_rows(details, lambda detail: detail.summary.params),
        data=_rows(details, lambda detail: {data.name: _described(data) for data in detail.inputs}),
        packages=_rows(details, lambda detail: detail.packages),
        environment=_rows(details, _environment),
        cells=tuple(detail.cell for detail in details),
        reports=tuple(reports),
    )


def _rows(details: Sequence[RunDetail], facts_of: _Facts) -> tuple[Difference, ...]:
    facts = [facts_of(detail) for detail in details]
    keys = sorted(set().union(*facts))
    rows = [(key, tuple(known.get(key, "") for known in facts)) for key in keys]
    return tuple(Difference(key=key, values=values, differs=len(set(values)) > 1) for key, values in rows)


def _described(data: RunInput) -> str:
    size = "" if data.fingerprint else f"{data.size:,} bytes"
    return " ".join(part for part in (data.type, data.shape, data.fingerprint[:12], size) if part)


def _environment(detail: RunDetail) -> Mapping[str, str]:
    git = detail.git or {}
    facts = {
        **detail.machine,
        "Commit": git.get("commit", "")[:12],
        "Branch": git.get("branch", ""),
        "Changes": git.get("dirty", ""),
        "Notebook": detail.summary.notebook,
        **{f"Seed of {library}": digest for library, digest in detail.seeds.items()},
    }
    return {label: text for label, text in facts.items() if text}
