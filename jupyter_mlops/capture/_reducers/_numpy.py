"""NumPy arrays whose own pickling copies: strided views, dates, Python strings, and files mapped by the notebook."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ._active import is_loaded

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer

_WORTH_BYTES = 64 * 1024
"""Below this NumPy's own pickling is as good."""

_SAMPLE = 1 << 16
"""Places that tell whether what fills an array comes again: many more than the different ones that are worth it."""

_MOST_SHARED = 100_000
"""Different objects up to which they are cheaper pickled one by one than as text."""

_LOOKED_THROUGH = 1 << 20
"""Places at a time that are searched for one of each object."""


_COMPARED_BYTES = 4096
"""At either end of a mapped file."""


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {np.memmap: _reduce_memmap, np.ndarray: _reduce_array}


def _reduce_array(array: Any, _pickler: ValuePickler) -> Any:
    if type(array) is not np.ndarray or array.nbytes < _WORTH_BYTES:
        return NotImplemented
    if array.dtype.hasobject:
        return _reduce_strings(array) if array.dtype == object else NotImplemented
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        # One copy here, instead of one into the stream and a stream as large as the array.
        return np.array(array, order="K", copy=True).__reduce_ex__(5)
    if array.dtype.kind in "mMV" and array.dtype.names is None:
        # Dates and extension types (bfloat16) give no buffer; their bytes do. The order of axes comes back by strides.
        order = "C" if array.flags.c_contiguous else "F"
        flat = array.ravel(order="K").view(np.uint8)
        return rebuild_viewed, (flat, array.dtype, array.shape, order, array.flags.writeable)
    return NotImplemented


def _reduce_strings(array: Any) -> Any:
    """Pack an array of Python strings as Arrow does: three to five times faster than one by one."""
    if not is_loaded("pyarrow"):
        return NotImplemented
    import pyarrow as pa

    order = "F" if array.flags.f_contiguous else "C"
    flat = array.ravel(order=order)
    shared = _shared_objects(flat)
    if shared is not None:
        return rebuild_shared, (*shared, array.shape, order)
    others = set(map(type, flat)) - {str}
    if others not in (set(), {type(None)}, {float}) or (float in others and any(_is_number(item) for item in flat)):
        return NotImplemented
    try:
        packed = pa.array(flat, pa.large_string(), from_pandas=True)
    except UnicodeEncodeError:
        # Half of a surrogate pair is a Python string, but no text.
        return NotImplemented
    missing = float("nan") if float in others else None
    if not _is_repetitive(flat):
        return rebuild_strings, (None, packed, missing, array.shape, order)
    coded = packed.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return rebuild_strings, (codes, coded.dictionary, missing, array.shape, order)


def _shared_objects(flat: Any) -> tuple[Any, list[Any]] | None:
    """Return which object is where, and the objects, when few strings fill an array; None for any other array.

    What is compared is where they lie: that asks no object, and whoever shares one still does on the other side.
    """
    import pyarrow as pa

    places = np.frombuffer((ctypes.c_char * flat.nbytes).from_address(flat.ctypes.data), np.intp)
    sample = places[:: max(1, len(places) // _SAMPLE)]
    if len(np.unique(sample)) > len(sample) // 2:
        return None
    coded = pa.array(places).dictionary_encode()
    count = len(coded.dictionary)
    if count > _MOST_SHARED:
        return None
    codes = coded.indices.to_numpy().astype(np.min_scalar_type(count))
    found = np.full(count, -1)
    for start in range(0, len(codes), _LOOKED_THROUGH):
        part = codes[start : start + _LOOKED_THROUGH]
        found[part] = np.arange(start, start + len(part))
        if found.min() >= 0:
            break
    objects = flat[found].tolist()
    # Not a subclass, which may hold the array itself; a missing value is None or not a number.
    return (codes, objects) if set(map(type, objects)) <= {str, type(None), float} else None


def _is_repetitive(flat: Any) -> bool:
    """Guess whether many strings are few different ones, which are then sent, and held, once each."""
    sample = flat[:: max(1, len(flat) // _SAMPLE)].tolist()
    return len(set(sample)) < len(sample) // 2


def _is_number(item: Any) -> bool:
    return type(item) is float and item == item


def rebuild_shared(codes: Any, objects: list[Any], shape: tuple[int, ...], order: Any) -> Any:
    """Return an array whose places share a few objects, as they did."""
    held = np.empty(len(objects), dtype=object)
    held[:] = objects
    return held[codes].reshape(shape, order=order)


def rebuild_strings(codes: Any, words: Any, missing: Any, shape: tuple[int, ...], order: Any) -> Any:
    """Return an array of Python strings; equal ones are one object, as they mostly were."""
    objects = np.empty(len(words) + 1, dtype=object)
    objects[:-1] = words.to_numpy(zero_copy_only=False)
    # A missing string has code -1, the last.
    objects[-1] = missing
    if codes is None:
        objects = objects[:-1]
        if words.null_count:
            objects[words.is_null().to_numpy(zero_copy_only=False)] = missing
        return objects.reshape(shape, order=order)
    return objects[codes].reshape(shape, order=order)


def _reduce_memmap(array: Any, _pickler: ValuePickler) -> Any:
    whole = type(array) is np.memmap and not isinstance(array.base, np.ndarray) and array.filename is not None
    if whole and array.mode in ("r", "r+", "w+") and _is_still_the_file(array):
        mode = "r+" if array.flags.writeable else "r"
        array.flush()
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        return np.memmap, (str(array.filename), array.dtype, mode, array.offset, array.shape, order)
    return np.array(array, order="K", copy=False, subok=False).__reduce_ex__(5)


def _is_still_the_file(array: Any) -> bool:
    """Whether the name of a mapped file leads to what is mapped: saving anew often puts another file in its place."""
    mapped, start = array._mmap, array.offset - array.offset % mmap.ALLOCATIONGRANULARITY
    try:
        with open(array.filename, "rb") as file:
            for part in (0, max(0, len(mapped) - _COMPARED_BYTES)):
                file.seek(start + part)
                if file.read(min(_COMPARED_BYTES, len(mapped))) != mapped[part : part + _COMPARED_BYTES]:
                    return False
    except OSError:
        return False
    return True


def rebuild_viewed(flat: Any, dtype: Any, shape: tuple[int, ...], order: Any, writeable: bool) -> Any:
    """Return an array of a type that gives no buffer, over bytes that came out of band."""
    array = flat.view(dtype).reshape(shape, order=order)
    if not writeable:
        array.flags.writeable = False
    return array
