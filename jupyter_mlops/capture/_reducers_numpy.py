"""NumPy arrays whose own pickling copies: strided views, dates, and files mapped by the notebook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ._pickler import ValuePickler
    from ._reducers import Reducer

_WORTH_BYTES = 64 * 1024
"""Below this NumPy's own pickling is as good."""


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {np.memmap: _reduce_memmap, np.ndarray: _reduce_array}


def _reduce_array(array: Any, _pickler: ValuePickler) -> Any:
    if type(array) is not np.ndarray or array.nbytes < _WORTH_BYTES or array.dtype.hasobject:
        return NotImplemented
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        # One copy here, instead of one into the stream and a stream as large as the array.
        return np.array(array, order="K", copy=True).__reduce_ex__(5)
    if array.dtype.kind in "mMV" and array.dtype.names is None:
        # Dates and extension types (bfloat16) give no buffer; their bytes do. The order of axes comes back by strides.
        order = "C" if array.flags.c_contiguous else "F"
        flat = array.ravel(order="K").view(np.uint8)
        return rebuild_viewed, (flat, array.dtype, array.shape, order, array.flags.writeable)
    return NotImplemented


def _reduce_memmap(array: Any, _pickler: ValuePickler) -> Any:
    whole = type(array) is np.memmap and not isinstance(array.base, np.ndarray) and array.filename is not None
    if whole and array.mode in ("r", "r+", "w+") and Path(array.filename).exists():
        mode = "r" if array.mode == "r" else "r+"
        array.flush()
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        return np.memmap, (str(array.filename), array.dtype, mode, array.offset, array.shape, order)
    return np.array(array, order="K", copy=False, subok=False).__reduce_ex__(5)


def rebuild_viewed(flat: Any, dtype: Any, shape: tuple[int, ...], order: Any, writeable: bool) -> Any:
    """Return an array of a type that gives no buffer, over bytes that came out of band."""
    array = flat.view(dtype).reshape(shape, order=order)
    if not writeable:
        array.flags.writeable = False
    return array
