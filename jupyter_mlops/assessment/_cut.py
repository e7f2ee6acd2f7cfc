"""A report small enough to look at: of many groups the largest and the extremes, and only the digits that are shown."""

from __future__ import annotations

import heapq
import math

import msgspec

from ..entities import (
    FairnessFeature,
    FairnessGrouping,
    FairnessReport,
    FairnessResult,
    FairnessSpread,
    Figure,
    figure_value,
)

MOST_GROUPS = 1_000
"""Groups of one partition that a view gets, the largest first in line."""

EXTREMES = 50
"""Groups at each end of each metric that a view gets besides."""

_DIGITS = 4

Table = tuple[tuple[Figure, ...], ...]


LARGEST = 1_200_000
"""Characters of a report in a cell: a view reads no more than two million, and counts six for a short number."""

_FEWEST = 10


def cut_for_view(
    report: FairnessReport, most: int = MOST_GROUPS, extremes: int = EXTREMES, largest: int = LARGEST
) -> FairnessReport:
    """Return the report that a notebook shows; the artifact of a run keeps all of it.

    Parameters
    ----------
    report : FairnessReport
        The whole.
    most : int
        Partitions of more groups are cut to this many, the largest, and to the extremes of each metric.
    extremes : int
        How many groups at each end of a metric.
    largest : int
        Characters; of a report with more, fewer groups are kept.
    """
    view = _cut(report, most, extremes)
    while len(msgspec.json.encode(view)) > largest and most > _FEWEST:
        most, extremes = most // 2, extremes // 2
        view = _cut(report, most, extremes)
    return view


def _cut(report: FairnessReport, most: int, extremes: int) -> FairnessReport:
    kept = [_kept(report, number, most, extremes) for number in range(len(report.groupings))]
    cut = msgspec.structs.replace(
        report,
        overall=tuple(map(_rounded_spread, report.overall)),
        groupings=tuple(_cut_grouping(part, groups) for part, groups in zip(report.groupings, kept, strict=True)),
        results=tuple(_cut_result(result, kept[result.grouping]) for result in report.results),
        digits=_DIGITS,
    )
    return _with_used_levels(cut) if any(groups is not None for groups in kept) else cut


def _kept(report: FairnessReport, number: int, most: int, extremes: int) -> list[int] | None:
    """Return the groups to keep, in their order; None for all."""
    sizes = report.groupings[number].sizes
    if len(sizes) <= most:
        return None
    kept = set(heapq.nlargest(most, range(len(sizes)), key=lambda group: sizes[group] or 0))
    for result in report.results:
        if result.grouping == number:
            for row in result.by_group:
                kept |= _ends(row, extremes)
    return sorted(kept)


def _ends(row: tuple[Figure, ...], extremes: int) -> set[int]:
    values = [(figure_value(value), group) for group, value in enumerate(row)]
    known = [pair for pair in values if not math.isnan(pair[0])]
    return {group for _, group in (*heapq.nlargest(extremes, known), *heapq.nsmallest(extremes, known))}


def _cut_grouping(grouping: FairnessGrouping, kept: list[int] | None) -> FairnessGrouping:
    if kept is None:
        return grouping
    place = {group: number for number, group in enumerate(kept)}
    return msgspec.structs.replace(
        grouping,
        levels=tuple(tuple(levels[group] for group in kept) for levels in grouping.levels),
        strata=tuple(grouping.strata[group] for group in kept) if grouping.strata else (),
        sizes=tuple(grouping.sizes[group] for group in kept),
        uncertain=tuple(place[group] for group in grouping.uncertain if group in place),
        suppressed=tuple(place[group] for group in grouping.suppressed if group in place),
    )


def _with_used_levels(report: FairnessReport) -> FairnessReport:
    """Return a report whose sensitive features have only the levels of its groups: a name that is not shown is long."""
    used: list[set[int]] = [set() for _ in report.sensitive]
    for grouping in report.groupings:
        for feature, levels in zip(grouping.features, grouping.levels, strict=True):
            used[feature] |= set(levels)
    places = [
        {level: place for place, level in enumerate(sorted(known))} if not feature.edges else {}
        for known, feature in zip(used, report.sensitive, strict=True)
    ]
    return msgspec.structs.replace(
        report,
        sensitive=tuple(map(_with_levels, report.sensitive, places)),
        groupings=tuple(
            msgspec.structs.replace(
                grouping,
                levels=tuple(
                    tuple(places[feature].get(level, level) for level in levels)
                    for feature, levels in zip(grouping.features, grouping.levels, strict=True)
                ),
            )
            for grouping in report.groupings
        ),
    )


def _with_levels(feature: FairnessFeature, places: dict[int, int]) -> FairnessFeature:
    """Return a feature with the levels that have a place; a binned one, whose levels are few, as it is."""
    if not places:
        return feature
    missing = None if feature.missing is None else places.get(feature.missing)
    return msgspec.structs.replace(feature, levels=tuple(feature.levels[level] for level in places), missing=missing)


def _cut_result(result: FairnessResult, kept: list[int] | None) -> FairnessResult:
    def cut(table: Table) -> Table:
        rows = table if kept is None else tuple(tuple(row[group] for group in kept) for row in table)
        return _rounded(rows)

    return msgspec.structs.replace(
        result,
        by_group=cut(result.by_group),
        low=cut(result.low),
        high=cut(result.high),
        minimum=_rounded_spread(result.minimum),
        maximum=_rounded_spread(result.maximum),
        difference=_rounded_spread(result.difference),
        ratio=_rounded_spread(result.ratio),
        difference_to_overall=_rounded_spread(result.difference_to_overall),
        ratio_to_overall=_rounded_spread(result.ratio_to_overall),
        disparities={},  # they are among the differences and ratios, under the names of their metrics
    )


def _rounded_spread(spread: FairnessSpread) -> FairnessSpread:
    return FairnessSpread(values=_rounded(spread.values), low=_rounded(spread.low), high=_rounded(spread.high))


def _rounded(table: Table) -> Table:
    return tuple(tuple(map(_shown, row)) for row in table)


def _shown(value: Figure) -> Figure:
    """Return a figure with the digits that are shown; a count stays whole."""
    if isinstance(value, str) or value.is_integer():
        return value
    return float(f"{value:.{_DIGITS}g}")
