"""Settings that the notebook has made in its own modules: `config.DEBUG = True` holds in a run as well.

A module travels as an import, so its attributes would be what the file says. Plain data among them is taken along and
set after the import, in the run, where it differs. Anything else that a module holds (models, connections, frames) is
the file's business.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from .._on_import import when_imported

MODULE_STATE = "__mlops_module_state__"
"""The name under which it travels."""

_MOST_PARTS = 1_000
"""Of one attribute; what is larger is data and no setting."""

_LONGEST = 10_000
_TRAVEL_BY_NAME = (type, ModuleType, FunctionType, BuiltinFunctionType)
_ATOMS = (type(None), bool, int, float, complex, str, bytes)


@dataclass(frozen=True)
class ModuleState:
    """Attributes of local modules.

    Parameters
    ----------
    attributes : dict
        Module to its attributes and their values.
    shared : dict
        Module to those of them whose object has a name in the notebook that travels, too: `from config import LIMITS`.
    """

    attributes: dict[str, dict[str, Any]]
    shared: dict[str, frozenset[str]]

    @classmethod
    def of(cls, modules: Mapping[str, ModuleType], captured: Collection[object]) -> ModuleState | None:
        """Return what is set in some modules, or None where that is nothing; `captured` is what travels besides."""
        known = {id(value) for value in captured if not isinstance(value, _ATOMS)}
        attributes = {name: dict(_settings(module, known)) for name, module in modules.items()}
        attributes = {name: found for name, found in attributes.items() if found}
        shared = {
            name: frozenset(key for key, value in found.items() if id(value) in known)
            for name, found in attributes.items()
        }
        return cls(attributes, shared) if attributes else None

    def apply(self) -> None:
        """Set what differs, in each module as soon as it is imported."""
        for name in self.attributes:
            when_imported(name, functools.partial(self._set, name))

    def _set(self, name: str) -> None:
        module = vars(sys.modules[name])
        for key, value in self.attributes[name].items():
            if key in self.shared[name] or key not in module or not _is_same(module[key], value):
                module[key] = value


def _settings(module: ModuleType, known: Collection[int]) -> Iterator[tuple[str, Any]]:
    for key, value in list(vars(module).items()):
        if not key.startswith("__") and (_is_plain(value) or _is_data(value, known)):
            yield key, value


def _is_data(value: object, known: Collection[int]) -> bool:
    return id(value) in known and not isinstance(value, _TRAVEL_BY_NAME)


def _is_plain(value: object) -> bool:
    """Whether a value is numbers and texts, and containers of them, of moderate size."""
    waiting, parts = [value], 0
    while waiting:
        part = waiting.pop()
        parts += 1
        kind = type(part)
        if kind in (list, tuple, set, frozenset):
            inner = list(part)  # type: ignore[call-overload]  # mypy does not follow `kind`
        elif kind is dict:
            inner = [*part, *part.values()]  # type: ignore[misc,attr-defined]  # mypy does not follow `kind`
        elif kind in _ATOMS and not (kind in (str, bytes) and len(part) > _LONGEST):  # type: ignore[arg-type]  # as above
            continue
        else:
            return False
        if parts + len(inner) > _MOST_PARTS:
            return False
        waiting += inner
    return True


def _is_same(old: object, new: object) -> bool:
    try:
        return type(old) is type(new) and repr(old) == repr(new) and bool(old == new)
    except Exception:  # noqa: BLE001  # comparing arrays, or objects of any library
        return False
