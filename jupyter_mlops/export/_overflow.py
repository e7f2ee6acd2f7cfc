"""Rows of huge numbers to which a model's own answer says nothing: its sums overflow, or its points are all as far.

What comes of them hangs on the order in which the model adds, or holds its points; no file could say the same. No
answer to any other row is one, as beyond an isotonic regression's points: a file must give none either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._quiet import answer_or_error
from ._table import Table

Array = np.ndarray[Any, Any]

HUGE = 2.0**64
"""From numbers of this size on, sums of squares overflow in float32, in one order and not in another."""

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
    lost = np.zeros(len(rows), dtype=bool)
    for answer in told.values():
        if answer.dtype.kind == "f":
            lost |= np.isnan(answer).reshape(len(answer), -1).any(axis=1)
    largest = _largest(rows)
    return np.isfinite(largest) & ((lost & (largest > HUGE)) | _far(model, rows))


def _largest(rows: Table) -> Array:
    """Return the size of each row's largest number; NaN where one is missing."""
    largest = np.zeros(len(rows))
    for place in range(rows.width):
        column = rows.column(place)
        if column.dtype.kind in "fiu":
            largest = np.maximum(largest, np.abs(column.astype(np.float64)))
    return largest


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
