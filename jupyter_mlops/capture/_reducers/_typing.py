"""What a notebook declares for its annotations: by value, because nobody else can import it."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library; cloudpickle has one for `TypeVar`."""
    return {
        typing.NewType: lambda declared, _: _declared_again(declared, declared.__name__, declared.__supertype__),
        typing.ParamSpec: lambda declared, _: _declared_again(declared, declared.__name__),
        typing.TypeVarTuple: lambda declared, _: _declared_again(declared, declared.__name__),
    }


def _declared_again(declared: Any, *arguments: Any) -> Any:
    if declared.__module__ != "__main__":
        return NotImplemented
    return type(declared), arguments, {"__module__": "__main__"}
