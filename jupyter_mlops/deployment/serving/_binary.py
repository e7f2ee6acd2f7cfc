"""Tensors as bytes, as the binary extension has them: little-endian, row by row; texts with their length in front."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._errors import RequestError

_LENGTH = 4


def from_bytes(data: memoryview, element: str, total: int, name: str) -> np.ndarray[Any, Any]:
    """Return the elements that bytes hold, along one axis.

    Parameters
    ----------
    data : memoryview
        All of them.
    element : str
        As NumPy says it, or `str`.
    total : int
        How many there should be.
    name : str
        Of the tensor, for refusals.

    Raises
    ------
    RequestError
        There are more or less, or a text is no UTF-8.
    """
    if element == "str":
        return _texts(data, total, name)
    kind = np.dtype(element).newbyteorder("<")
    if len(data) != total * kind.itemsize:
        raise RequestError(f"Tensor {name!r} has {len(data)} bytes, and its shape says {total * kind.itemsize}.")
    return np.frombuffer(data, dtype=np.uint8 if element == "bool" else kind).astype(element)


def to_bytes(array: np.ndarray[Any, Any]) -> bytes:
    """Return an array as bytes."""
    if array.dtype.kind in "OU":
        pieces = []
        for text in array.ravel().tolist():
            encoded = str(text).encode()
            pieces += [len(encoded).to_bytes(_LENGTH, "little"), encoded]
        return b"".join(pieces)
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()


def _texts(data: memoryview, total: int, name: str) -> np.ndarray[Any, Any]:
    texts: list[str] = []
    begin = 0
    while begin < len(data) and len(texts) <= total:
        end = begin + _LENGTH + int.from_bytes(data[begin : begin + _LENGTH], "little")
        if end > len(data) or begin + _LENGTH > len(data):
            raise RequestError(f"Tensor {name!r}: its last text is longer than the bytes that are there.")
        try:
            texts.append(bytes(data[begin + _LENGTH : end]).decode())
        except UnicodeDecodeError:
            raise RequestError(f"Tensor {name!r}, value {len(texts)}: the text is no UTF-8.") from None
        begin = end
    if len(texts) != total:
        raise RequestError(f"Tensor {name!r} does not have the {total} texts that its shape says.")
    return np.array(texts, dtype=object)
