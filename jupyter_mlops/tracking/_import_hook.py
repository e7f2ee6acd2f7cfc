"""Does something right after a module was imported, by whoever, and nothing before.

Heavy libraries are adapted to a run only when user code imports them; until then the hook costs one look at a
dictionary for each import.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

Adapt = Callable[[ModuleType], None]


def when_imported(name: str, adapt: Adapt) -> None:
    """Call `adapt(module)` as soon as the module is imported: now, where it is already.

    Parameters
    ----------
    name : str
        Qualified, such as "mlflow.tracking.fluent".
    adapt : callable
        Called once.
    """
    module = sys.modules.get(name)
    if module is not None:
        adapt(module)
        return
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    _waiting.setdefault(name, []).append(adapt)


class _Finder:
    """Finds nothing itself; puts our loader around the one that the other finders give."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module that somebody waits for, with our loader."""
        adapts = _waiting.pop(fullname, None)
        if adapts is None:
            return None
        spec = next(
            (
                spec
                for finder in sys.meta_path
                if finder is not self and (spec := finder.find_spec(fullname, path, target)) is not None
            ),
            None,
        )
        if spec is None or spec.loader is None:
            _waiting[fullname] = adapts
            return None
        spec.loader = cast("Any", _Loader(spec.loader, adapts))
        return spec


class _Loader:
    """Loads as the module's own loader does, then adapts."""

    def __init__(self, loader: Any, adapts: list[Adapt]) -> None:
        self._loader = loader
        self._adapts = adapts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module as its own loader does."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, give it its own loader back, adapt it."""
        self._loader.exec_module(module)
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        for adapt in self._adapts:
            adapt(module)


_waiting: dict[str, list[Adapt]] = {}
