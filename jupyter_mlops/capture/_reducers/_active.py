"""Which reducer packs a value: one file a framework, loaded only when the kernel has loaded that framework itself.

`_<framework>.py` here has one function, `reducers()`, that maps types to functions `(value, pickler) -> reduction`.
A reducer exists where the framework's own pickling copies large buffers, forgets what they share, or loses state.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._pickler import ValuePickler

Reducer = Callable[[Any, "ValuePickler"], Any]
"""Return what `__reduce_ex__` would, or NotImplemented to leave the value to its own pickling."""


@functools.cache
def _files() -> dict[str, str]:
    """Return framework (its import name) to the module here that packs its values."""
    names = {info.name for info in pkgutil.iter_modules(importlib.import_module(__package__).__path__)}
    own = __name__.rpartition(".")[2]
    return {name.removeprefix("_"): f".{name}" for name in sorted(names - {own})}


@functools.cache
def _reducers_of(framework: str) -> Mapping[type, Reducer]:
    table: Mapping[type, Reducer] = importlib.import_module(_files()[framework], __package__).reducers()
    return table


def is_loaded(framework: str) -> bool:
    """Whether this process has imported a library, to the end."""
    module = sys.modules.get(framework)
    return module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False)


def active_reducers() -> dict[type, Reducer]:
    """Return the reducers of every framework that this process has imported."""
    table: dict[type, Reducer] = {}
    for framework in _files():
        if is_loaded(framework):
            table.update(_reducers_of(framework))
    return table


def find_reducer(kind: type, table: Mapping[type, Reducer]) -> Reducer | None:
    """Return the reducer of a type or of its nearest base that has one."""
    return next((table[base] for base in kind.__mro__ if base in table), None)
