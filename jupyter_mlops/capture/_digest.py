"""What a value is, in 32 hex digits: the same twice in one process as long as nobody touches the value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xxhash

from ..exceptions import CannotTravelError
from ._pickle import dump_values


def digest(value: Any, *, namespace: Mapping[str, Any] | None = None) -> str:
    """Return a content hash over a value's pickle and its large buffers, at the speed of memory.

    Parameters
    ----------
    value : object
        Anything that can travel.
    namespace : mapping, optional
        The notebook's namespace; by default `__main__`'s.

    Raises
    ------
    CannotTravelError
        The value cannot be packed, so nothing can be said about its content.
    """
    pickled = dump_values({"value": value}, namespace=namespace)
    if pickled.refused:
        raise CannotTravelError(str(pickled.refused[0]))
    hasher = xxhash.xxh3_128(pickled.stream)
    for view in pickled.buffers:
        hasher.update(view)
    return hasher.hexdigest()
