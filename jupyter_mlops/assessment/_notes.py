"""What a reader of the numbers should know, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from ..entities import FairnessFeature, FairnessGrouping, FairnessReport

if TYPE_CHECKING:
    from ._tables import Tables

_MOST_NAMED = 5


def notes_of(report: FairnessReport, tables: Tables, notes: Iterable[str]) -> FairnessReport:
    """Return a report with its notes."""
    found = [*_features(report), *_small(report), *_undefined(report, tables), *_intervals(report), *notes]
    return msgspec.structs.replace(report, notes=tuple(found))


def _features(report: FairnessReport) -> Iterator[str]:
    for feature in (*report.sensitive, *report.control):
        if feature.edges:
            yield (
                f"{feature.name} was cut at {', '.join(_edges(feature))} into parts as equal in size as values allow; "
                "each includes its upper bound."
            )
        if len(feature.levels) == 1 and feature in report.sensitive:
            yield f"{feature.name} has one group only, {feature.levels[0]}: there is nothing to compare."


def _edges(feature: FairnessFeature) -> Iterator[str]:
    """Yield where a feature was cut, in the words of its levels: "up to 33", "33 to 49", "above 49"."""
    yield from (level.split("to ")[-1] for level in feature.levels[: len(feature.edges)])


def _small(report: FairnessReport) -> Iterator[str]:
    for grouping in report.groupings:
        by = _by(report, grouping)
        alone = grouping.sizes.count(1)
        if alone:
            are, tell = ("is", "its figures tell") if alone == 1 else ("are", "their figures tell")
            yield f"By {by}, {_groups(alone)} {are} of one row: {tell} what it holds; see --min-group."
        if grouping.suppressed:
            are, have = ("is", "it has") if len(grouping.suppressed) == 1 else ("are", "they have")
            yield (
                f"By {by}, {_groups(len(grouping.suppressed))} {are} left out of every figure but the overall ones: "
                f"{have} fewer than {report.min_group} rows, or would tell by subtraction what such a group has."
            )
    if any(grouping.uncertain for grouping in report.groupings):
        reasons = [f"fewer than {report.uncertain_below} rows"] if report.uncertain_below else []
        reasons += ["only one outcome"] if report.task in ("binary", "score") else []
        yield f"Groups marked as uncertain have {' or '.join(reasons)}: chance alone moves their figures far."


def _undefined(report: FairnessReport, tables: Tables) -> Iterator[str]:
    labels = {metric.key: metric.label for metric in report.metrics}
    seen: set[tuple[int, str]] = set()
    for undefined in tables.undefined:
        if (undefined.grouping, undefined.metric) in seen:
            continue
        seen.add((undefined.grouping, undefined.metric))
        grouping = report.groupings[undefined.grouping]
        names = [report.group_name(grouping, cell) for cell in undefined.cells[:_MOST_NAMED]]
        more = len(undefined.cells) - len(names)
        rest = f" and {more:,} more" if more else ""
        yield (
            f"By {_by(report, grouping)}, {labels[undefined.metric]} is not defined in {', '.join(names)}{rest}; "
            "what stands there is scikit-learn's convention."
        )


def _intervals(report: FairnessReport) -> Iterator[str]:
    if report.bootstrap is not None:
        share = report.bootstrap.high - report.bootstrap.low
        yield (
            f"Intervals hold {share:.0%} of {report.bootstrap.samples:,} resamples. "
            "Chance alone makes a gap larger, and a smallest group smaller: their intervals lie to that side."
        )


def _by(report: FairnessReport, grouping: FairnessGrouping) -> str:
    return " and ".join(report.sensitive[feature].name for feature in grouping.features)


def _groups(count: int) -> str:
    return "1 group" if count == 1 else f"{count:,} groups"
