"""Edge rows of tensors: a whole input of one extreme value, or one such value among real ones.

Whole numbers stay between the smallest and the largest that the real rows have: they may be tokens or categories, and
what is beyond them is no row of an embedding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ._quiet import quiet
from ._tensors import Tensors

_MOST_INPUTS = 24


def edge_tensors(real: Tensors, seed: int = 0) -> Tensors:
    """Return rows made of real ones: each input in turn with each extreme, everywhere and in one place; then all.

    Parameters
    ----------
    real : Tensors
        Each edge row starts from one of them.
    seed : int
        Of the places that are drawn.
    """
    if not len(real):
        return real
    draw = np.random.default_rng(seed)
    values = [list(_values(array)) for array in real.arrays[:_MOST_INPUTS]]
    changes = [
        {place: (value, whole)} for place, edges in enumerate(values) for value in edges for whole in (True, False)
    ]
    if len(values) > 1:
        for turn in range(max(map(len, values))):
            changes.append({at: (edges[turn % len(edges)], True) for at, edges in enumerate(values) if edges})
    if not changes:
        return real.take([0])
    made = real.take(np.arange(len(changes)) % len(real))
    arrays = [array.copy() for array in made.arrays]
    for row, changed in enumerate(changes):
        for place, (value, whole) in changed.items():
            flat = arrays[place][row : row + 1].reshape(-1)
            with quiet():
                flat[slice(None) if whole else draw.integers(flat.size)] = value
            arrays[place][row] = flat.reshape(arrays[place][row].shape)
    return Tensors(tuple(arrays), real.form, real.keys, real.columns)


def _values(array: np.ndarray[Any, Any]) -> Iterator[Any]:
    if not array[:1].size:
        return
    if array.dtype.kind == "b":
        yield from (True, False)
    elif array.dtype.kind in "iu":
        yield from dict.fromkeys((array.min(), array.max()))
    else:
        yield from _numbers(array)


def _numbers(array: np.ndarray[Any, Any]) -> Iterator[Any]:
    kind = np.finfo(array.dtype)
    known = array[np.isfinite(array)].astype(np.float64)
    low, high = (float(known.min()), float(known.max())) if known.size else (-1.0, 1.0)
    yield from (np.nan, np.inf, -np.inf, 0.0, -0.0)
    yield from (low - 10 * (high - low), high + 10 * (high - low))
    yield from (kind.max, kind.min, kind.tiny, kind.smallest_subnormal)
