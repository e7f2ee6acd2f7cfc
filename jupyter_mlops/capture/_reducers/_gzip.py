"""Compressed files that were closed, as `with gzip.open(...) as f` leaves them. Open ones are refused."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ._io import reduce_closed

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {gzip.GzipFile: _reduce_file}


def _reduce_file(file: Any, _pickler: ValuePickler) -> Any:
    return reduce_closed(file, _buffer=None, compress=None)
