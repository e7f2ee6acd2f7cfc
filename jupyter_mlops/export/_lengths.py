"""Sequences of another length than the rows': what makes an axis of a file free, and what shows that it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ._tensors import Array, Tensors

_MOST = 8
"""So many rows of each other length are compared."""


def other_lengths(rows: Tensors, axes: Sequence[Sequence[int]]) -> tuple[Tensors, ...]:
    """Return some rows shorter, and some longer, which go on with their own beginning.

    Parameters
    ----------
    rows : Tensors
        As the user gave them.
    axes : sequence of sequence of int
        Of each input: the axes whose length is free.
    """
    if not len(rows) or not any(axes):
        return ()
    some = rows.take(range(min(len(rows), _MOST)))
    return tuple(
        some.with_arrays([_changed(array, which, longer) for array, which in zip(some.arrays, axes, strict=True)])
        for longer in (False, True)
    )


def free_axes(rows: Tensors) -> tuple[frozenset[int], ...]:
    """Return of each input the axes along which rows of another length differ; none where there are no such rows."""
    return tuple(
        frozenset(
            axis
            for other in rows.others
            for axis in range(1, array.ndim)
            if other.arrays[place].shape[axis] != array.shape[axis]
        )
        for place, array in enumerate(rows.arrays)
    )


def _changed(array: Array, axes: Sequence[int], longer: bool) -> Array:
    for axis in axes:
        length = array.shape[axis]
        chosen = np.arange(length + 3 if longer else max(1, length // 2))
        array = np.take(array, chosen, axis=axis, mode="wrap")
    return array
