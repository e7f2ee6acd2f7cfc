"""What a remembered call keeps of its data: cheap copies, the names that the cell has for it, signs of changes."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import psutil
import xxhash

_SMALL_BYTES = 16 << 20
_LOOKS = 64
_BETWEEN = ("mlflow.", f"{__name__.partition('.')[0]}.")
"""Modules that stand between a cell and what it calls."""
_LOOK_BYTES = 4096


def bytes_of(value: Any) -> int:
    """Return about how much memory data takes; 0 for anything else."""
    if hasattr(value, "memory_usage") and hasattr(value, "columns"):
        return int(value.memory_usage(deep=False).sum())
    size = getattr(value, "nbytes", getattr(getattr(value, "data", None), "nbytes", 0))
    return size if isinstance(size, int) else 0


def free_memory() -> int:
    """Return how many bytes of memory this machine can still give."""
    return int(psutil.virtual_memory().available)


def snapshot(value: Any) -> Any:
    """Return data as it is now: a copy where that is cheap, otherwise the object itself, for a `Witness` to look at."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series)):
        # A shallow copy in newer versions copies nothing until somebody writes.
        return value.copy(deep=not _copies_on_write(pandas) and bytes_of(value) <= _SMALL_BYTES)
    return value.copy() if _is_writable_array(value) and value.nbytes <= _SMALL_BYTES else value


class Witness:
    """Tells whether a large array is as it was, by looks at places that are spread over it.

    Parameters
    ----------
    value : object
        Anything but a large array that can be written to is taken for unchanged.
    """

    def __init__(self, value: Any) -> None:
        is_watched = _is_writable_array(value) and value.nbytes > _SMALL_BYTES
        # Flattening an array that is neither in C's order nor in Fortran's would copy it.
        self._array = value if is_watched and (value.flags.c_contiguous or value.flags.f_contiguous) else None
        self._seen = self._look()

    def is_unchanged(self) -> bool:
        """Return whether everything that was looked at looks as it did."""
        return self._look() == self._seen

    def _look(self) -> int:
        seen = xxhash.xxh3_64()
        if self._array is not None:
            flat = self._array.ravel(order="K")
            width = max(1, _LOOK_BYTES // flat.itemsize)
            for start in range(0, len(flat), max(1, len(flat) // _LOOKS)):
                seen.update(flat[start : start + width].tobytes())
        return seen.intdigest()


def names_of(values: tuple[Any, ...], frame: FrameType | None) -> dict[str, Any]:
    """Return what the code that makes a call names the call's arguments: name to object.

    A frame that was given the object itself is passed over, as MLflow does: its caller knows the better name.
    """
    names: dict[str, Any] = {}
    for value in values:
        if value is None or isinstance(value, (str, bytes, int, float)):
            continue
        name = _name_of(value, frame)
        if name is not None:
            names[name] = value
    return names


def _name_of(value: Any, frame: FrameType | None) -> str | None:
    while frame is not None:
        is_between = str(frame.f_globals.get("__name__")).startswith(_BETWEEN)
        if not is_between and not any(argument is value for argument in _arguments(frame)):
            return next((name for name, known in frame.f_locals.items() if known is value), None)
        frame = frame.f_back
    return None


def _arguments(frame: FrameType) -> Iterator[Any]:
    """Yield what a function was called with; arguments come first among its variables, `*args` and `**kwargs` last."""
    code, variables = frame.f_code, frame.f_locals
    plain = code.co_argcount + code.co_kwonlyargcount
    rest = iter(code.co_varnames[plain:])
    yield from (variables.get(name) for name in code.co_varnames[:plain])
    if code.co_flags & inspect.CO_VARARGS:
        yield from variables.get(next(rest), ())
    if code.co_flags & inspect.CO_VARKEYWORDS:
        yield from variables.get(next(rest), {}).values()


def _is_writable_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray) and bool(value.flags.writeable)


def _copies_on_write(pandas: Any) -> bool:
    return int(pandas.__version__.partition(".")[0]) >= 3 or pandas.options.mode.copy_on_write is True
