"""Which columns may not be missing or infinite, by the model's own refusals: whoever serves the file asks it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ._original import Answers


def rejections_of(edge: Answers) -> dict[str, str]:
    """Return facts for the file: the columns of which the original has answered no row with such a number.

    Parameters
    ----------
    edge : Answers
        To the generated rows; each differs in one column, or in many.

    Examples
    --------
    >>> rejections_of(original.edge)
    {'rejects_missing': '["age", "income"]'}
    """
    if edge.table.form == "texts":
        return {}
    names = edge.table.columns or tuple(str(place) for place in range(edge.table.width))
    figures = [_figures(edge.table.column(place)) for place in range(edge.table.width)]
    found = {
        "rejects_missing": _rejected(names, [np.isnan(column) for column in figures], edge.answered),
        "rejects_infinite": _rejected(names, [np.isinf(column) for column in figures], edge.answered),
    }
    return {key: json.dumps(columns) for key, columns in found.items() if columns}


def _rejected(names: tuple[str, ...], hits: list[np.ndarray[Any, Any]], answered: np.ndarray[Any, Any]) -> list[str]:
    """Return the columns that alone make the original refuse a row, each time."""
    several = np.sum(hits, axis=0) if hits else np.zeros(len(answered), dtype=int)
    rejected = []
    for name, hit in zip(names, hits, strict=True):
        alone = hit & (several == 1)
        if alone.any() and not answered[alone].any():
            rejected.append(name)
    return rejected


def _figures(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a column as numbers; what is none is 0 here, which is neither missing nor infinite."""
    if column.dtype.kind in "fiu":
        return column.astype(np.float64)
    return np.zeros(len(column))
