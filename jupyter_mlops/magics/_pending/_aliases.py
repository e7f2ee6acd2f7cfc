"""Names that keep the version from before when a run changes an object: it changes a copy, and says which these are.

A name whose object lies inside the changed one is promised with it (`services/_shared_names.py`). Named here is the
other direction: what holds it, and what holds a part of it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType, NoneType
from typing import Any

from ...capture import objects_inside

_ATOMS = (NoneType, bool, int, float, complex, str, bytes)
_SHARED_BY_NATURE = (*_ATOMS, type, FunctionType, BuiltinFunctionType, ModuleType)
"""Types whose values have many names without anybody meaning one object by them."""

_MOST_OBJECTS = 200
"""Looked at for one name; a notebook may have hundreds."""


@dataclass(frozen=True)
class StaleAlias:
    """Names that go on with the version from before of what a run changes.

    Parameters
    ----------
    name : str
        What the run changes.
    holders : tuple of str
        Names of the same object, or of one that holds it.
    sharers : tuple of str
        Names of objects that share a part with it, as optimizer and model share the weights, and two views a buffer.
    """

    name: str
    holders: tuple[str, ...] = ()
    sharers: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [
            f"{', '.join(self.holders)} {_verb(self.holders, 'refer')} to the same object as {self.name}",
            f"{', '.join(self.sharers)} {_verb(self.sharers, 'share')} a part of {self.name}",
        ]
        told = [part for part, names in zip(parts, (self.holders, self.sharers), strict=True) if names]
        return f"{', and '.join(told)}, and will not see what the run changes in it."

    @property
    def after(self) -> str:
        """What to say once the run has changed it."""
        names = sorted({*self.holders, *self.sharers})
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return f"{listed} still {_verb(names, 'point')} to the version from before"


def stale_aliases(before: Mapping[str, object], namespace: Mapping[str, object]) -> list[StaleAlias]:
    """Return what else in a namespace refers to some objects, and to parts of them that have a state.

    IPython's `Out` is left alone: it keeps what a cell has answered, as that was.

    Parameters
    ----------
    before : Mapping
        Changed names, with what they held.
    namespace : Mapping
        The notebook's names.
    """
    changed = {name: value for name, value in sorted(before.items()) if not isinstance(value, _SHARED_BY_NATURE)}
    if not changed:
        return []
    others = {
        name: objects_inside([value], _MOST_OBJECTS)
        for name, value in sorted(namespace.items())
        if not name.startswith("_") and name not in ("In", "Out", "get_ipython", "exit", "quit")
    }
    found = []
    for name, value in changed.items():
        parts = objects_inside([value], 5 * _MOST_OBJECTS).changeable
        holders = tuple(other for other, inside in others.items() if inside.has(value))
        sharers = tuple(
            other
            for other, inside in others.items()
            if other not in holders
            and (not parts.isdisjoint(inside.changeable) or _show_same_memory(value, namespace[other]))
        )
        if holders or sharers:
            found.append(StaleAlias(name, holders, sharers))
    return found


def _show_same_memory(one: object, other: object) -> bool:
    """Whether both are arrays of NumPy that look at the same memory, as `row = X[0]` does."""
    numpy = sys.modules.get("numpy")
    array = getattr(numpy, "ndarray", ())
    return isinstance(one, array) and isinstance(other, array) and _memory_behind(one) is _memory_behind(other)


def _memory_behind(array: Any) -> object:
    while getattr(array, "base", None) is not None:
        array = array.base
    return array


def _verb(subjects: Sequence[str], verb: str) -> str:
    return f"{verb}s" if len(subjects) == 1 else verb
