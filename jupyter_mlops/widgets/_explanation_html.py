"""An explanation for front ends that only show HTML: what matters as bars, the first shape, and single rows as tables.

No script and no style sheet. It shows less than the labextension's view, so that both fit into a notebook.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from .._elements import Element
from ..entities import ExplanationReport, FeatureShape, Figure, figure_text, step_text
from ._estimate import Estimate, Scale
from ._markup import COLOURS, FRAME, Child, markup, paragraph, table, tag
from ._saliency_html import image_html, text_html

_MOST_TERMS = 20
_MOST_ROWS = 3
_WIDTH, _HEIGHT = 480, 140


def explanation_html(report: ExplanationReport) -> str:
    """Return an explanation as static HTML with SVG; everything in it is escaped."""
    parts = [
        paragraph(*_head(report), muted=True),
        *_global(report),
        *_first_shape(report),
        *_rows(report),
        *(paragraph(note, muted=True) for note in report.notes),
    ]
    return markup(tag("div", *parts, class_="mlops-View", style=FRAME))


def _head(report: ExplanationReport) -> Iterator[str]:
    yield f"Explanation: {report.method_title}, {report.rows:,} rows."
    yield f"Chosen because {report.chosen_because}."
    if report.contains_data:
        yield "Contains data: values of single rows."


def _global(report: ExplanationReport) -> Iterator[Element]:
    """Yield what holds over all rows; an image has no features of which that could be said."""
    if report.importance.names:
        yield _importance(report)
        yield paragraph(*_care(report), muted=True)


def _importance(report: ExplanationReport) -> Element:
    importance = report.importance
    tables = tuple((column,) for column in (importance.scores, importance.low, importance.high))
    estimates = [Estimate.at(tables, 0, term) for term in range(len(importance.names))][:_MOST_TERMS]
    scale = Scale([Estimate(0.0), *estimates])
    rows: list[list[Child]] = [
        [tag("bdi", name), scale.bar(estimate), str(estimate)]
        for name, estimate in zip(importance.names, estimates, strict=False)
    ]
    return table("Importance of features", [("feature", False), ("", False), ("importance", True)], rows)


def _care(report: ExplanationReport) -> Iterator[str]:
    importance = report.importance
    if len(importance.names) > _MOST_TERMS:
        yield f"The first {_MOST_TERMS} of {len(importance.names)}."
    yield f"A bar: {importance.measure}."
    yield f"In brackets: {importance.interval}." if importance.interval else "How sure that is the method does not say."


def _first_shape(report: ExplanationReport) -> Iterator[Element]:
    """Yield the course along the feature that matters most, where it is a course of numbers."""
    term = next(iter(report.importance.features), ())
    shape = next((shape for shape in report.shapes if (shape.feature,) == term), None)
    points = _points(shape) if shape and shape.form != "bars" else []
    if not points:
        return
    xs, ys = [x for x, _ in points], [y for _, y in points]
    wide, high = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0
    path = " ".join(
        f"{(x - min(xs)) / wide * (_WIDTH - 8) + 4:.1f},{(max(ys) - y) / high * (_HEIGHT - 8) + 4:.1f}"
        for x, y in points
    )
    name = report.features.names[shape.feature] if shape else ""
    line = tag("polyline", points=path, fill="none", stroke=COLOURS[0], stroke_width=2)
    said = (
        f"Along {name}, from {figure_text(min(xs))} to {figure_text(max(xs))}, the {report.scale} of "
        f"{report.outputs[0]} lies between {figure_text(min(ys))} and {figure_text(max(ys))}."
    )
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    yield tag("svg", line, width=_WIDTH, height=_HEIGHT, viewBox=box, role="img", aria_label=said)
    yield paragraph(said)


def _points(shape: FeatureShape) -> list[tuple[float, float]]:
    """Return the first output's course; a step has a point at either edge."""
    values = [float(value) for value in next(iter(shape.values), ())]
    grid = [float(value) for value in shape.grid]
    if shape.form == "steps":
        edges = [edge for start, end in pairwise(grid) for edge in (start, end)]
        pairs = zip(edges, (value for value in values for _ in range(2)), strict=False)
    else:
        pairs = zip(grid, values, strict=False)
    return [(x, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]


def _rows(report: ExplanationReport) -> Iterator[Element]:
    local = report.local
    if local is None:
        return
    for place, row in enumerate(local.rows[:_MOST_ROWS]):
        contributions = local.contributions[place][0] if local.contributions else ()
        largest = sorted(range(len(contributions)), key=lambda term: -abs(float(contributions[term])))[:_MOST_TERMS]
        answers = ", ".join(_text(figure) for figure in local.predicted[place]) if local.predicted else ""
        yield paragraph(f"Row {row}.", f"Predicted: {answers}." if answers else "")
        yield from (part for text in report.texts if text.row == row for part in text_html(report, text))
        yield from (part for image in report.images if image.row == row for part in image_html(report, image))
        cells: list[list[Child]] = [
            [tag("bdi", _with_values(report, place, term)), step_text(contributions[term])] for term in largest
        ]
        if cells:
            adds = f"adds to the {report.scale} of {report.outputs[0]}"
            yield table(f"Row {row}", [("feature", False), (adds, True)], cells)


def _with_values(report: ExplanationReport, place: int, term: int) -> str:
    values = report.local.values[place] if report.local else ()
    names = report.features.names
    return ", ".join(f"{names[feature]} = {_text(values[feature])}" for feature in report.importance.features[term])


def _text(figure: Figure) -> str:
    return figure if isinstance(figure, str) else figure_text(figure)
