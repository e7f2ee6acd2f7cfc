"""Rows of finite numbers to which a model's own answer says nothing: its sums overflow, or its points are all as far.

What comes of them hangs on the order in which the model adds, or holds its points; no file could say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._quiet import answer_or_error
from ._table import Table

Array = np.ndarray[Any, Any]

_FAR = 2.0**26
"""Times as far as the farthest of the known points: squares of such distances keep nothing of where those lie."""


def overflowing(model: Any, rows: Table, told: Mapping[str, Array]) -> Array:
    """Return which rows the model itself cannot compute.

    Parameters
    ----------
    model : object
        Fitted.
    rows : Table
        That it answers.
    told : Mapping
        What it said of them, by method.
    """
    finite, lost = _finite(rows), np.zeros(len(rows), dtype=bool)
    for answer in told.values():
        if answer.dtype.kind == "f":
            lost |= np.isnan(answer).reshape(len(answer), -1).any(axis=1)
    return finite & (lost | _far(model, rows))


def _finite(rows: Table) -> Array:
    """Return which rows have no infinite and no missing number."""
    finite = np.ones(len(rows), dtype=bool)
    for place in range(rows.width):
        column = rows.column(place)
        if column.dtype.kind == "f":
            finite &= np.isfinite(column)
    return finite


def _far(model: Any, rows: Table) -> Array:
    """Return from which rows all points that a model of neighbours knows are equally far, as it computes it."""
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if steps else model
    far = np.zeros(len(rows), dtype=bool)
    points = getattr(last, "_fit_X", None)
    if not hasattr(last, "kneighbors") or not isinstance(points, np.ndarray) or not len(rows):
        return far
    given = answer_or_error(lambda: np.asarray(model[:-1].transform(rows.value) if steps else rows.value, dtype=float))
    if isinstance(given, Exception):
        return far
    reach = max(float(np.abs(points).max(initial=0.0)), 1.0)
    candidates = np.flatnonzero(np.abs(given).max(axis=1, initial=0.0) > _FAR * reach)
    if len(candidates):
        distances = last.kneighbors(given[candidates], n_neighbors=len(points))[0]
        far[candidates] = ~(distances[:, 0] < distances[:, -1])
    return far
