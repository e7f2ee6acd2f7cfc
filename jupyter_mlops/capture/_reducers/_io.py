"""Files that live in more than one process: closed ones, as `with open(...) as f` leaves them, and where prints go."""

from __future__ import annotations

import copyreg
import io
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._refusals import RefusedValueError

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer

_STANDARD = ("stdout", "stderr")
_BINARY = (io.BufferedReader, io.BufferedWriter, io.BufferedRandom)


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    texts: dict[type, Reducer] = {io.TextIOWrapper: _reduce_text, io.TextIOBase: _reduce_standard}
    return {**texts, **dict.fromkeys(_BINARY, _reduce_binary)}


def _reduce_standard(file: Any, _pickler: ValuePickler) -> Any:
    """Reduce where prints go, which is a stream of the kernel's own in a notebook: each process has another."""
    for name in _STANDARD:
        if file is getattr(sys, name) or file is getattr(sys, f"__{name}__"):
            return getattr, (sys, name)
    return NotImplemented


def _reduce_text(file: Any, pickler: ValuePickler) -> Any:
    standard = _reduce_standard(file, pickler)
    if standard is not NotImplemented:
        return standard
    _require_closed(file)
    text = {"encoding": file.encoding, "errors": file.errors}
    return closed_file, (file.name, getattr(file, "mode", "r"), text)


def _reduce_binary(file: Any, _pickler: ValuePickler) -> Any:
    _require_closed(file)
    return closed_file, (file.name, file.mode, {})


def _require_closed(file: Any) -> None:
    # What stands on no file of the system, such as a member of an archive, has no name or mode to be made from.
    if not file.closed or not hasattr(file, "name"):
        raise RefusedValueError(file)


def reduce_closed(file: Any, **left_out: Any) -> Any:
    """Reduce a closed file made of Python objects to its attributes, some of them replaced."""
    if not file.closed:
        raise RefusedValueError(file)
    return copyreg.__newobj__, (type(file),), {**vars(file), **left_out}  # type: ignore[attr-defined]  # it is in no stub


def closed_file(name: Any, mode: str, text: dict[str, Any]) -> Any:
    """Return a closed file that calls itself by that name; it is not touched."""
    file: Any = open(os.devnull, mode.replace("x", "w"), **text)  # noqa: SIM115 - it is closed below
    (file.buffer if text else file).raw.name = name
    if text:
        file.mode = mode
    file.close()
    return file
