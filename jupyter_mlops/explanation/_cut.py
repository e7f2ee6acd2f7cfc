"""A report for a page: what would make a notebook heavy is left to the report itself, and the page says so."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from ..entities import ExplanationReport, FeatureShape, FigureColumn, figure_value
from ._fitting import fitted

SMALL = 6_000
"""Numbers that a page holds without a thought, about 100 kB: a report of no more is shown as it is."""

MOST_SHAPES, MOST_INTERACTIONS = 20, 4
"""Of the most important terms."""

MOST_POINTS = 128
"""Of a shape."""

DIGITS = 5
"""Significant ones, more than a page shows."""

Columns = tuple[FigureColumn, ...]


def cut_for_view(report: ExplanationReport) -> ExplanationReport:
    """Return a report as a page shows it: the shapes of the most important terms, each with a bounded number of points.

    A long shape keeps of each stretch its least and its greatest value, so that no peak is lost. A small report comes
    back as it is.
    """
    if _size(report) <= SMALL:
        return fitted(report)
    told = [f"{DIGITS} digits"]
    if len(report.shapes) > MOST_SHAPES:
        told.append(f"{MOST_SHAPES} of {len(report.shapes)} shapes")
    if len(report.interactions) > MOST_INTERACTIONS:
        told.append(f"{MOST_INTERACTIONS} of {len(report.interactions)} interactions")
    if any(_is_long(shape) for shape in report.shapes):
        told.append(f"at most {MOST_POINTS} points of a shape")
    note = f"Shown here: {', '.join(told)}. The report itself has all (%explain --save FILE.json, or mlops.explain)."
    short = msgspec.structs.replace(
        report,
        shapes=tuple(_rounded(_thinned(shape)) for shape in report.shapes[:MOST_SHAPES]),
        interactions=tuple(
            msgspec.structs.replace(pair, values=_short(pair.values))
            for pair in report.interactions[:MOST_INTERACTIONS]
        ),
        notes=(*report.notes, note),
    )
    return fitted(short)


def _size(report: ExplanationReport) -> int:
    """Return how many numbers the shapes and interactions of a report have."""
    curves = sum(
        sum(map(len, (*shape.values, *shape.low, *shape.high, *(curve for output in shape.ice for curve in output))))
        for shape in report.shapes
    )
    return curves + sum(map(len, (row for pair in report.interactions for row in pair.values)))


def _is_long(shape: FeatureShape) -> bool:
    return shape.form != "bars" and len(shape.values[0]) > MOST_POINTS


def _rounded(shape: FeatureShape) -> FeatureShape:
    return msgspec.structs.replace(
        shape,
        grid=_short((shape.grid,))[0],
        values=_short(shape.values),
        low=_short(shape.low),
        high=_short(shape.high),
        density_grid=_short((shape.density_grid,))[0],
        ice=tuple(map(_short, shape.ice)),
    )


def _short(columns: Columns) -> Columns:
    return tuple(tuple(f if isinstance(f, str) else float(f"{f:.{DIGITS}g}") for f in column) for column in columns)


def _thinned(shape: FeatureShape) -> FeatureShape:
    """Return a shape whose long curve is thinned; categories and individual curves are few."""
    if not _is_long(shape):
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


def _extremes(values: FigureColumn) -> list[int]:
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
