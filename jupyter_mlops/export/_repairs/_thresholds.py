"""Where the trees of a model decide, as values of its columns: there rounding shows first."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._converters._by_skl2onnx import parts
from .._quiet import quiet
from .._table import Table
from ._exact_trees import thresholds_of

_HALVINGS = 60


def decisive_values(model: Any, table: Table, most: int, seed: int = 0) -> list[tuple[int, float]]:
    """Return columns and values where a tree of the model turns: at most so many, drawn with a seed.

    Steps before the tree are inverted by halving, where each of their columns comes of one column and rises with it;
    elsewhere, and for rows that are not all numbers, nothing is found.
    """
    if table.form == "texts" or any(table.column(place).dtype.kind not in "fiu" for place in range(table.width)):
        return []
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if steps else model
    found = [(f, v) for part in parts(last) for f, values in thresholds_of(part).items() for v in values]
    found = sorted({(feature, float(value)) for feature, value in found if np.isfinite(value)})
    if len(found) > most:
        chosen = np.random.default_rng(seed).choice(len(found), most, replace=False)
        found = [found[place] for place in sorted(chosen)]
    if steps is None or len(steps) == 1:
        return [(feature, value) for feature, value in found if feature < table.width]
    return _before(model[:-1], table, found)


def _before(steps: Any, table: Table, found: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return the values that the steps turn into thresholds; those that halving does not find are left out."""
    if not found:
        return []
    features, wanted = (np.array(part) for part in zip(*found, strict=True))
    rows = table.take(np.arange(len(found)) % len(table))
    numbers = np.stack([rows.column(place) for place in range(table.width)], axis=1).astype(np.float64)

    def after(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        moved = numbers.copy()
        moved[np.arange(len(found)), features] = values
        out = np.asarray(steps.transform(_as(rows, moved)))
        return np.asarray(out[np.arange(len(found)), features], dtype=np.float64)

    every = np.stack([table.column(place) for place in range(table.width)], axis=1).astype(np.float64)
    try:
        with quiet():
            low, high = (edge(every, axis=0)[features] for edge in (np.nanmin, np.nanmax))
            fits = (after(low) <= wanted) & (after(high) >= wanted)
            for _ in range(_HALVINGS):
                middle = low + (high - low) / 2
                below = after(middle) <= wanted
                low, high = np.where(below, middle, low), np.where(below, high, middle)
    except Exception:  # noqa: BLE001  whatever a step raises, it does not take values that nobody gave it
        return []
    return [(int(feature), float(value)) for feature, value, fit in zip(features, low, fits, strict=True) if fit]


def _as(rows: Table, numbers: np.ndarray[Any, Any]) -> Any:
    if rows.form == "array":
        return numbers
    return type(rows.value)(numbers, columns=rows.value.columns, index=rows.value.index)
