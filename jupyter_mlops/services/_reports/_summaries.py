"""What a run's reports say, in short, read from its artifacts: for the explorer's comparison and `%runs diff`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TypeVar

from ...entities import (
    ExplanationReport,
    ExplanationSummary,
    FairnessGap,
    FairnessReport,
    FairnessResult,
    FairnessSummary,
    Figure,
    RunReports,
    figure_value,
)
from ...exceptions import UsageError
from .._artifacts import ArtifactAbsentError, open_artifact
from .._run import Run
from ._explanation import ARTIFACT as EXPLANATION_ARTIFACT
from ._fairness import FAIRNESS_ARTIFACT

MOST_GAPS, MOST_TERMS = 200, 30
"""Of a summary: what a person reads through, and what twenty runs can have in one answer."""

_MOST_BYTES = 64 * 1024 * 1024

Report = TypeVar("Report", FairnessReport, ExplanationReport)


def summarise_reports(run: Run) -> RunReports:
    """Return what a run keeps of reports; one that cannot be read becomes a sentence that says why."""
    problems: list[str] = []
    fairness = _read(run, FAIRNESS_ARTIFACT, FairnessReport.from_json, problems)
    explanation = _read(run, EXPLANATION_ARTIFACT, ExplanationReport.from_json, problems)
    return RunReports(
        run_id=run.id,
        fairness=summarise_fairness(fairness, run.id) if fairness else None,
        explanation=summarise_explanation(explanation) if explanation else None,
        problems=tuple(problems),
    )


def summarise_fairness(report: FairnessReport, run_id: str) -> FairnessSummary:
    """Return a report in short, as it is about the model of a run; where none of its models is, about the first."""
    number = next((number for number, model in enumerate(report.models) if model.run_id == run_id), 0)
    gaps = tuple(_gaps(report, number))
    return FairnessSummary(
        task=report.task,
        made_at=report.made_at,
        rows=report.rows,
        fingerprint=report.fingerprint,
        model=report.models[number].name,
        mitigator=report.models[number].mitigator,
        sensitive=tuple(feature.name for feature in report.sensitive),
        control=tuple(feature.name for feature in report.control),
        min_group=report.min_group,
        gaps=gaps[:MOST_GAPS],
        total=len(gaps),
    )


def summarise_explanation(report: ExplanationReport) -> ExplanationSummary:
    """Return the importance of the first terms."""
    importance = report.importance
    return ExplanationSummary(
        method=report.method,
        method_title=report.method_title,
        task=report.task,
        made_at=report.made_at,
        rows=report.rows,
        fingerprint=report.fingerprint,
        measure=importance.measure,
        interval=importance.interval,
        names=importance.names[:MOST_TERMS],
        scores=importance.scores[:MOST_TERMS],
        low=importance.low[:MOST_TERMS],
        high=importance.high[:MOST_TERMS],
        total=len(importance.names),
    )


def _read(run: Run, path: str, parse: Callable[[bytes], Report], problems: list[str]) -> Report | None:
    try:
        with open_artifact(run, path) as (descriptor, found):
            if found.st_size > _MOST_BYTES:
                problems.append(f"{path} of {run.name} is too large to be compared.")
                return None
            with open(descriptor, "rb", closefd=False) as file:
                return parse(file.read(_MOST_BYTES))
    except ArtifactAbsentError:
        return None
    except UsageError as error:
        problems.append(str(error))
        return None


def _gaps(report: FairnessReport, model: int) -> Iterator[FairnessGap]:
    results = [result for result in report.results if result.model == model]
    for place in range(len(report.metrics)):
        for result in results:
            yield _gap(report, result, place)


def _gap(report: FairnessReport, result: FairnessResult, place: int) -> FairnessGap:
    metric, difference = report.metrics[place], result.difference
    stratum = max(range(len(difference.values[place])), key=lambda number: _size(difference.values[place][number]))
    by = " and ".join(report.sensitive[feature].name for feature in report.groupings[result.grouping].features)
    return FairnessGap(
        metric=metric.key,
        label=metric.label,
        of_class=metric.of_class,
        better=metric.better,
        kind=metric.kind,
        by=by,
        stratum=report.stratum_name(stratum) if report.strata else "",
        overall=report.overall[result.model].values[place][stratum],
        minimum=result.minimum.values[place][stratum],
        maximum=result.maximum.values[place][stratum],
        difference=difference.values[place][stratum],
        ratio=result.ratio.values[place][stratum],
        low=difference.low[place][stratum] if difference.low else None,
        high=difference.high[place][stratum] if difference.high else None,
    )


def _size(gap: Figure) -> float:
    """Return what strata are told apart by; one without a gap comes last."""
    size = abs(figure_value(gap))
    return -1.0 if math.isnan(size) else size
