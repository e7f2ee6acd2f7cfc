"""A report small enough to look at: of many groups the largest and the extremes, and only the digits that are shown."""

from __future__ import annotations

import heapq
import math

import msgspec

from ..entities import FairnessGrouping, FairnessReport, FairnessResult, FairnessSpread, Figure, figure_value

MOST_GROUPS = 1_000
"""Groups of one partition that a view gets, the largest first in line."""

EXTREMES = 50
"""Groups at each end of each metric that a view gets besides."""

_DIGITS = 4

Table = tuple[tuple[Figure, ...], ...]


def cut_for_view(report: FairnessReport, most: int = MOST_GROUPS, extremes: int = EXTREMES) -> FairnessReport:
    """Return the report that a notebook shows; the artifact of a run keeps all of it.

    Parameters
    ----------
    report : FairnessReport
        The whole.
    most : int
        Partitions of more groups are cut to this many, the largest, and to the extremes of each metric.
    extremes : int
        How many groups at each end of a metric.
    """
    kept = [_kept(report, number, most, extremes) for number in range(len(report.groupings))]
    return msgspec.structs.replace(
        report,
        overall=tuple(map(_rounded_spread, report.overall)),
        groupings=tuple(_cut_grouping(part, groups) for part, groups in zip(report.groupings, kept, strict=True)),
        results=tuple(_cut_result(result, kept[result.grouping]) for result in report.results),
        digits=_DIGITS,
    )


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
