"""Which inputs a cell changed: each is fingerprinted right after it was restored and again when the cell has ended.

A fingerprint is what a value's pickle says, without its large buffers. Those lie in private mappings of the object
store, where the system knows which pages were written: a gigabyte that was only read costs neither a hash nor a copy.
"""

from __future__ import annotations

import ctypes
import os
import sys
import types
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xxhash

from ..capture import dump_values
from ..entities import BufferRef
from ..home import content_hash
from ._inputs import RestoredInputs

_PAGE = os.sysconf("SC_PAGE_SIZE")
_ASK_PAGES_BYTES = 1 << 20
"""Smaller buffers are hashed: that is quicker than asking the system."""

_FILE_PAGE = 1 << 5
_IN_MEMORY_OR_SWAP = 3 << 6
_UNWRITTEN = bytes(bits for bits in range(256) if bits & _FILE_PAGE or not bits & _IN_MEMORY_OR_SWAP)
"""What the highest byte of a page's entry is when the page is not this process's own."""

_HIGHEST_BYTE = 7 if sys.byteorder == "little" else 0

_IMMUTABLE = (type(None), bool, int, float, complex, str, bytes, types.ModuleType, types.BuiltinFunctionType)
_COSTLY = frozenset({"keras", "tensorflow", "tf_keras"})
"""Libraries whose models are copied when they are pickled; a run that gets one that it may change trains it."""


@dataclass(frozen=True)
class _Print:
    """What a value was: the digest of its pickle, and where its large buffers lie."""

    digest: str
    places: tuple[tuple[int, int], ...]


class Baseline:
    """The inputs as they were before the cell.

    Parameters
    ----------
    inputs : RestoredInputs
        What was restored.
    names : iterable of str
        Those that may come back.
    """

    def __init__(self, inputs: RestoredInputs, names: Iterable[str]) -> None:
        self._values = inputs.values
        self._stored = {_address(view): ref for view, ref in inputs.mapped}
        self._prints: dict[str, _Print | None] = {}
        self._hashes: dict[tuple[int, int], str] = {}
        for name in names:
            if name in inputs.values:
                self._prints[name] = self._take(inputs.values[name])

    def is_unchanged(self, name: str) -> bool:
        """Tell whether the very object that went in under a name still holds what it held.

        A value that cannot be compared counts as changed.
        """
        value = self._values[name]
        if isinstance(value, _IMMUTABLE):
            return True
        before = self._prints.get(name)
        return before is not None and self._still(before, value)

    def _take(self, value: Any) -> _Print | None:
        if isinstance(value, _IMMUTABLE) or type(value).__module__.partition(".")[0] in _COSTLY:
            return None
        made = _fingerprint(value)
        if made is None:
            return None
        print_, views = made
        for place, view in zip(print_.places, views, strict=True):
            if not self._is_stored(place):
                self._hashes[place] = content_hash(view)
        return print_

    def _still(self, before: _Print, value: Any) -> bool:
        made = _fingerprint(value)
        if made is None or made[0].digest != before.digest or len(made[1]) != len(before.places):
            return False
        after, views = made
        return all(self._same_bytes(*pair) for pair in zip(before.places, after.places, views, strict=True))

    def _same_bytes(self, before: tuple[int, int], after: tuple[int, int], view: memoryview) -> bool:
        if before == after and self._is_stored(before) and before[1] >= _ASK_PAGES_BYTES and _is_unwritten(*before):
            return True
        if before[1] != after[1]:
            return False
        known = self._stored[before[0]].hash if self._is_stored(before) else self._hashes.get(before)
        return known == content_hash(view)

    def _is_stored(self, place: tuple[int, int]) -> bool:
        address, size = place
        ref: BufferRef | None = self._stored.get(address)
        return ref is not None and ref.size == size


def _fingerprint(value: Any) -> tuple[_Print, tuple[memoryview, ...]] | None:
    """Return what a value is, with views of its large buffers; None for a value that cannot be pickled any more."""
    pickled = dump_values({"value": value})
    if pickled.refused:
        return None
    places = tuple((_address(view), view.nbytes) for view in pickled.buffers)
    return _Print(xxhash.xxh3_128_hexdigest(pickled.stream), places), pickled.buffers


def _is_unwritten(address: int, size: int) -> bool:
    """Tell whether a private file mapping still shows its file; False where the system does not say.

    A page that was written is anonymous memory. One 64-bit entry a page; see the Linux documentation of pagemap.
    """
    first, end = address // _PAGE, -(-(address + size) // _PAGE)
    try:
        with Path("/proc/self/pagemap").open("rb", buffering=0) as pagemap:
            pagemap.seek(first * 8)
            entries = pagemap.read((end - first) * 8)
    except OSError:
        return False
    # A gigabyte has 262,144 pages: to look at each in Python takes 10 ms.
    return len(entries) == (end - first) * 8 and not entries[_HIGHEST_BYTE::8].translate(None, _UNWRITTEN)


class _PyBuffer(ctypes.Structure):
    """CPython's `Py_buffer`, for the address of a read-only view."""

    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.py_object),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    )


def _address(view: memoryview) -> int:
    """Return where a view's memory begins."""
    buffer = _PyBuffer()
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(view), ctypes.byref(buffer), 0)
    try:
        return buffer.buf or 0
    finally:
        ctypes.pythonapi.PyBuffer_Release(ctypes.byref(buffer))
