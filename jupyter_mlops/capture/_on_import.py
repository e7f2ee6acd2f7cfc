"""Do something once a library has been imported, without importing it. Runs in the executor.

The kernel's state of a library that the run never imports is not worth its import; one that it imports must have the
state before the next line of the cell.
"""

from __future__ import annotations

import contextlib
import importlib.util
import random
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ._reducers._active import is_loaded

Action = Callable[[], None]


def when_imported(name: str, action: Action | None = None) -> None:
    """Call `action` as soon as a module has been imported: now, when it has been already.

    The import itself draws no random numbers, as far as the cell can tell: in the kernel it was long over.

    Parameters
    ----------
    name : str
        Full name of the module.
    action : callable
        Called once, in the thread that imports.
    """
    if name in sys.modules:
        if action is not None:
            action()
        return
    _finder.wait(name, [] if action is None else [action])


class _Finder:
    """Asks the other finders, and has the loader that they give tell when it is done."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[Action]] = {}

    def wait(self, name: str, actions: list[Action]) -> None:
        self.waiting.setdefault(name, []).extend(actions)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(self, name: str, *_searched: object) -> ModuleSpec | None:
        actions = self.waiting.pop(name, None)
        if not self.waiting and self in sys.meta_path:
            sys.meta_path.remove(self)
        if actions is None:
            return None
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            _tell_when_executed(spec.loader, actions)
        return spec


_finder = _Finder()


@contextlib.contextmanager
def _random_numbers_kept() -> Iterator[None]:
    """Keep the global generators as they are: TensorFlow, XGBoost and LightGBM draw from them at their import."""
    drawn = random.getstate()
    legacy = sys.modules.get("numpy.random")
    legacy_drawn = legacy.get_state(legacy=False) if is_loaded("numpy.random") and legacy is not None else None
    try:
        yield
    finally:
        random.setstate(drawn)
        if legacy is not None and legacy_drawn is not None:
            legacy.set_state(legacy_drawn)


def _tell_when_executed(loader: Any, actions: list[Action]) -> None:
    # The loader itself and not one around it: libraries ask theirs for resources and sources.
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        try:
            with _random_numbers_kept():
                execute(module)
        except BaseException:  # the import failed, however; whoever tries again still needs the state
            _finder.wait(module.__name__, actions)
            raise
        for action in actions:
            action()

    loader.exec_module = exec_module
