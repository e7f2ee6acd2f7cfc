"""What a notebook declares with `typing.NewType`: by value, because nobody else can import it."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._pickler import ValuePickler
    from ._reducers import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {typing.NewType: _reduce_new_type}


def _reduce_new_type(declared: Any, _pickler: ValuePickler) -> Any:
    if declared.__module__ != "__main__":
        return NotImplemented
    return typing.NewType, (declared.__name__, declared.__supertype__), {"__module__": declared.__module__}
