"""How notebook functions and classes are built again.

cloudpickle's own constructors give every function a private copy of its globals, let go of cells that two closures
share, and write over a class that the receiver already has. In a notebook all three are visible, hence these. Pickle
streams name these functions: renaming one breaks old runs.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from cloudpickle import cloudpickle

_fresh_classes: weakref.WeakSet[type] = weakref.WeakSet()
_lock = threading.RLock()
_local = threading.local()


class ReceiverNamespace:
    """Stands in a stream for the namespace of whoever loads it; the unpickler puts that in its place."""

    def __reduce__(self) -> str:
        return "RECEIVER_NAMESPACE"


RECEIVER_NAMESPACE = ReceiverNamespace()


class ModuleGlobals:
    """Stands in a stream for the globals of an importable module."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return module_globals, (self.name,)


def module_globals(name: str) -> dict[str, Any]:
    """Return the globals of a module, importing it."""
    return importlib.import_module(name).__dict__


def make_function(code: types.CodeType, namespace: dict[str, Any], closure: tuple[Any, ...] | None) -> Any:
    """Return a function over a namespace that already exists."""
    return types.FunctionType(code, namespace, None, None, closure)


def set_function_state(function: Any, state: tuple[dict[str, Any], dict[str, Any], tuple[Any, ...]]) -> None:
    """Give a function its attributes, defaults and annotations."""
    # The modules that it uses come along only to be imported.
    attributes, slots, _modules = state
    function.__dict__.update(attributes)
    for name, value in slots.items():
        setattr(function, name, value)


def make_cell() -> types.CellType:
    """Return an empty closure cell."""
    return types.CellType()


def set_cell(cell: types.CellType, state: tuple[Any]) -> None:
    """Fill a closure cell."""
    (cell.cell_contents,) = state


def make_exception(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """Return an exception without calling its `__init__`, which may take other arguments than it passed on."""
    error = kind.__new__(kind)
    error.args = args
    return error


def make_class(constructor: Callable[..., type], args: tuple[Any, ...]) -> type:
    """Return the class known here under the sender's tracking id, else a new one without attributes."""
    tracking_id = args[-2]
    with _lock:
        known: type | None = cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID.get(tracking_id)
        if known is not None:
            return known
        made = _make_unregistered(*args) if constructor is cloudpickle._make_skeleton_class else constructor(*args)
        _fresh_classes.add(made)
        return made


def _make_unregistered(
    metaclass: Any, name: str, bases: tuple[type, ...], namespace: dict[str, Any], tracking_id: str, extra: Any
) -> type:
    """Return a class without its attributes; the notebook's own metaclass and `__init_subclass__` hear nothing of it.

    They were told when the class was defined: what they did then travels as their state, and what they read may not be
    here yet.
    """
    with _without_hook(bases):
        if metaclass.__module__ != "__main__":
            made: type = cloudpickle._make_skeleton_class(metaclass, name, bases, namespace, tracking_id, extra)
            return made
        librarys = next(kind for kind in metaclass.__mro__ if kind.__module__ != "__main__")
        made = librarys.__new__(metaclass, name, types.resolve_bases(bases), dict(namespace))
        found: type = cloudpickle._lookup_class_or_track(tracking_id, made)
        return found


@contextlib.contextmanager
def _without_hook(bases: tuple[type, ...]) -> Iterator[None]:
    """Let the `__init_subclass__` that some bases have do nothing where it is the notebook's."""
    owners = (
        owner for base in types.resolve_bases(bases) for owner in base.__mro__ if "__init_subclass__" in vars(owner)
    )
    owner = next(owners, object)
    if owner.__module__ != "__main__":
        yield
        return
    hook = vars(owner)["__init_subclass__"]
    type.__setattr__(owner, "__init_subclass__", classmethod(_hear_nothing))
    try:
        yield
    finally:
        type.__setattr__(owner, "__init_subclass__", hook)


def set_class_state(cls: type, state: tuple[Any, bool]) -> None:
    """Give a new class its attributes. One that existed is left alone unless it was sent by name (`overwrite`)."""
    attributes, overwrite = state
    with _lock:
        fresh = cls in _fresh_classes
        _fresh_classes.discard(cls)
    if fresh or overwrite:
        cloudpickle._class_setstate(cls, attributes)


def _hear_nothing(_cls: type[Any], /, **_options: Any) -> None:
    """Stand in for a hook."""


def make_bare(kind: type) -> Any:
    """Return an object without calling its constructor, which would draw random numbers and register names."""
    return object.__new__(kind)


def make_own_attributes(kind: type[dict[Any, Any]]) -> Any:
    """Return an empty dictionary that is its own `__dict__`."""
    value = kind.__new__(kind)
    object.__setattr__(value, "__dict__", value)
    return value


def set_attributes(value: Any, attributes: dict[str, Any]) -> None:
    """Give an object its attributes behind the back of its own `__setattr__`, which would track them once more."""
    vars(value).update(attributes)


def when_loaded(action: Callable[[], None]) -> None:
    """Call `action` when the whole stream is loaded: objects in a cycle are not complete before."""
    waiting: list[Callable[[], None]] | None = getattr(_local, "waiting", None)
    if waiting is None:
        action()
    else:
        waiting.append(action)


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Gather what `when_loaded` is told, and do it at the end."""
    outer = getattr(_local, "waiting", None)
    _local.waiting = []
    try:
        yield
        for action in _local.waiting:
            action()
    finally:
        _local.waiting = outer
