"""Handlers that a notebook has given to loggers, as data: a handler itself holds a lock and a stream."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .._on_import import when_imported

_KERNEL_LOGGERS = frozenset({"IPKernelApp", "ipykernel", "traitlets", "asyncio", "tornado", "jupyter_mlops"})
"""Loggers of the kernel itself; what they do is not the notebook's."""

_OWN_OR_PYTHONS = ("logging", "logging.handlers", "__main__", "builtins")
"""Modules of what a notebook makes. A library gives its loggers their handlers itself, and unpacking one imports it."""

_BY_PROCESS = ("lock", "stream")


@dataclass(frozen=True)
class HandlerState:
    """What makes a handler again.

    Parameters
    ----------
    kind : type
        Its class, of the standard library or the notebook.
    state : dict
        Its attributes without what belongs to its process.
    stream : str
        `stdout` or `stderr`; empty for a handler without a stream, and one that opens its file itself.
    place : int
        How many handlers that look the same its logger has before it.
    """

    kind: type[logging.Handler]
    state: dict[str, Any]
    stream: str = ""
    place: int = 0

    @property
    def definitions(self) -> tuple[Any, ...]:
        """What of it may be the notebook's own."""
        return (self.kind, self.state.get("formatter"), *self.state.get("filters", ()))

    @property
    def looks(self) -> tuple[Any, ...]:
        """What tells it from another handler of the same logger."""
        formatter = self.state.get("formatter")
        return (self.kind, self.stream, self.state.get("baseFilename"), getattr(formatter, "_fmt", None))

    def make(self) -> logging.Handler:
        """Return a new handler. A log file is written at its end: the kernel may have it open."""
        handler = self.kind.__new__(self.kind)
        vars(handler).update(self.state)
        handler.createLock()
        if isinstance(handler, logging.StreamHandler):
            handler.stream = getattr(sys, self.stream) if self.stream else None
        if isinstance(handler, logging.FileHandler):
            handler.mode = "a"
        return handler


def notebook_handlers() -> Iterator[tuple[tuple[str, str], HandlerState]]:
    """Yield handlers that the notebook may have made, each with its logger and the module that the logger belongs to.

    Plain handlers of the root logger, as `basicConfig` makes them, travel by themselves.
    """
    for told in _states_of([held for held in logging.root.handlers if type(held) is not logging.StreamHandler]):
        yield ("", logging.__name__), told
    for name, logger in list(logging.root.manager.loggerDict.items()):
        handlers = getattr(logger, "handlers", ())
        owner = name.partition(".")[0]
        if handlers and owner not in _KERNEL_LOGGERS:
            for told in _states_of(handlers):
                yield (name, owner if owner in sys.modules else logging.__name__), told


def add_handler(key: tuple[str, str], told: HandlerState) -> None:
    """Give a logger a handler; one of a library when that is loaded, unless it has made the same itself."""
    name, owner = key
    when_imported(owner, functools.partial(_add, name, told))


def _add(name: str, told: HandlerState) -> None:
    logger = logging.getLogger(name)
    held = [state.looks for state in _states_of(logger.handlers)]
    if held.count(told.looks) <= told.place:
        logger.addHandler(told.make())


def _states_of(handlers: list[logging.Handler]) -> Iterator[HandlerState]:
    before: list[tuple[Any, ...]] = []
    for told in map(_state_of, handlers):
        if told is not None:
            yield replace(told, place=before.count(told.looks))
            before.append(told.looks)


def _state_of(handler: logging.Handler) -> HandlerState | None:
    """Return a handler as data; None where it is a library's, or writes to something else than files and output."""
    kind = type(handler)
    if "filters" not in vars(handler):
        # Its class does not call the constructor of `logging.Handler`; nothing can be logged to it.
        return None
    parts = [kind, *map(type, (handler.formatter, *handler.filters))]
    if kind is logging.NullHandler or any(part.__module__ not in _OWN_OR_PYTHONS for part in parts):
        return None
    state = {key: value for key, value in vars(handler).items() if key not in _BY_PROCESS}
    if not isinstance(handler, logging.StreamHandler) or isinstance(handler, logging.FileHandler):
        return HandlerState(kind, state)
    stream = next((name for name in ("stdout", "stderr") if handler.stream is getattr(sys, name)), "")
    return HandlerState(kind, state, stream) if stream else None
