"""The state of the process around a cell: directory, paths, environment, warnings, logging, and what libraries keep.

Captured in the kernel at submission, taken on by the executor. It travels in the inputs' pickle and nowhere else: the
environment may hold secrets.
"""

from __future__ import annotations

import decimal
import functools
import locale
import logging
import os
import pickle
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
import xxhash

from ...home import packed_environment, take_environment, unpacked_environment
from .._on_import import when_imported
from .._reducers._active import is_loaded
from ._libraries import ASPECTS, Aspect
from ._registrations import Packed, read_registrations, write_registrations

_OWN_VARIABLES = "JUPYTER_MLOPS_"
"""Variables of the run itself, which the kernel's do not replace."""

_KERNEL_VARIABLES = frozenset({"JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "IPY_INTERRUPT_EVENT"})
"""What ties a kernel to its server: a run outlives both."""

_Filter = tuple[str, Any, str, Any, int]


@dataclass(frozen=True)
class LogHandler:
    """A root handler as `logging.basicConfig` makes it: to stdout or stderr, with a format."""

    stream: str
    level: int
    format: str
    date_format: str | None


@dataclass(frozen=True)
class AmbientState:
    """What surrounds a cell in its process.

    Parameters
    ----------
    cwd : str
        Working directory.
    path : tuple of str
        `sys.path`.
    environment : dict
        `os.environ`, without what belongs to the kernel alone.
    filters : tuple
        Warning filters, categories by name.
    levels : dict
        Logger to the level that was set on it; the root's name is empty.
    handlers : tuple of LogHandler
        Of the root logger.
    locale, recursion_limit, decimal
        As the standard library has them.
    imported : tuple of str
        Top-level modules, without the standard library's, that were imported before.
    libraries : dict
        Name of an `Aspect` to its pickled state; unpickled only where that library is imported.
    disabled : int
        As `logging.disable` has set it.
    silenced : tuple of (str, bool, bool)
        Logger, whether it propagates and whether it is disabled, where it is not as Python makes it.
    registered : tuple of (str, Packed)
        What the notebook has registered with libraries; see `read_registrations`.
    """

    cwd: str
    path: tuple[str, ...]
    environment: dict[str, str]
    filters: tuple[_Filter, ...]
    levels: dict[str, int]
    handlers: tuple[LogHandler, ...]
    locale: str
    recursion_limit: int
    decimal: decimal.Context
    imported: tuple[str, ...]
    libraries: dict[str, bytes]
    disabled: int = logging.NOTSET
    silenced: tuple[tuple[str, bool, bool], ...] = ()
    registered: tuple[tuple[str, Packed], ...] = ()

    @classmethod
    def capture(cls) -> AmbientState:
        """Return the state of this process. Imports nothing; about a millisecond with everything loaded."""
        environment = unpacked_environment(packed_environment())
        aspects = [aspect for aspect in ASPECTS if is_loaded(aspect.module)]
        states = ((aspect.key, aspect.read()) for aspect in aspects)
        return cls(
            cwd=_working_directory(),
            path=tuple(sys.path),
            environment={key: value for key, value in environment.items() if key not in _KERNEL_VARIABLES},
            filters=tuple(_portable_filters()),
            levels=dict(_levels()),
            handlers=tuple(_root_handlers()),
            locale=locale.setlocale(locale.LC_ALL),
            recursion_limit=sys.getrecursionlimit(),
            decimal=decimal.getcontext().copy(),
            imported=_imported.refreshed(),
            libraries={key: cloudpickle.dumps(state) for key, state in states if state is not None},
            disabled=logging.root.manager.disable,
            silenced=tuple(_silenced()),
            registered=tuple(read_registrations().items()),
        )

    def seeds(self) -> dict[str, str]:
        """Return a digest of each random state, for people who ask whether two runs began alike."""
        return {
            aspect.name: xxhash.xxh3_128_hexdigest(self.libraries[aspect.key])
            for aspect in ASPECTS
            if aspect.is_random and aspect.key in self.libraries
        }

    def prepare(self) -> None:
        """Take on what must be there before values are unpacked: directory, paths, environment.

        Raises
        ------
        FileNotFoundError
            The working directory is gone.
        """
        os.chdir(self.cwd)
        sys.path[:] = self.path
        held = unpacked_environment(packed_environment())
        own = {key: value for key, value in held.items() if key.startswith(_OWN_VARIABLES)}
        take_environment(self.environment | own)
        sys.setrecursionlimit(self.recursion_limit)
        locale.setlocale(locale.LC_ALL, self.locale)

    def apply(self) -> None:
        """Take on the rest; a library that is not imported yet gets its state when it is."""
        decimal.setcontext(self.decimal)
        self._apply_filters()
        self._apply_logging()
        for library in self.imported:
            when_imported(library)
        for aspect in ASPECTS:
            if aspect.key in self.libraries:
                when_imported(aspect.module, functools.partial(_write, aspect, self.libraries[aspect.key]))
        write_registrations(dict(self.registered))

    def _apply_filters(self) -> None:
        # Resetting also tells the module that what it remembers of earlier warnings is out of date.
        warnings.resetwarnings()
        filters: Any = warnings.filters
        for entry in self.filters:
            category = _category(entry[2])
            if category is not None:
                filters.append((entry[0], entry[1], category, *entry[3:]))
                continue
            library = entry[2].partition(".")[0].partition(":")[0]
            when_imported(library, functools.partial(_insert_filter, entry))

    def _apply_logging(self) -> None:
        for name, level in self.levels.items():
            logger = logging.getLogger(name)
            # Setting one makes every logger forget what it is enabled for.
            if logger.level != level:
                logger.setLevel(level)
        logging.disable(self.disabled)
        for name, propagates, disabled in self.silenced:
            logger = logging.getLogger(name)
            logger.propagate, logger.disabled = propagates, disabled
        if self.handlers and not logging.root.handlers:
            for told in self.handlers:
                handler = logging.StreamHandler(getattr(sys, told.stream))
                handler.setLevel(told.level)
                handler.setFormatter(logging.Formatter(told.format, told.date_format))
                logging.root.addHandler(handler)


def _working_directory() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        # It was deleted under the kernel; the run says so when it starts.
        return os.environ.get("PWD", os.sep)


class _Imported:
    """The libraries that this process has imported. A few thousand modules are gone through only when there are new."""

    def __init__(self) -> None:
        self._seen: tuple[int, str] = (0, "")
        self._libraries: tuple[str, ...] = ()

    def refreshed(self) -> tuple[str, ...]:
        """Return their names; what was added since, whatever went meanwhile, stands at the end of the table."""
        seen = len(sys.modules), next(reversed(sys.modules), "")
        if seen != self._seen:
            names = list(sys.modules)
            self._libraries = tuple(name for name in names if "." not in name and name not in sys.stdlib_module_names)
            self._seen = len(names), names[-1]
        return self._libraries


_imported = _Imported()


def _portable_filters() -> Iterator[_Filter]:
    """Yield the warning filters with categories by name: unpickling one must not import its library."""
    filters: Any = warnings.filters
    for action, message, category, module, line in filters:
        yield action, message, f"{category.__module__}:{category.__qualname__}", module, line


def _write(aspect: Aspect, state: bytes) -> None:
    aspect.write(pickle.loads(state))


def _category(name: str) -> type[Warning] | None:
    """Return a warning category that is loaded here."""
    module, _, qualname = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) else None


def _insert_filter(entry: _Filter) -> None:
    category = _category(entry[2])
    if category is not None:
        filters: Any = warnings.filters
        filters.insert(0, (entry[0], entry[1], category, *entry[3:]))


def _levels() -> Iterator[tuple[str, int]]:
    yield "", logging.root.level
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and logger.level != logging.NOTSET:
            yield name, logger.level


def _silenced() -> Iterator[tuple[str, bool, bool]]:
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and (logger.disabled or not logger.propagate):
            yield name, logger.propagate, logger.disabled


def _root_handlers() -> Iterator[LogHandler]:
    for handler in logging.root.handlers:
        if type(handler) is not logging.StreamHandler:
            continue
        stream = next((name for name in ("stdout", "stderr") if handler.stream is getattr(sys, name)), None)
        formatter = handler.formatter
        if stream is not None and (formatter is None or type(formatter) is logging.Formatter):
            text = logging.BASIC_FORMAT if formatter is None else (formatter._fmt or "%(message)s")
            yield LogHandler(stream, handler.level, text, getattr(formatter, "datefmt", None))
