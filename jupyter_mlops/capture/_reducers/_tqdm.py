"""Progress bars that have ended, or were never shown: what they counted. One that goes on is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._refusals import RefusedValueError

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer

_ON_SCREEN = frozenset({"container", "disp", "fp", "sp"})


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    from tqdm.std import tqdm  # type: ignore[import-untyped]  # it has no types

    return {tqdm: _reduce_bar}


def _reduce_bar(bar: Any, _pickler: ValuePickler) -> Any:
    if not bar.disable:
        raise RefusedValueError(bar)
    return ended_bar, (type(bar),), {name: value for name, value in vars(bar).items() if name not in _ON_SCREEN}


def ended_bar(kind: type) -> Any:
    """Return a bar that is still to get its attributes; its own constructor would count it among those on screen."""
    return object.__new__(kind)
