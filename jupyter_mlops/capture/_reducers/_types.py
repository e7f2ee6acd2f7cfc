"""Generators that have ended, as a loop over them leaves them. One that goes on is refused."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .._refusals import RefusedValueError

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {types.GeneratorType: _reduce_generator}


def _reduce_generator(generator: Any, _pickler: ValuePickler) -> Any:
    if generator.gi_frame is not None:
        raise RefusedValueError(generator)
    return ended_generator, (generator.__name__, generator.__qualname__)


def ended_generator(name: str, qualified_name: str) -> Iterator[Any]:
    """Return a generator that calls itself by that name and yields nothing."""
    generator: Any = (item for item in tuple[Any, ...]())
    generator.__name__, generator.__qualname__ = name, qualified_name
    next(generator, None)
    return generator  # type: ignore[no-any-return]
