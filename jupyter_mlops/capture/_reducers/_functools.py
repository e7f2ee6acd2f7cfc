"""What `functools` wraps around notebook functions: caches travel empty, and fill again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cloudpickle import cloudpickle

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {functools._lru_cache_wrapper: _reduce_cached, functools.cached_property: _reduce_property}


def _reduce_cached(wrapper: Any, pickler: ValuePickler) -> Any:
    if cloudpickle._lookup_module_and_qualname(wrapper) is not None:
        return NotImplemented
    pickler.note(wrapper)
    return rebuild_cached, (wrapper.__wrapped__, wrapper.cache_parameters(), dict(vars(wrapper)))


def rebuild_cached(function: Callable[..., Any], settings: dict[str, Any], attributes: dict[str, Any]) -> Any:
    """Return a function with an empty cache."""
    wrapper = functools.lru_cache(**settings)(function)
    vars(wrapper).update(attributes)
    return wrapper


def _reduce_property(held: Any, _pickler: ValuePickler) -> Any:
    # Its class does not tell it its name again; in Python 3.11 it has a lock, which its constructor makes.
    return functools.cached_property, (held.func,), {"attrname": held.attrname}
