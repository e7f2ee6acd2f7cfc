"""What a notebook has registered with libraries: handlers and filters of loggers, accessors of frames, Keras objects.

Such an object is reached through no name that a cell reads. It is read in the kernel, only of libraries that are
loaded, and registered in the executor once the library is loaded there. What cannot be pickled stays in the kernel.
"""

from __future__ import annotations

import copyreg
import functools
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._on_import import when_imported
from .._pickle import dump_values, load_values
from .._reducers._active import is_loaded
from ._logging_handlers import add_handler, notebook_handlers

Packed = tuple[bytes, tuple[bytes, ...]]
"""A stream with its out-of-band buffers."""


@dataclass(frozen=True)
class Registry:
    """A place where one library keeps what is registered with it.

    Parameters
    ----------
    name : str
        Under which its content travels.
    module : str
        Where that module is not loaded there is nothing.
    read : callable
        Yield (key, object) of what the notebook has registered.
    write : callable
        Register an object under its key.
    """

    name: str
    module: str
    read: Callable[[], Iterator[tuple[Any, Any]]]
    write: Callable[[Any, Any], None]


def read_registrations() -> dict[str, Packed]:
    """Return what the notebook has registered, packed, by registry; most often nothing."""
    found = {registry.name: list(registry.read()) for registry in _REGISTRIES if is_loaded(registry.module)}
    return {name: _pack(entries) for name, entries in found.items() if entries}


def write_registrations(packed: Mapping[str, Packed]) -> None:
    """Register the same in this process, library by library, as they are loaded."""
    for registry in _REGISTRIES:
        if registry.name in packed:
            when_imported(registry.module, functools.partial(_register, registry, packed[registry.name]))


def registered_names(namespace: Mapping[str, object]) -> frozenset[str]:
    """Return the notebook's names of what it has registered: a run needs them, and what they reach."""
    found = [entry for registry in _REGISTRIES if is_loaded(registry.module) for entry in registry.read()]
    parts = [part for entry in found for part in _parts(entry)]
    definitions: list[Any] = [part if hasattr(part, "__qualname__") else type(part) for part in parts]
    own = {made.__qualname__: made for made in definitions if _is_own(made)}
    return frozenset(name for name, made in own.items() if namespace.get(name) is made)


def _parts(entry: tuple[Any, Any]) -> tuple[Any, ...]:
    key, value = entry
    return (key, *value.definitions) if hasattr(value, "definitions") else (key, value)


def _is_own(definition: Any) -> bool:
    return getattr(definition, "__module__", None) == "__main__"


def _pack(entries: list[tuple[Any, Any]]) -> Packed:
    pickled = dump_values({str(number): entry for number, entry in enumerate(entries)})
    return pickled.stream, tuple(map(bytes, pickled.buffers))


def _register(registry: Registry, packed: Packed) -> None:
    stream, buffers = packed
    for key, value in load_values(stream, map(bytearray, buffers)).values():
        registry.write(key, value)


def _read_filters() -> Iterator[tuple[Any, Any]]:
    for logger in (logging.root, *list(logging.root.manager.loggerDict.values())):
        for entry in getattr(logger, "filters", ()):
            kind = type(entry)
            if _is_own(entry if hasattr(entry, "__qualname__") else kind) or kind is logging.Filter:
                yield getattr(logger, "name", ""), entry


def _write_filter(logger: str, entry: Any) -> None:
    logging.getLogger(logger).addFilter(entry)


def _read_accessors() -> Iterator[tuple[Any, Any]]:
    import pandas as pd

    owners: tuple[Any, ...] = (pd.DataFrame, pd.Series, pd.Index)
    for owner in owners:
        for name in owner._accessors:
            accessor = getattr(vars(owner).get(name), "_accessor", None)
            if _is_own(accessor):
                yield (owner.__name__, name), accessor


def _write_accessor(key: tuple[str, str], accessor: type) -> None:
    import pandas as pd

    owner, name = key
    registers = {
        "DataFrame": pd.api.extensions.register_dataframe_accessor,
        "Series": pd.api.extensions.register_series_accessor,
        "Index": pd.api.extensions.register_index_accessor,
    }
    registers[owner](name)(accessor)


_KERAS = "keras.src.saving.object_registration"


def _read_keras_objects() -> Iterator[tuple[Any, Any]]:
    for name, value in sys.modules[_KERAS].GLOBAL_CUSTOM_OBJECTS.items():
        if _is_own(value):
            yield name, value


def _write_keras_object(name: str, value: Any) -> None:
    registration = sys.modules[_KERAS]
    registration.GLOBAL_CUSTOM_OBJECTS[name] = value
    registration.GLOBAL_CUSTOM_NAMES[value] = name


def _read_colormaps() -> Iterator[tuple[Any, Any]]:
    registered = sys.modules["matplotlib.cm"]._colormaps
    for name in registered._cmaps.keys() - set(registered._builtin_cmaps):
        yield name, registered[name]


def _write_colormap(name: str, colormap: Any) -> None:
    sys.modules["matplotlib.cm"]._colormaps.register(colormap, name=name, force=True)


def _read_picklers() -> Iterator[tuple[Any, Any]]:
    for kind, reduce in copyreg.dispatch_table.items():
        if _is_own(reduce):
            yield kind, reduce


_REGISTRIES = (
    Registry("handlers", logging.__name__, notebook_handlers, add_handler),
    Registry("filters", logging.__name__, _read_filters, _write_filter),
    Registry("picklers", copyreg.__name__, _read_picklers, copyreg.pickle),
    Registry("accessors", "pandas", _read_accessors, _write_accessor),
    Registry("colormaps", "matplotlib.cm", _read_colormaps, _write_colormap),
    Registry("keras objects", _KERAS, _read_keras_objects, _write_keras_object),
)
