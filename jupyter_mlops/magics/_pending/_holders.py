"""Containers of the notebook that hold what a run changes: they get the new object in the place of the old one.

A run changes a copy, and the notebook's name gets that. `models = [net, other]` would keep the version from before; so
whoever reads `models` waits, and then `models[0]` is `net` again, as in a plain notebook. Only containers whose places
are known are looked into: Python's own, and attributes of objects of the notebook. What holds the object otherwise, or
a part of it, is named by `_aliases.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, ModuleType, NoneType, SimpleNamespace
from typing import Any

_SHARED_BY_NATURE = (
    NoneType,
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    type,
    FunctionType,
    BuiltinFunctionType,
    ModuleType,
)
_PLAIN = frozenset(_SHARED_BY_NATURE)
_OF_THE_SHELL = frozenset(("In", "Out", "get_ipython", "exit", "quit"))
_KNOWN_MODULES = frozenset(("builtins", "collections", "types", "__main__"))
_FIXED = (tuple, frozenset)
_ROWS = (list, set, deque, *_FIXED)
_MOST_OBJECTS = 1_000
"""Looked at for one name; what is larger is data."""


def find_holders(before: Mapping[str, object], namespace: Mapping[str, object]) -> dict[str, frozenset[str]]:
    """Return the names whose containers lead to some objects, each with the names that these objects have.

    Parameters
    ----------
    before : Mapping
        Names that a run changes, with what they held.
    namespace : Mapping
        The notebook's names.

    Examples
    --------
    >>> find_holders({"net": net}, {"models": [net, other], "n": 3})
    {'models': frozenset({'net'})}
    """
    wanted = {id(value): name for name, value in before.items() if not isinstance(value, _SHARED_BY_NATURE)}
    found: dict[str, frozenset[str]] = {}
    for name, value in namespace.items() if wanted else ():
        if name.startswith("_") or name in _OF_THE_SHELL or not _is_container(value):
            continue
        inside = frozenset(wanted[part] for part in _inside(value, wanted) if part in wanted)
        if inside:
            found[name] = inside
    return found


def put_in_place(names: Iterable[str], new: Mapping[int, object], namespace: MutableMapping[str, object]) -> None:
    """Put new objects where some names' containers have the old ones.

    Parameters
    ----------
    names : iterable of str
        Those that the notebook has no longer are left out.
    new : Mapping
        Identity of an object that is still alive, to what takes its place.
    namespace : MutableMapping
        The notebook's names; a name of a tuple gets another tuple, any other container stays the object that it is.
    """
    here = [name for name in names if name in namespace and _is_container(namespace[name])]
    found: dict[int, Any] = {}
    for name in here:
        found |= _containers(namespace[name], new)
    # Tuples first, from the inside out: what they lie in is told of the new ones, however they lie in circles.
    placed = dict(new)
    for container in found.values():
        if isinstance(container, _FIXED):
            _remake(container, placed)
    for container in found.values():
        _fill(placed.get(id(container), container), placed)
    for name in here:
        namespace[name] = placed.get(id(namespace[name]), namespace[name])


def _is_container(value: object) -> bool:
    kind = type(value)
    if kind in _PLAIN:
        return False
    if kind.__module__ not in _KNOWN_MODULES or isinstance(value, _SHARED_BY_NATURE):
        return False
    return isinstance(value, (dict, *_ROWS)) or _has_attributes(value)


def _has_attributes(value: object) -> bool:
    is_ours = type(value).__module__ == "__main__" or type(value) is SimpleNamespace
    return is_ours and isinstance(getattr(value, "__dict__", None), dict)


def _inside(value: object, wanted: Collection[int]) -> Iterator[int]:
    """Yield the identities of what a container leads to, through containers only; not what the objects sought hold."""
    seen: set[int] = set()
    waiting = [value]
    while waiting and len(seen) < _MOST_OBJECTS:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield id(part)
        if id(part) not in wanted and _is_container(part):
            waiting += _parts(part)


def _containers(value: object, sought: Collection[int]) -> dict[int, object]:
    """Return the containers that `_inside` meets, by identity, each behind those in it unless they are a circle."""
    found: dict[int, object] = {}
    seen = {id(value)}
    waiting = [] if id(value) in sought else [(value, _parts(value))]
    while waiting:
        container, parts = waiting[-1]
        if not parts:
            found[id(container)] = container
            waiting.pop()
            continue
        part = parts.pop()
        if id(part) not in seen and id(part) not in sought and len(seen) < _MOST_OBJECTS and _is_container(part):
            seen.add(id(part))
            waiting.append((part, _parts(part)))
    return found


def _parts(container: Any) -> list[object]:
    """Return what a container holds, without numbers and texts: there are many, and a microsecond each is felt."""
    parts: list[object] = []
    if isinstance(container, dict):
        parts += [part for part in dict.values(container) if type(part) not in _PLAIN]
    else:
        parts += [part for part in _row(container) if type(part) not in _PLAIN]
    if _has_attributes(container):
        parts += vars(container).values()
    return parts


def _row(container: Any) -> list[object]:
    """Return what stands in a container without keys, whatever its class makes of that; nothing of a long one."""
    kind: Any = next((kind for kind in _ROWS if isinstance(container, kind)), None)
    return [] if kind is None or kind.__len__(container) > _MOST_OBJECTS else list(kind.__iter__(container))


def _remake(old: Any, placed: dict[int, object]) -> None:
    """Note a tuple of the same kind with other parts, where an old object is in it."""
    before = _row(old)
    parts = [placed.get(id(part), part) for part in before]
    if not _differ(parts, before):
        return
    kind: Any = tuple if isinstance(old, tuple) else frozenset
    # In a set, what has no hash cannot take a place.
    with suppress(TypeError):
        made = kind.__new__(type(old), parts)
        if _has_attributes(old):
            vars(made).update(vars(old))
        placed[id(old)] = made


def _fill(container: Any, placed: Mapping[int, object]) -> None:
    """Replace what is in a container that can change."""
    if isinstance(container, dict):
        _replace_items(container, placed)
    elif isinstance(container, (list, deque)):
        kind: Any = list if isinstance(container, list) else deque
        for place, part in enumerate(_row(container)):
            if (put := placed.get(id(part), part)) is not part:
                kind.__setitem__(container, place, put)
    elif isinstance(container, set):
        before = _row(container)
        parts = [placed.get(id(part), part) for part in before]
        if _differ(parts, before):
            with suppress(TypeError):
                now = set(parts)
                set.clear(container)
                set.update(container, now)
    if _has_attributes(container):
        _replace_items(vars(container), placed)


def _differ(parts: list[object], before: list[object]) -> bool:
    return any(part is not old for part, old in zip(parts, before, strict=True))


def _replace_items(items: dict[Any, Any], placed: Mapping[int, object]) -> None:
    for key, part in list(dict.items(items)):
        if (put := placed.get(id(part), part)) is not part:
            dict.__setitem__(items, key, put)
