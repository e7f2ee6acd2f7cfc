"""How two runs differ in what their reports say. What is about other rows, or measured otherwise, is not compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...entities import ExplanationSummary, FairnessSummary, RunReports, estimate_text, figure_text

_OTHER_ROWS = "fairness (the reports are about different rows: assess both models with one %fairness line)"
_OTHER_IMPORTANCE = "importance (the reports are about different rows, or measure it differently)"


@dataclass(frozen=True, kw_only=True)
class ReportFigures:
    """What two runs' reports say, by what it is about, as text; empty where a run has no such report.

    Parameters
    ----------
    fairness, importance : pair of mapping
        Of either run.
    unknown : tuple of str
        What cannot be compared, and why.
    """

    fairness: tuple[Mapping[str, str], Mapping[str, str]]
    importance: tuple[Mapping[str, str], Mapping[str, str]]
    unknown: tuple[str, ...] = ()


def report_figures(a: RunReports, b: RunReports) -> ReportFigures:
    """Return what can be compared of two runs' reports."""
    same_rows = _are_alike(_rows_of(a.fairness), _rows_of(b.fairness))
    same_measure = _are_alike(_measure_of(a.explanation), _measure_of(b.explanation))
    return ReportFigures(
        fairness=(_gaps(a.fairness), _gaps(b.fairness)) if same_rows else ({}, {}),
        importance=(_scores(a.explanation), _scores(b.explanation)) if same_measure else ({}, {}),
        unknown=(
            *([] if same_rows else [_OTHER_ROWS]),
            *([] if same_measure else [_OTHER_IMPORTANCE]),
            *a.problems,
            *b.problems,
        ),
    )


def _are_alike(a: object, b: object) -> bool:
    """Whether two reports can be compared; where there is one only, it stands alone."""
    return a is None or b is None or a == b


def _rows_of(summary: FairnessSummary | None) -> tuple[str, str] | None:
    return (summary.task, summary.fingerprint) if summary else None


def _measure_of(summary: ExplanationSummary | None) -> tuple[str, str, str] | None:
    return (summary.task, summary.measure, summary.fingerprint) if summary else None


def _gaps(summary: FairnessSummary | None) -> Mapping[str, str]:
    return dict(_told(summary)) if summary else {}


def _told(summary: FairnessSummary) -> Iterator[tuple[str, str]]:
    for gap in summary.gaps:
        within = f" within {', '.join(summary.control)}" if summary.control else ""
        interval = () if gap.low is None or gap.high is None else (gap.low, gap.high)
        if not gap.stratum:
            yield gap.label, estimate_text(gap.overall)
        yield f"{gap.label}: gap by {gap.by}{within}", estimate_text(gap.difference, *interval)


def _scores(summary: ExplanationSummary | None) -> Mapping[str, str]:
    if summary is None:
        return {}
    return {name: figure_text(score) for name, score in zip(summary.names, summary.scores, strict=True)}
