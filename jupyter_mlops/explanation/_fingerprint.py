"""What tells a slice of data from another, the same in every process: a hash of names, types and values."""

from __future__ import annotations

from typing import Any

import xxhash

_NUMBERS = "biufcmM"
"""Kinds of NumPy's types whose bytes are the value."""


def fingerprint_of(data: Any) -> str:
    """Return the content hash of a frame or array, 32 hex digits; empty for no data.

    Numbers are hashed at the speed of memory; other columns by `pandas.util.hash_array`.
    """
    if data is None:
        return ""
    hasher = xxhash.xxh3_128()
    if not hasattr(data, "columns"):
        hasher.update(f"{data.dtype}{data.shape}\n".encode())
        _add(hasher, data.ravel())
        return hasher.hexdigest()
    kinds = list(data.dtypes)
    hasher.update("\n".join(f"{name!s}: {kind}" for name, kind in zip(data.columns, kinds, strict=True)).encode())
    if len(set(kinds)) == 1 and getattr(kinds[0], "kind", "O") in _NUMBERS:
        _add(hasher, data.to_numpy().T.ravel())  # all columns at once, one after the other
    else:
        for position in range(len(kinds)):
            _add(hasher, data.iloc[:, position].to_numpy())
    return hasher.hexdigest()


def _add(hasher: Any, values: Any) -> None:
    import numpy as np

    if values.dtype.kind in _NUMBERS:
        hasher.update(np.ascontiguousarray(values).view(np.uint8))
        return
    from pandas.util import hash_array

    hasher.update(hash_array(np.asarray([str(value) for value in values], dtype=object)).view(np.uint8))
