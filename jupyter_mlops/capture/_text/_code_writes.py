"""What compiled code writes into, where no text of a cell tells: closures, operators, properties and class attributes.

A function that a cell names is known by its text (`_effects`). Python also runs code that nobody names: a property, an
operator, `__enter__`; and the closure that a function has returned. Reading bytecode is coarse, and errs on the side of
waiting: what turns out to be unchanged is released.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import CodeType, FunctionType
from weakref import WeakKeyDictionary

import msgspec

from ._known_calls import LOOKING_METHODS
from ._stateful import is_stateful

_GLOBAL_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})
_ATTRIBUTE_STORES = frozenset({"STORE_ATTR", "DELETE_ATTR"})
_ITEM_STORES = frozenset({"STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE"})
_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__setattr__", "__setstate__", "__del__", "__call__"})
"""Run while an object is made or taken apart, or seen in the text."""

_OWN_CLASS = frozenset({"__class__", "type"})

_SPECIAL = re.compile("__|_.*_$|_abc_impl$|_field_defaults$").match
"""Names of what Python, `enum`, `abc` and `typing` keep in a class for themselves."""


class CodeWrites(msgspec.Struct, frozen=True):
    """What a code object, with those nested in it, does to objects that it did not make.

    Parameters
    ----------
    attributes, items : bool
        It sets or deletes some attribute; some item.
    names : frozenset of str
        Globals and attributes that it loads.
    called : frozenset of str
        Those of them on which it calls a method that may change them.
    """

    attributes: bool = False
    items: bool = False
    names: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()

    def changes(self, name: str) -> bool:
        """Whether it may change what a global or an attribute of this name holds."""
        return name in self.called or (self.items and name in self.names)


_KNOWN: WeakKeyDictionary[CodeType, CodeWrites] = WeakKeyDictionary()


def code_writes(code: CodeType) -> CodeWrites:
    """Return what a code object and those nested in it write into."""
    known = _KNOWN.get(code)
    if known is None:
        known = _KNOWN[code] = _read(code)
    return known


def globals_written(code: CodeType, names: Iterable[str]) -> frozenset[str]:
    """Return which of some globals the code may change."""
    writes = code_writes(code)
    return frozenset(name for name in names if writes.changes(name) or (writes.attributes and name in writes.names))


def changed_unseen(namespace: Mapping[str, object], names: Iterable[str]) -> frozenset[str]:
    """Return names whose object may change by being used, in ways that no cell shows.

    Objects of the notebook's classes with operators or properties that write, and classes and metaclasses whose methods
    write into what the class itself holds.

    Parameters
    ----------
    namespace : Mapping
        The notebook's names.
    names : iterable of str
        Those that a cell reads.
    """
    found = set()
    for name in names:
        value = namespace.get(name)
        kind = value if isinstance(value, type) else type(value)
        if kind.__module__ != "__main__":
            continue
        if kind is not value and any(map(_writes, _unseen_functions(kind))):
            found.add(name)
        for maker in (kind, type(kind)):
            for owner in _own_classes(maker):
                if namespace.get(owner.__qualname__) is owner and _writes_into_class(maker, owner):
                    found.add(owner.__qualname__)
    return frozenset(found)


def changed_in_classes(
    namespace: Mapping[str, object], methods: Mapping[str, Collection[str]], attribute_chains: Iterable[str]
) -> frozenset[str]:
    """Return the notebook's classes that hold an object which a cell may change: `CFG.history.append(1)`.

    Parameters
    ----------
    namespace : Mapping
        The notebook's names.
    methods, attribute_chains
        As in `CellNames`. A method that the class has is called on the class, any other on what it holds.
    """
    found = set()
    for chain in attribute_chains:
        name, _, rest = chain.partition(".")
        attribute, kind = rest.partition(".")[0], namespace.get(name)
        if not isinstance(kind, type) or kind.__module__ != "__main__":
            continue
        changing = set(methods.get(name, ())) - LOOKING_METHODS
        owner = next((owner for owner in kind.__mro__ if attribute in vars(owner)), None)
        if owner is None or not _is_state(vars(owner)[attribute]) or all(hasattr(kind, method) for method in changing):
            continue
        found.add(name)
        if namespace.get(owner.__qualname__) is owner:
            found.add(owner.__qualname__)
    return frozenset(found)


def holds_state(kind: type) -> bool:
    """Return whether a class of the notebook holds something that a call may change."""
    return any(map(_held_by, _own_classes(kind)))


def _own_classes(kind: type) -> Iterator[type]:
    return (owner for owner in kind.__mro__ if owner.__module__ == "__main__")


def _unseen_functions(kind: type) -> Iterator[FunctionType]:
    """Yield the functions that Python calls for operators, and those of properties."""
    for owner in _own_classes(kind):
        for name, member in vars(owner).items():
            if isinstance(member, property) and isinstance(member.fget, FunctionType):
                yield member.fget
            elif isinstance(member, FunctionType) and name[:2] == name[-2:] == "__" and name not in _MAKING:
                yield member


def _writes(function: FunctionType) -> bool:
    writes = code_writes(function.__code__)
    return writes.attributes or writes.items or bool(writes.called - function.__globals__.keys())


def _writes_into_class(kind: type, owner: type) -> bool:
    """Whether methods of a class write into what it, or a class that it inherits from, holds."""
    held = _held_by(owner)
    for part in _own_classes(kind):
        for member in vars(part).values():
            function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            # `Enum` and `Protocol` put functions of their own into each class.
            if not isinstance(function, FunctionType) or function.__module__ != owner.__module__:
                continue
            writes = code_writes(function.__code__)
            sets_class = isinstance(member, classmethod) or not _OWN_CLASS.isdisjoint(writes.names)
            if (sets_class and writes.attributes) or any(map(writes.changes, held)):
                return True
    return False


def _held_by(owner: type) -> list[str]:
    """Return the attributes of a class itself whose objects may change."""
    return [name for name, value in vars(owner).items() if not _SPECIAL(name) and _is_state(value)]


def _is_state(value: object) -> bool:
    return not (callable(value) or hasattr(type(value), "__get__")) and is_stateful(value)


def _read(code: CodeType) -> CodeWrites:
    nested = [code_writes(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    opcodes, names, called = set(), set(), set()
    last = ""
    for instruction in dis.get_instructions(code):
        opcode = instruction.opname
        opcodes.add(opcode)
        is_method = opcode == "LOAD_METHOD" or (opcode == "LOAD_ATTR" and instruction.argrepr.startswith("NULL|self"))
        if is_method and last and instruction.argval not in LOOKING_METHODS:
            called.add(last)
        last = str(instruction.argval) if not is_method and opcode in {"LOAD_ATTR", *_GLOBAL_LOADS} else ""
        names |= {last} - {""}
    return CodeWrites(
        attributes=not _ATTRIBUTE_STORES.isdisjoint(opcodes) or any(inner.attributes for inner in nested),
        items=not _ITEM_STORES.isdisjoint(opcodes) or any(inner.items for inner in nested),
        names=frozenset(names).union(*(inner.names for inner in nested)),
        called=frozenset(called).union(*(inner.called for inner in nested)),
    )
