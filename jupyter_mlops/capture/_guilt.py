"""Find the object that keeps a value from being packed, and the path that leads to it.

Runs only after packing has failed: the fast pickler does not say where it was. The one here is the pure Python pickler
with a stack. It is slow, and what it writes goes nowhere.
"""

from __future__ import annotations

import itertools
import pickle
import types
from collections.abc import Callable, Mapping
from typing import Any

from ._pickler import ValuePickler
from ._refusals import Refusal, RefusedValueError, remedy_of, type_name

_KEY_LENGTH = 40


def find_guilty(name: str, value: Any, pickler: ValuePickler, error: BaseException) -> Refusal:
    """Return which object inside a value cannot be packed.

    Parameters
    ----------
    name, value
        The notebook's name and what it holds.
    pickler : ValuePickler
        A new one, set up as the fast one was.
    error : BaseException
        What the fast pickler raised.
    """
    tracer = _Tracer(pickler)
    try:
        tracer.dump(value)
    except Exception as traced:  # noqa: BLE001  # what a value's own pickling raises is what we came to explain
        error = traced
    chain = tracer.stack or [value]
    guilty = chain[-1]
    reason = _said_by(error).strip().rstrip(".") or type(error).__name__
    if isinstance(error, RecursionError):
        chain, guilty, reason = [value], value, "it is nested too deeply"
    remedy = remedy_of(type(guilty))
    if isinstance(error, RefusedValueError):
        reason, remedy = error.reason, error.remedy
    try:
        path = _path(name, chain)
    except Exception:  # noqa: BLE001  # objects on the way are asked, and answer with any code of their own
        path = name
    return Refusal(name, type_name(guilty), path, reason[:300], remedy.replace("{name}", path))


def _said_by(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # the error is of the value's own making, as is its text
        return ""


class _Tracer(pickle._Pickler):
    """A pickler that still knows, when it fails, through which objects it went."""

    def __init__(self, packer: ValuePickler) -> None:
        super().__init__(_Nowhere(), protocol=5, buffer_callback=lambda _: False)
        self._packer = packer
        self.dispatch_table = self._packer.dispatch_table
        self.stack: list[Any] = []

    def reducer_override(self, obj: Any) -> Any:
        return self._packer.reducer_override(obj)

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        self.stack.append(obj)
        super().save(obj, save_persistent_id)  # type: ignore[misc]  # typeshed leaves it out
        # Not in a finally: after a failure the stack is the answer.
        self.stack.pop()


class _Nowhere:
    def write(self, data: Any) -> int:
        return len(data)


def _path(name: str, chain: list[Any]) -> str:
    """Return how Python would reach the last object of a chain, as far as it can be told."""
    path, anchor = name, chain[0]
    for parent, child in itertools.pairwise(chain):
        step = _step(anchor, parent, child)
        if step is not None:
            path, anchor = path + step, (parent if isinstance(parent, types.CellType) else child)
    return path


def _step(anchor: Any, parent: Any, child: Any) -> str | None:
    """Return the piece of path from one object to the next, or None when the next is only its packing."""
    if isinstance(parent, dict):
        key = next((key for key, value in parent.items() if value is child), parent)
        if key is parent:
            return None
        if isinstance(key, str) and parent is not anchor and _attribute(anchor, key) is child:
            return f".{key}"
        return f"[{repr(key)[:_KEY_LENGTH]}]"
    if isinstance(anchor, types.CellType) and isinstance(parent, tuple):
        # A cell is packed as a tuple of its content, which is where the path goes on.
        return ""
    if isinstance(parent, list | tuple) and parent is anchor:
        return next((f"[{index}]" for index, item in enumerate(parent) if item is child), None)
    if isinstance(anchor, types.MethodType) and child is anchor.__self__:
        return ".__self__"
    if isinstance(parent, types.CellType):
        return _free_variable(anchor, parent)
    return None


def _free_variable(anchor: Any, cell: types.CellType) -> str | None:
    code, closure = getattr(anchor, "__code__", None), getattr(anchor, "__closure__", None) or ()
    if code is None:
        return None
    return next((f".<{name}>" for name, held in zip(code.co_freevars, closure, strict=False) if held is cell), None)


def _attribute(value: Any, name: str) -> Any:
    found: Callable[[], Any] | Any = getattr(value, "__dict__", {})
    return found.get(name) if isinstance(found, Mapping) else None
