"""Names whose object lies inside one that a run may change: they go along, and come back as one object with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from ._shells_names import shells_own

if TYPE_CHECKING:
    from ..capture import CellNames
    from ._commands import SubmitRun

_NOT_SHARED = (type(None), bool, int, float, complex, str, bytes, type, FunctionType, BuiltinFunctionType, ModuleType)
"""Values that have many names without anybody meaning one object by them."""


@dataclass(frozen=True)
class SharedNames:
    """Names inside what a cell may change.

    Parameters
    ----------
    names : frozenset of str
        All of them.
    changed : frozenset of str
        Those that it may change as well. An array that a library's object holds is only looked at, as a rule.
    """

    names: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def names_inside(command: SubmitRun, names: CellNames, changed: Collection[str], taken: Collection[str]) -> SharedNames:
    """Return the names of the notebook, beside those that a cell may change, whose object lies inside one of these.

    Of names that earlier runs owe, also those that hold one of these: they come from there with it, at no cost.

    Parameters
    ----------
    command : SubmitRun
        With the notebook's names, and what pending ones were.
    names : CellNames
        What the cell says.
    changed : collection of str
        Names whose object the cell may change.
    taken : collection of str
        Names that the cell binds itself.
    """
    from ..capture import is_stateful, objects_inside

    known = {**command.before, **command.namespace}
    roots = {name: known[name] for name in changed if name in known}
    if not roots:
        return SharedNames()
    left_out = {*roots, *taken, *shells_own(command.namespace)}
    others = {name: value for name, value in known.items() if name not in left_out and _is_sharable(name, value)}
    inside = objects_inside(part for value in roots.values() for part in _held_by(value))
    found = {name: value for name, value in others.items() if inside.has(value) or any(map(inside.has, _cells(value)))}
    owed = [value for name, value in roots.items() if name in command.pending]
    holders = {name for name in command.pending if name in others and name not in found}
    holders = {name for name in holders if owed and any(map(objects_inside([others[name]]).has, owed))}
    if not found:
        return SharedNames(frozenset(holders), frozenset(holders))
    written = [value for name, value in roots.items() if name in names.mutates or _is_notebooks(value)]
    inside_written = inside if len(written) == len(roots) else objects_inside(written)
    written_to = {
        name for name, value in found.items() if is_stateful(value) or inside_written.has(value) or _cells(value)
    }
    return SharedNames(frozenset({*found, *holders}), frozenset({*written_to, *holders}))


def _held_by(value: object) -> Iterable[object]:
    """Return what to look into: of a class of the notebook, which many objects share, what it keeps itself."""
    is_own_class = issubclass(type(value), type) and value.__module__ == "__main__"
    return list(vars(value).values()) if is_own_class else (value,)


def _is_sharable(name: str, value: object) -> bool:
    # Not `isinstance`: it asks the object, and one that stands for another may fail or load it.
    return not name.startswith("_") and (not issubclass(type(value), _NOT_SHARED) or bool(_cells(value)))


def _cells(value: object) -> tuple[CellType, ...]:
    """Return the variables that a function has from the one around it: two that see the same must go together."""
    return (value.__closure__ or ()) if issubclass(type(value), FunctionType) else ()  # type: ignore[attr-defined]


def _is_notebooks(value: object) -> bool:
    """Whether the notebook defined the class of an object, or of what its bound method belongs to."""
    bound: Any = value
    owner = bound.__self__ if issubclass(type(value), (MethodType, BuiltinFunctionType)) else value
    return type(owner).__module__ == "__main__"
