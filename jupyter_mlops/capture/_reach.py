"""Globals that the notebook's own functions, classes and instances reach: they travel and wait with them.

Code counts when the notebook defined it: it is of `__main__`, or its globals are the notebook's namespace. Libraries'
objects are only looked through, for the notebook's functions that they hold (a wrapper's `__wrapped__`, a
`FunctionTransformer` in a pipeline).
"""

from __future__ import annotations

import functools
import gc
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from types import (
    AsyncGeneratorType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, TypeGuard, TypeVar

import msgspec

from ._text._code_names import code_names
from ._text._code_writes import globals_written

Kind = TypeVar("Kind")

_MOST_HOPS = 7
_MOST_OBJECTS = 2_000
_MOST_ITEMS = 1_000
_PLAIN = (str, bytes, bytearray, int, float, complex, type(None), type(Ellipsis), range, slice, ModuleType, CodeType)
_LEAVES = frozenset(_PLAIN) | {bool}
_CONTAINERS: tuple[type[Any], ...] = (list, tuple, set, frozenset, dict)
_HOLDERS: tuple[type[Any], ...] = (defaultdict, deque, map, filter)
"""What holds functions where only the garbage collector sees them."""

_GENERATORS = {GeneratorType: "gi", CoroutineType: "cr", AsyncGeneratorType: "ag"}


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What is reached from some names of the notebook.

    Parameters
    ----------
    names : frozenset of str
        Globals that code on the way reads, whether the namespace holds them now or not (a pending name is in no
        namespace); builtins only where the namespace has its own. Not the names that one started from, unless code
        reads those too.
    definitions : frozenset of str
        Names under which the notebook defined the functions and classes on the way; a method counts with its class.
    rebinds : frozenset of str
        Globals that such code assigns or deletes (`global counter`).
    attribute_chains : frozenset of str
        Dotted expressions from a global, such as `scipy.stats.norm`.
    writes : frozenset of str
        Globals that closures and lambdas on the way may change. What a function of a cell's top level changes, its text
        tells.
    dynamic : bool
        Code on the way reads names that it does not show (`eval`, `globals()`).
    """

    names: frozenset[str] = frozenset()
    definitions: frozenset[str] = frozenset()
    rebinds: frozenset[str] = frozenset()
    attribute_chains: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    dynamic: bool = False


def reached_names(names: Iterable[str], namespace: Mapping[str, object]) -> frozenset[str]:
    """Return the globals that the notebook's own code behind some names reads, recursively.

    Parameters
    ----------
    names : iterable of str
        Where to start; those that the namespace lacks lead nowhere.
    namespace : mapping
        The notebook's names.

    Examples
    --------
    >>> reached_names(["objective"], {"objective": objective, "X": X})
    frozenset({'X'})
    """
    return reach(names, namespace).names


def reach(names: Iterable[str], namespace: Mapping[str, object]) -> Reach:
    """Return everything that the notebook's own code behind some names reaches; see `Reach`."""
    walk = _Walk(namespace)
    walk.run(names)
    return Reach(
        names=frozenset(walk.names),
        definitions=frozenset(walk.definitions),
        rebinds=frozenset(walk.rebinds),
        attribute_chains=frozenset(walk.chains),
        writes=frozenset(walk.writes),
        dynamic=walk.dynamic,
    )


class _Walk:
    """A walk over objects, each visited once, so that cycles end.

    Every step away from the notebook's own objects counts as a hop; after a few, or after some thousand objects of
    libraries, what lies behind is data. The notebook's own objects are never given up.
    """

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self._namespace = namespace
        self.names: set[str] = set()
        self.definitions: set[str] = set()
        self.rebinds: set[str] = set()
        self.chains: set[str] = set()
        self.writes: set[str] = set()
        self.dynamic = False
        self._seen: dict[int, object] = {}
        self._pending: list[tuple[object, int]] = []
        self._foreign = 0

    def run(self, names: Iterable[str]) -> None:
        """Visit everything from some names on."""
        self._pending = [(self._namespace[name], 0) for name in names if name in self._namespace]
        while self._pending:
            value, hops = self._pending.pop()
            # The value is kept with its id: otherwise a temporary's id might come back as another object's.
            if id(value) in self._seen or issubclass(type(value), _PLAIN):
                continue
            self._seen[id(value)] = value
            ours = self._is_ours(value)
            if ours and (_is(value, FunctionType) or _is(value, type)):
                self.definitions.add(value.__qualname__.partition(".")[0])
            self._foreign += not ours
            if ours or (hops < _MOST_HOPS and self._foreign < _MOST_OBJECTS):
                further = 0 if ours else hops + 1
                self._pending += [(part, further) for part in self._parts(value, ours) if type(part) not in _LEAVES]

    def _is_ours(self, value: object) -> bool:
        """Whether the notebook defined a function, a class, a generator's function, or the class of an instance."""
        kind = type(value)
        if _is(value, FunctionType):
            return value.__globals__ is self._namespace or value.__module__ == "__main__"
        if kind in _GENERATORS:
            frame: FrameType | None = getattr(value, f"{_GENERATORS[kind]}_frame")
            return frame is not None and frame.f_globals.get("__name__") == "__main__"
        definer = value if _is(value, type) else kind
        return definer.__dict__.get("__module__") in ("__main__", self._namespace.get("__name__", "__main__"))

    def _parts(self, value: object, ours: bool) -> Iterator[object]:
        """Yield what a value leads to, and take in the globals of the notebook's code."""
        if _is(value, FunctionType):
            yield from self._function_parts(value, ours)
        elif type(value) in _GENERATORS:
            if ours:
                yield from self._take(getattr(value, f"{_GENERATORS[type(value)]}_code"))
        elif _is(value, type):
            if ours:
                yield from (*value.__bases__, type(value), *vars(value).values())
        elif _is(value, MethodType):
            yield from (value.__func__, value.__self__)
        elif _is(value, functools.partial):
            yield from (value.func, *value.args, *value.keywords.values())
        elif _is(value, staticmethod) or _is(value, classmethod):
            yield value.__func__
        elif _is(value, property):
            yield from (value.fget, value.fset, value.fdel)
        else:
            yield from _contents(value)
            if ours:
                yield from (type(value), *_slots(value))

    def _function_parts(self, function: FunctionType, ours: bool) -> Iterator[object]:
        if ours:
            yield from self._take(function.__code__)
            if "<" in function.__qualname__:  # `<lambda>`, or `<locals>` of the function that made it
                self.writes |= globals_written(function.__code__, code_names(function.__code__).reads)
            yield from function.__annotations__.values()
            yield from (function.__defaults__ or ())
            yield from (function.__kwdefaults__ or {}).values()
        for cell in function.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:  # the enclosing function has not bound it yet
                continue
        yield from vars(function).values()

    def _take(self, code: CodeType) -> Iterator[object]:
        """Take in the globals of some code, and yield what they hold now."""
        used = code_names(code)
        reads = used.reads | (used.builtins & self._namespace.keys())
        self.names |= reads
        self.rebinds |= used.rebinds
        self.chains |= used.chains
        self.dynamic |= used.dynamic
        yield from (self._namespace[name] for name in reads if name in self._namespace)


def _is(value: object, kind: type[Kind]) -> TypeGuard[Kind]:
    """Like isinstance, but a proxy is not asked what it stands for: that may run its code."""
    return issubclass(type(value), kind)


def _contents(value: object) -> Iterator[object]:
    """Yield the items and attributes of an object without running its code."""
    for base in _CONTAINERS:
        if _is(value, base) and base.__len__(value) <= _MOST_ITEMS:
            yield from list(dict.values(value) if _is(value, dict) else base.__iter__(value))
    if issubclass(type(value), _HOLDERS):
        yield from gc.get_referents(value)[:_MOST_ITEMS]
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except AttributeError:
        attributes = None
    if _is(attributes, dict):
        yield from list(attributes.values())


def _slots(value: object) -> Iterator[object]:
    """Yield what the `__slots__` of an object hold."""
    for kind in type(value).__mro__:
        for slot, member in kind.__dict__.items():
            if type(member) is MemberDescriptorType and slot != "__dict__":
                try:
                    yield member.__get__(value)
                except AttributeError:  # an empty slot
                    continue
