"""The user's own `.py` files that the kernel has imported: which a cell reaches, and which have changed since.

A run imports them from their files. The kernel may go on with what it imported earlier, so what differs is told.
Libraries, installed or of Python itself, do not change under a notebook and are not looked at.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import xxhash

_FOLDERS = ("stdlib", "platstdlib", "purelib", "platlib")
_INSTALLED = ("/site-packages/", "/dist-packages/")
_OWN = __name__.partition(".")[0]
_MOST_MODULES = 200
_LARGEST_SOURCE = 4 << 20


@dataclass(frozen=True)
class _Source:
    """A file as it was when a module was loaded from it."""

    spec: object
    path: Path
    stamp: tuple[int, int]
    digest: str


_sources: dict[str, _Source | None] = {}
"""Module to its file; None for libraries. Of the whole process, as `sys.modules` is."""


def observe_modules(*, reloaded: bool = False) -> None:
    """Remember the files of modules that were loaded, or loaded again, since the last call. Cheap without any.

    Parameters
    ----------
    reloaded : bool
        Somebody, such as `%autoreload`, keeps the modules as their files are.
    """
    if len(sys.modules) != len(_sources):
        for name in sys.modules.keys() - _sources.keys():
            _observe(name)
        for name in _sources.keys() - sys.modules.keys():
            del _sources[name]
    for name, source in list(_sources.items()) if reloaded or any(_sources.values()) else ():
        if source is not None and (reloaded or getattr(sys.modules.get(name), "__spec__", None) is not source.spec):
            _observe(name)


def _observe(name: str) -> None:
    module = sys.modules.get(name)
    _sources[name] = _read(module) if isinstance(module, ModuleType) and is_local(module) else None


def is_local(module: ModuleType) -> bool:
    """Whether a module is a `.py` file of the user's, and no library."""
    name, file = vars(module).get("__name__"), vars(module).get("__file__")
    if not (isinstance(name, str) and isinstance(file, str) and file.endswith(".py")):
        return False
    if name == "__main__" or name.partition(".")[0] == _OWN:
        return False
    return not file.startswith(_library_folders()) and not any(part in file for part in _INSTALLED)


def reached_modules(values: Iterable[object], imported: Iterable[str] = ()) -> dict[str, ModuleType]:
    """Return the local modules that some values come from, those that a cell imports, and what these import.

    Parameters
    ----------
    values : iterable of object
        What a cell takes along.
    imported : iterable of str
        Modules that it imports itself.
    """
    waiting = [*imported, *(name for value in values for name in _modules_behind(value))]
    found: dict[str, ModuleType] = {}
    seen: set[str] = set()
    while waiting and len(found) < _MOST_MODULES:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += [name.rpartition(".")[0]] if "." in name else []
        module = sys.modules.get(name)
        if isinstance(module, ModuleType) and is_local(module):
            found[name] = module
            waiting += [inner for value in list(vars(module).values()) for inner in _modules_behind(value)]
    return found


def changed_files(modules: Iterable[str]) -> tuple[str, ...]:
    """Return those of some local modules whose file is not what the kernel has imported, sorted."""
    return tuple(sorted(name for name in modules if _has_changed(_sources.get(name))))


def _modules_behind(value: object) -> Iterator[str]:
    if isinstance(value, ModuleType):
        yield value.__name__
    elif isinstance(value, FunctionType | BuiltinFunctionType | type):
        if isinstance(value.__module__, str):
            yield value.__module__
    elif isinstance(value, MethodType | partial):
        inner = value.__self__ if isinstance(value, MethodType) else value.func
        yield from _modules_behind(inner)
    else:
        yield type(value).__module__


def _read(module: ModuleType) -> _Source | None:
    path = Path(str(module.__file__))
    try:
        stamp = _stamp(path)
        return _Source(module.__spec__, path, stamp, _digest(path) if stamp[1] <= _LARGEST_SOURCE else "")
    except OSError:
        return None


def _has_changed(source: _Source | None) -> bool:
    if source is None:
        return False
    try:
        # Saved again without a change, or checked out: only another time.
        return _stamp(source.path) != source.stamp and _digest(source.path) != source.digest
    except OSError:
        return True


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _digest(path: Path) -> str:
    return xxhash.xxh3_128_hexdigest(path.read_bytes())


@cache
def _library_folders() -> tuple[str, ...]:
    return tuple(f"{sysconfig.get_path(name)}/" for name in _FOLDERS)
