"""pandas arrays over Arrow memory: their own pickling joins all chunks into a copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    from pandas.core.arrays.arrow import ArrowExtensionArray

    return {ArrowExtensionArray: _reduce_arrow}


def _reduce_arrow(array: Any, _pickler: ValuePickler) -> Any:
    return rebuild_arrow, (type(array),), dict(vars(array)), None, None, set_arrow_state


def rebuild_arrow(kind: type) -> Any:
    """Return an array of a type, still without its data."""
    return object.__new__(kind)


def set_arrow_state(array: Any, state: dict[str, Any]) -> None:
    """Give an array its data, chunks as they were."""
    vars(array).update(state)
