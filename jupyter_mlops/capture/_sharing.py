"""Which objects lie inside others: what two names of the notebook share, a run would part. Runs in the kernel.

A run changes copies. A name whose object lies inside one that the run may change has to go along and come back with
it, or it would keep the version from before (`trainer.train(); evaluate(model)`). Looking runs none of the objects'
code, and gives up after some thousand objects: nearest ones come first.
"""

from __future__ import annotations

import enum
import gc
import re
import sys
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import Any

from ._text._stateful import is_data, is_stateful

MOST_OBJECTS = 4_000
"""One costs about 0.3 us."""

_MOST_ITEMS = 1_000
_ATOMS = (type(None), bool, int, float, complex, str, bytes, range, slice, type(Ellipsis), enum.Enum, re.Pattern)
_PROCESS = (type, ModuleType, CodeType, FrameType, GeneratorType, TracebackType)
_FOREIGN = frozenset(
    {"_contextvars", "_thread", "asyncio", "ctypes", "ipykernel", "jupyter_mlops", "logging", "threading", "zmq"}
    | {"IPython", "concurrent", "selectors", "socket", "traitlets"}
)
"""Libraries whose objects lead to the whole process, and to nothing that a cell trains."""

_FIXED = (tuple, frozenset, FunctionType, MethodType, BuiltinFunctionType)
"""Kinds of objects that cannot change themselves; what they hold can."""

_Parts = Callable[[Any], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How to look at objects of one class. Without `parts` they are looked into as the garbage collector does."""

    counts: bool = True
    changeable: bool = True
    is_tensor: bool = False
    parts: _Parts | None = None


_IGNORED = _Kind(counts=False)
_known: dict[type, _Kind] = {}


@dataclass
class Inside:
    """What some objects lead to, as identities. Valid while the objects live.

    Parameters
    ----------
    objects : set of int
        Everything, the objects themselves included, except numbers, texts, classes and modules.
    changeable : set of int
        Those of them that keep a state of their own; arrays and frames do not count, which many objects look at.
    """

    objects: set[int] = field(default_factory=set)
    changeable: set[int] = field(default_factory=set)

    def has(self, value: object) -> bool:
        """Whether an object, or the memory that a tensor shows, is among them."""
        return (_memory(value) if _is_tensor(type(value)) else id(value)) in self.objects


def objects_inside(values: Iterable[object], most: int = MOST_OBJECTS) -> Inside:
    """Return what some objects of the notebook lead to, through attributes, items, closures and bound methods.

    Parameters
    ----------
    values : iterable of object
        Where to start.
    most : int
        Look at no more objects.

    Examples
    --------
    >>> frame, other = [1], [1]
    >>> inside = objects_inside([{"data": frame}])
    >>> inside.has(frame), inside.has(other)
    (True, False)
    """
    inside = Inside()
    level: list[Any] = list(values)
    while level:
        unread, further = list[Any](), list[Any]()
        for value in level:
            kind = _known.get(type(value)) or _kind_of(type(value))
            if not kind.counts:
                continue
            identity = _memory(value) if kind.is_tensor else id(value)
            if identity in inside.objects:
                continue
            if len(inside.objects) >= most:
                return inside
            inside.objects.add(identity)
            if kind.is_tensor:
                if is_stateful(value):
                    inside.changeable.add(identity)
            elif kind.changeable:
                inside.changeable.add(identity)
            if kind.parts is None:
                unread.append(value)
            else:
                further.extend(kind.parts(value))
        level = further + gc.get_referents(*unread)
    return inside


def _kind_of(kind: type) -> _Kind:
    found = _look_at(kind)
    # A class of the notebook may be defined anew any time; remembering it would keep it alive.
    if kind.__module__ != "__main__":
        _known[kind] = found
    return found


def _look_at(kind: type) -> _Kind:
    if issubclass(kind, (*_ATOMS, *_PROCESS)) or kind.__module__.partition(".")[0] in _FOREIGN:
        return _IGNORED
    if kind is FunctionType:
        # Not its globals: they are the whole namespace.
        return _Kind(
            changeable=False, parts=lambda function: (*(function.__closure__ or ()), *(function.__defaults__ or ()))
        )
    if kind is BuiltinFunctionType:
        return _Kind(changeable=False, parts=lambda function: (function.__self__,))
    if issubclass(kind, weakref.ref):
        return _Kind(changeable=False, parts=lambda reference: (reference(),))
    if is_data(kind):
        return _Kind(changeable=False, is_tensor=_is_tensor(kind), parts=lambda _: ())
    changeable = not issubclass(kind, _FIXED)
    if issubclass(kind, (list, tuple, set, frozenset, dict)):
        return _Kind(changeable=changeable, parts=_items)
    return _Kind(changeable=changeable)


def _items(container: Any) -> Iterable[Any]:
    return gc.get_referents(container) if len(container) <= _MOST_ITEMS else ()


def _is_tensor(kind: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(kind, getattr(torch, "Tensor", ()))


def _memory(tensor: Any) -> int:
    """Return what tells a tensor from others: those that show the same memory are one."""
    return int(tensor.untyped_storage()._cdata) if tensor.layout is sys.modules["torch"].strided else id(tensor)
