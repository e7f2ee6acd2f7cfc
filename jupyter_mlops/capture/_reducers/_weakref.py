"""Weak mappings: what they hold at the time, weakly again after. A weak reference on its own is refused."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {weakref.WeakValueDictionary: _reduce_mapping, weakref.WeakKeyDictionary: _reduce_mapping}


def _reduce_mapping(mapping: Any, _pickler: ValuePickler) -> Any:
    # A state, because what it holds may lead back to it.
    return type(mapping), (), list(mapping.items()), None, None, fill_mapping


def fill_mapping(mapping: Any, items: list[tuple[Any, Any]]) -> None:
    """Fill a weak mapping."""
    for key, value in items:
        mapping[key] = value
