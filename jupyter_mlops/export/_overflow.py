"""Rows of huge numbers to which a model's own answer says nothing: its sums overflow, or its points are all as far.

What comes of them hangs on the order in which the model adds, or holds its points; no file could say the same. No
answer to any other row is one, as beyond an isotonic regression's points: a file must give none either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ._quiet import answer_or_error, quiet
from ._table import Table

Array = np.ndarray[Any, Any]

HUGE = 2.0**64
"""From numbers of this size on, sums of squares overflow in float32, in one order and not in another."""

_FAR = 2.0**26
"""Times as far as the farthest of the known points: squares of such distances keep nothing of where those lie."""

_ROUNDED = 2.0**-48
"""Of the squares that are added up and subtracted again: less than that is what rounding leaves."""


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
    return (np.isfinite(largest) & lost & (largest > HUGE)) | _far(model, rows)


def _largest(rows: Table) -> Array:
    """Return the size of each row's largest number; NaN where one is missing."""
    largest = np.zeros(len(rows))
    for place in range(rows.width):
        column = rows.column(place)
        if column.dtype.kind in "fiu":
            largest = np.maximum(largest, np.abs(column.astype(np.float64)))
    return largest


def _far(model: Any, rows: Table) -> Array:
    """Return from which rows the points that a model of neighbours knows are equally far, as it computes it."""
    steps = getattr(model, "steps", None) or [("", model)]
    far = np.zeros(len(rows), dtype=bool)
    for place, (_, step) in enumerate(steps):
        if hasattr(step, "kneighbors") and place == len(steps) - 1:
            sought: Callable[[Any, Array], Array] = _all_alike
        elif type(step).__name__ == "KNNImputer":
            sought = _donors_alike
        else:
            continue
        points = getattr(step, "_fit_X", None)
        if not isinstance(points, np.ndarray) or not len(rows):
            continue
        given = answer_or_error(partial(_given, steps[:place], rows))
        if isinstance(given, Exception):
            continue
        reach = max(float(np.nanmax(np.abs(points), initial=0.0)), 1.0)
        sizes = np.nanmax(np.abs(given), axis=1, initial=0.0)
        candidates = np.flatnonzero((sizes > _FAR * reach) & np.isfinite(sizes))
        if len(candidates):
            far[candidates] |= sought(step, given[candidates])
    return far


def _given(steps: Sequence[tuple[str, Any]], rows: Table) -> Array:
    """Return rows as they come to the step behind these."""
    value = rows.value
    for _, step in steps:
        value = step.transform(value)
    return np.asarray(value, dtype=float)


def _all_alike(model: Any, given: Array) -> Array:
    """Return from which rows all points are equally far."""
    distances = model.kneighbors(given, n_neighbors=len(model._fit_X))[0]
    return np.asarray(~(distances[:, 0] < distances[:, -1]))


def _donors_alike(imputer: Any, given: Array) -> Array:
    """Return for which rows rounding chooses who gives a missing value: the last who is taken, and the next one."""
    from sklearn.metrics.pairwise import nan_euclidean_distances

    missing = imputer.missing_values
    alike = np.zeros(len(given), dtype=bool)
    with quiet():  # what overflows is infinite
        squares = nan_euclidean_distances(given, imputer._fit_X, squared=True, missing_values=missing)
        rounded = _ROUNDED * given.shape[1] * np.nansum(given * given, axis=1)
        for place in np.flatnonzero(imputer._valid_mask):
            donors = np.sort(squares[:, ~imputer._mask_fit_X[:, place]], axis=1)
            if donors.shape[1] > imputer.n_neighbors:
                last, next_one = (donors[:, imputer.n_neighbors - back] for back in (1, 0))
                alike |= _is_missing(given[:, place], missing) & ~(next_one - last > rounded)
    return alike


def _is_missing(column: Array, value: Any) -> Array:
    return np.isnan(column) if value != value else column == value
