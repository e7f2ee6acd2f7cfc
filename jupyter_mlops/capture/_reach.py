"""Globals that the notebook's own functions, classes and instances reach: they travel and wait with them.

Only objects that the notebook defined are looked into: those of `__main__`, and functions whose globals are the
notebook's namespace.
"""

from __future__ import annotations

import dis
import functools
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FunctionType, MethodType
from weakref import WeakKeyDictionary

import msgspec

_READS_UNSEEN = frozenset({"eval", "exec", "globals"})
_GENERATORS = ("gi_code", "cr_code", "ag_code")
_GLOBAL_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_CLASSDEREF"})
_ATTRIBUTE_LOADS = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_MOST_ITEMS = 10_000


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What is reached from some names of the notebook.

    Parameters
    ----------
    names : frozenset of str
        Globals read by code on the way, as far as the namespace holds them; not the names that one started from,
        unless code reads those too.
    rebinds : frozenset of str
        Globals that such code assigns or deletes (`global counter`).
    attribute_chains : frozenset of str
        Dotted expressions from a global, such as `scipy.stats.norm`.
    dynamic : bool
        Code on the way reads names that it does not show (`eval`, `globals()`).
    """

    names: frozenset[str] = frozenset()
    rebinds: frozenset[str] = frozenset()
    attribute_chains: frozenset[str] = frozenset()
    dynamic: bool = False


class _CodeNames(msgspec.Struct, frozen=True):
    """Globals of one code object and those nested in it."""

    reads: frozenset[str]
    rebinds: frozenset[str]
    chains: frozenset[str]


def reached_names(names: Iterable[str], namespace: Mapping[str, object]) -> frozenset[str]:
    """Return the globals that the notebook's own code behind some names reaches, recursively.

    Parameters
    ----------
    names : iterable of str
        Where to start.
    namespace : mapping
        The notebook's namespace; only names that it holds are returned.

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
        rebinds=frozenset(walk.rebinds),
        attribute_chains=frozenset(walk.chains),
        dynamic=walk.dynamic,
    )


class _Walk:
    """A walk over objects, each visited once, so that cycles end."""

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self._namespace = namespace
        self.names: set[str] = set()
        self.rebinds: set[str] = set()
        self.chains: set[str] = set()
        self.dynamic = False
        self._seen: dict[int, object] = {}
        self._pending: list[object] = []

    def run(self, names: Iterable[str]) -> None:
        """Visit everything from some names on."""
        self._pending = [self._namespace[name] for name in names if name in self._namespace]
        while self._pending:
            value = self._pending.pop()
            # The value is kept with its id, so that the id of a property's temporary is not given to another object.
            if id(value) not in self._seen:
                self._seen[id(value)] = value
                self._pending += self._parts(value)

    def _parts(self, value: object) -> Iterator[object]:
        """Yield what a value leads to, and take in the globals of its code."""
        if isinstance(value, FunctionType):
            yield from self._function_parts(value)
        elif isinstance(value, MethodType):
            yield from (value.__func__, value.__self__)
        elif isinstance(value, functools.partial):
            yield from (value.func, *value.args, *value.keywords.values())
        elif isinstance(value, staticmethod | classmethod):
            yield value.__func__
        elif isinstance(value, property):
            yield from (value.fget, value.fset, value.fdel)
        elif isinstance(value, type):
            if self._is_ours(value):
                yield from (*value.__bases__, type(value), *vars(value).values())
        elif isinstance(value, list | tuple | set | frozenset | dict):
            yield from _callables_in(value)
        else:
            yield from self._instance_parts(value)

    def _function_parts(self, function: FunctionType) -> Iterator[object]:
        if function.__globals__ is self._namespace or function.__module__ == "__main__":
            self._take(function.__code__)
            yield from (read for read in self._values_of(function.__code__))
            yield from function.__annotations__.values()
            yield from function.__defaults__ or ()
            yield from (function.__kwdefaults__ or {}).values()
        # A library's wrapper (`functools.wraps`, `jit`) holds the notebook's function in its closure or attributes.
        for cell in function.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:
                continue
        yield from vars(function).values()

    def _instance_parts(self, value: object) -> Iterator[object]:
        kind = type(value)
        for attribute in _GENERATORS:
            code = getattr(value, attribute, None) if kind.__module__ == "builtins" else None
            if isinstance(code, CodeType) and self._is_ours_by_frame(value, attribute):
                self._take(code)
                yield from self._values_of(code)
        wrapped = _attributes(value).get("__wrapped__")
        if wrapped is not None:
            yield wrapped
        if self._is_ours(kind):
            yield kind
            yield from _attributes(value).values()

    def _is_ours(self, kind: type) -> bool:
        return kind.__module__ == "__main__" or kind.__module__ == self._namespace.get("__name__", "__main__")

    def _is_ours_by_frame(self, generator: object, attribute: str) -> bool:
        frame = getattr(generator, attribute.replace("code", "frame"), None)
        return frame is not None and frame.f_globals is self._namespace

    def _take(self, code: CodeType) -> None:
        found = code_names(code)
        self.names |= {name for name in found.reads if name in self._namespace}
        self.rebinds |= found.rebinds
        self.chains |= found.chains
        self.dynamic |= not _READS_UNSEEN.isdisjoint(found.reads - self._namespace.keys())

    def _values_of(self, code: CodeType) -> list[object]:
        return [self._namespace[name] for name in code_names(code).reads if name in self._namespace]


def _attributes(value: object) -> dict[str, object]:
    """Return an instance's own attributes without running its code."""
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return attributes if isinstance(attributes, dict) else {}


def _callables_in(
    container: list[object] | tuple[object, ...] | set[object] | frozenset[object] | dict[object, object],
) -> list[object]:
    """Return the items of a container that may lead to code; large containers hold data."""
    if len(container) > _MOST_ITEMS:
        return []
    items = list(container.values()) if isinstance(container, dict) else list(container)
    return [item for item in items if not isinstance(item, str | bytes | int | float | complex | None)]


_CODE_NAMES: WeakKeyDictionary[CodeType, _CodeNames] = WeakKeyDictionary()


def code_names(code: CodeType) -> _CodeNames:
    """Return the globals that a code object and those nested in it read and rebind."""
    known = _CODE_NAMES.get(code)
    if known is None:
        known = _CODE_NAMES[code] = _read_code(code)
    return known


def _read_code(code: CodeType) -> _CodeNames:
    reads: set[str] = set()
    rebinds: set[str] = set()
    chains: set[str] = set()
    chain: list[str] = []
    for instruction in dis.get_instructions(code):
        if chain and instruction.opname in _ATTRIBUTE_LOADS:
            chain.append(instruction.argval)
            continue
        if len(chain) > 1:
            chains.add(".".join(chain))
        chain = []
        if instruction.opname in _GLOBAL_LOADS:
            reads.add(instruction.argval)
            chain = [instruction.argval]
        elif instruction.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            rebinds.add(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            nested = code_names(constant)
            reads |= nested.reads
            rebinds |= nested.rebinds
            chains |= nested.chains
    return _CodeNames(frozenset(reads), frozenset(rebinds), frozenset(chains))
