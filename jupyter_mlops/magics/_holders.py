"""Containers of the notebook that hold what a run changes: they get the new object in the place of the old one.

A run changes a copy, and the notebook's name gets that. `models = [net, other]` would keep the version from before; so
whoever reads `models` waits, and then `models[0]` is `net` again, as in a plain notebook. Only containers whose places
are known are looked into: Python's own, and attributes of objects of the notebook. What holds the object otherwise, or
a part of it, is named by `_aliases.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
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
_ROWS = (list, tuple, set, frozenset, deque)
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
    done: dict[int, object] = {}
    for name in names:
        if name in namespace and _is_container(namespace[name]):
            namespace[name] = _replaced(namespace[name], new, done)


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


def _parts(container: Any) -> list[object]:
    """Return what a container holds, without numbers and texts: there are many, and a microsecond each is felt."""
    parts: list[object] = []
    if isinstance(container, dict):
        parts += [part for part in dict.values(container) if type(part) not in _PLAIN]
    elif isinstance(container, _ROWS) and len(container) <= _MOST_OBJECTS:
        parts += [part for part in container if type(part) not in _PLAIN]
    if _has_attributes(container):
        parts += vars(container).values()
    return parts


def _replaced(value: Any, new: Mapping[int, object], done: dict[int, object]) -> Any:
    """Return what takes the place of a value: the new object, the same container with new content, another tuple."""
    if id(value) in new:
        return new[id(value)]
    if id(value) in done or not _is_container(value) or len(done) > _MOST_OBJECTS:
        return done.get(id(value), value)
    done[id(value)] = value
    if isinstance(value, dict):
        _replace_items(value, new, done)
    elif isinstance(value, (list, deque)):
        for place, part in enumerate(value):
            value[place] = _replaced(part, new, done)
    elif isinstance(value, set):
        parts = [_replaced(part, new, done) for part in value]
        value.clear()
        value.update(parts)
    elif isinstance(value, (tuple, frozenset)):
        parts = [_replaced(part, new, done) for part in value]
        if any(part is not old for part, old in zip(parts, value, strict=True)):
            done[id(value)] = _remade(value, parts)
    if _has_attributes(value):
        _replace_items(vars(value), new, done)
    return done[id(value)]


def _replace_items(items: dict[Any, Any], new: Mapping[int, object], done: dict[int, object]) -> None:
    for key, part in list(items.items()):
        put = _replaced(part, new, done)
        if put is not part:
            dict.__setitem__(items, key, put)


def _remade(old: Any, parts: list[object]) -> object:
    """Return a tuple of the same kind with other parts; a named one knows how."""
    make = getattr(type(old), "_make", type(old))
    return make(parts)
