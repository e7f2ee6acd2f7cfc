"""A report for a page: what would make a notebook heavy is left to the report itself, and the page says so."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from ..entities import ExplanationReport, FeatureShape, Figure, figure_value

MOST_SHAPES, MOST_INTERACTIONS = 20, 6
"""Of the most important terms."""

MOST_POINTS = 128
"""Of a shape."""

Columns = tuple[tuple[Figure, ...], ...]


def cut_for_view(report: ExplanationReport) -> ExplanationReport:
    """Return a report as a page shows it: the shapes of the most important terms, each with a bounded number of points.

    A long shape keeps of each stretch its least and its greatest value, so that no peak is lost. A small report comes
    back as it is.
    """
    shapes = tuple(_thinned(shape) for shape in report.shapes[:MOST_SHAPES])
    interactions = report.interactions[:MOST_INTERACTIONS]
    if shapes == report.shapes and interactions == report.interactions:
        return report
    told = []
    if len(shapes) < len(report.shapes):
        told.append(f"{len(shapes)} of {len(report.shapes)} shapes")
    if len(interactions) < len(report.interactions):
        told.append(f"{len(interactions)} of {len(report.interactions)} interactions")
    if shapes != report.shapes[:MOST_SHAPES]:
        told.append(f"at most {MOST_POINTS} points of a shape")
    note = f"Shown here: {', '.join(told)}. The report itself has all (%explain --save FILE.json, or mlops.explain)."
    return msgspec.structs.replace(report, shapes=shapes, interactions=interactions, notes=(*report.notes, note))


def _thinned(shape: FeatureShape) -> FeatureShape:
    """Return a shape whose long curve is thinned; categories and individual curves are few."""
    bins = len(shape.values[0]) if shape.values else 0
    if shape.form == "bars" or bins <= MOST_POINTS:
        return shape
    kept = _extremes(shape.values[0])
    grid = tuple(shape.grid[number] for number in kept)
    if shape.form == "steps":
        grid = (shape.grid[0], *grid[1:], shape.grid[-1])
    return msgspec.structs.replace(
        shape,
        grid=grid,
        values=_picked(shape.values, kept),
        low=_picked(shape.low, kept),
        high=_picked(shape.high, kept),
        ice=tuple(_picked(output, kept) for output in shape.ice),
    )


def _extremes(values: tuple[Figure, ...]) -> list[int]:
    """Return which values stand for all: first and last, and of each stretch the least and the greatest."""
    numbers = [figure_value(value) for value in values]
    stretches = MOST_POINTS // 2 - 1
    bounds = [1 + number * (len(numbers) - 2) // stretches for number in range(stretches + 1)]
    kept = {0, len(numbers) - 1}
    for start, end in pairwise(bounds):
        kept |= {min(range(start, end), key=numbers.__getitem__), max(range(start, end), key=numbers.__getitem__)}
    return sorted(kept)


def _picked(columns: Columns, kept: list[int]) -> Columns:
    return tuple(tuple(column[number] for number in kept) for column in columns)
