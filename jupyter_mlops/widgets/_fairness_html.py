"""A fairness report for front ends that only show HTML: one picture of the groups, and the gaps as a table.

No script and no style sheet. It shows less than the labextension's view, so that both fit into a notebook: all
sensitive features together, in one metric, and every metric's gap.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._elements import Element
from ..entities import FairnessGrouping, FairnessReport, FairnessResult, FairnessSpread, figure_text
from ._estimate import Estimate, Scale, mark_text
from ._markup import COLOURS, FRAME, MUTED, Child, markup, paragraph, table, tag

_MOST_GROUPS = 30
_MOST_MODELS = 4
_MOST_GAPS = 40
_GAP_HEADS = [
    ("metric", False), ("model", False), ("all rows", True), ("lowest", True), ("highest", True), ("largest gap", True),
    ("ratio", True),
]  # fmt: skip


def fairness_html(report: FairnessReport) -> str:
    """Return a fairness report as static HTML with SVG; everything in it is escaped."""
    if not (report.groupings and report.metrics and report.results):
        return markup(tag("div", paragraph("The fairness report is empty."), class_="mlops-View", style=FRAME))
    number = len(report.groupings) - 1
    every = [result for result in report.results if result.grouping == number]
    results = every[:_MOST_MODELS]
    gaps = [gap for result in results for gap in _gaps(report, result)]
    metric = _first_metric(report)
    parts = [
        paragraph(*_head(report), muted=True),
        _groups(report, report.groupings[number], results, metric),
        paragraph(*_care(report, report.groupings[number]), *_left_out(len(every), len(gaps)), muted=True),
        table("Gaps between groups", _GAP_HEADS, gaps[:_MOST_GAPS]),
        *(paragraph(note, muted=True) for note in report.notes),
    ]
    return markup(tag("div", *parts, class_="mlops-View", style=FRAME))


def _first_metric(report: FairnessReport) -> int:
    """Return how often groups are selected, else the first that counts no rows, as the labextension does."""
    keys = [metric.key for metric in report.metrics]
    if "selection_rate" in keys:
        return keys.index("selection_rate")
    return next((number for number, metric in enumerate(report.metrics) if metric.kind != "count"), 0)


def _head(report: FairnessReport) -> Iterator[str]:
    yield f"Fairness report of {report.rows:,} rows{', weighted' if report.weighted else ''}."
    if report.positive:
        yield f"Selected: {report.positive}."


def _groups(report: FairnessReport, grouping: FairnessGrouping, results: list[FairnessResult], metric: int) -> Element:
    shown = sorted(range(len(grouping.sizes)), key=lambda group: -(grouping.sizes[group] or 0))[:_MOST_GROUPS]
    estimates = {
        group: [Estimate.at((result.by_group, result.low, result.high), metric, group) for result in results]
        for group in sorted(shown)
    }
    scale = Scale([estimate for row in estimates.values() for estimate in row])
    hollow = [bool(report.models[result.model].mitigator) for result in results]
    rows: list[list[Child]] = [
        [_group_name(report, grouping, group), _size(grouping, group), scale.dots(row, hollow), _figures(row)]
        for group, row in estimates.items()
    ]
    by = " and ".join(report.sensitive[feature].name for feature in grouping.features)
    label = report.metrics[metric].label
    heads = [(by, False), ("rows", True), (label, False), ("", True)]
    models = [
        tag("span", _legend_mark(place, is_hollow), _model(report, result), "  ")
        for place, (result, is_hollow) in enumerate(zip(results, hollow, strict=True))
    ]
    return tag("div", tag("p", *models, style="margin:4px 0"), table(f"{label} by {by}", heads, rows))


def _legend_mark(place: int, is_hollow: bool) -> Element:
    return tag("span", f"{mark_text(place, is_hollow)} ", style=f"color:{COLOURS[place % len(COLOURS)]}")


def _group_name(report: FairnessReport, grouping: FairnessGrouping, group: int) -> Element:
    name = report.group_name(grouping, group)
    stratum = f" ({report.stratum_name(grouping.strata[group])})" if grouping.strata else ""
    is_unsure = group in grouping.uncertain and group not in grouping.suppressed
    return tag("span", tag("bdi", name + stratum), tag("span", " uncertain", style=MUTED) if is_unsure else None)


def _size(grouping: FairnessGrouping, group: int) -> str:
    size = grouping.sizes[group]
    return "withheld" if size is None else f"{size:,}"


def _figures(estimates: list[Estimate]) -> Element:
    return tag("span", *(tag("div", str(estimate), style="white-space:nowrap") for estimate in estimates))


def _care(report: FairnessReport, grouping: FairnessGrouping) -> Iterator[str]:
    if len(grouping.sizes) > _MOST_GROUPS or grouping.total > len(grouping.sizes):
        shown = min(_MOST_GROUPS, len(grouping.sizes))
        yield f"Shown are the {shown} largest of {grouping.total:,} groups; JupyterLab's view shows more."
    if report.bootstrap:
        share = figure_text((report.bootstrap.high - report.bootstrap.low) * 100)
        yield f"In brackets: where {share}% of {report.bootstrap.samples:,} resamples of the rows lie."
    else:
        yield "No intervals were asked for, so how sure the figures are is not known."
    if grouping.uncertain:
        yield f"Groups of fewer than {report.uncertain_below:,} rows, or of one outcome, are marked as uncertain."
    if grouping.suppressed:
        yield f"Withheld are groups of fewer than {report.min_group:,} rows, and others that would tell their figures."


def _left_out(models: int, gaps: int) -> Iterator[str]:
    if models > _MOST_MODELS:
        yield f"Shown are the first {_MOST_MODELS} of {models:,} models; JupyterLab's view shows all."
    if gaps > _MOST_GAPS:
        yield f"Below are the first {_MOST_GAPS} of {gaps:,} gaps."


def _gaps(report: FairnessReport, result: FairnessResult) -> Iterator[list[Child]]:
    for metric, stratum in ((m, s) for m in range(len(report.metrics)) for s in range(len(report.strata) or 1)):
        if report.metrics[metric].kind != "count":
            yield _gap(report, result, metric, stratum)


def _gap(report: FairnessReport, result: FairnessResult, metric: int, stratum: int) -> list[Child]:
    where = f" ({report.stratum_name(stratum)})" if report.strata else ""

    def text(spread: FairnessSpread) -> str:
        return str(Estimate.at((spread.values, spread.low, spread.high), metric, stratum))

    overall = report.overall[result.model]
    spreads = (result.minimum, result.maximum, result.difference, result.ratio)
    ends = [str(Estimate.at((spread.values,), metric, stratum)) for spread in (overall, *spreads[:2])]
    label = tag("bdi", report.metrics[metric].label + where)
    return [label, _model(report, result), *ends, *(text(spread) for spread in spreads[2:])]


def _model(report: FairnessReport, result: FairnessResult) -> Element:
    model = report.models[result.model]
    return tag("bdi", f"{model.name} ({model.mitigator})" if model.mitigator else model.name)
