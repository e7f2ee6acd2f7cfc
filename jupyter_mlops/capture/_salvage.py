"""What of a stream can be rebuilt where some of its values cannot: all that has nothing of those in it.

A stream is a row of pickles by one pickler, with one memory of objects. A value that fails leaves half-built objects
there, which a later one would take for whole; so whoever refers to one of these, or to what was never reached, is given
up as well.
"""

from __future__ import annotations

import contextlib
import gc
import io
import pickletools
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from ._pickler import PatientUnpickler

_CODE = (type, FunctionType, BuiltinFunctionType, ModuleType)
_BUILT_AT_ONCE = (*_CODE, str, bytes, int, float, complex, tuple, frozenset, type(None))
_RECALLS = frozenset({"GET", "BINGET", "LONG_BINGET"})


@dataclass(frozen=True)
class _Part:
    """One pickle of a row: its bytes, the places of the memory that it fills and those that it uses, its buffers."""

    text: slice
    remembers: range
    recalls: frozenset[int]
    buffers: slice

    def culprit(self, lost: Mapping[int, str]) -> str:
        """Return whose lost objects it uses; empty where it uses none."""
        return next((lost[place] for place in sorted(self.recalls) if place in lost), "")


@dataclass
class Salvage:
    """What was saved: values by name, why others are not among them, and the row's last pickle."""

    rebuilt: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, list[str]] = field(default_factory=dict)


def salvage(
    stream: bytes, buffers: Sequence[Any], namespace: dict[str, Any], resolve: Callable[[str], Any] | None
) -> Salvage:
    """Rebuild what can be rebuilt of a stream of which `load_values` could not rebuild all.

    Parameters
    ----------
    stream, buffers, namespace, resolve
        As `load_values` has them.
    """
    memory: dict[int, Any] = {}
    lost: dict[int, str] = {}
    found = Salvage()

    def unpickler_of(part: _Part) -> PatientUnpickler:
        made = PatientUnpickler(io.BytesIO(stream[part.text]), iter(buffers[part.buffers]), namespace, resolve)
        made.memo = memory
        return made

    header, *parts, definitions = _parts(stream)
    names, _ambient = unpickler_of(header).load()
    for name, part in zip(names, parts, strict=True):
        unpickler, whole = unpickler_of(part), set[int]()
        culprit = part.culprit(lost)
        try:
            if not culprit:
                found.rebuilt[name] = unpickler.load()
                continue
            found.reasons[name] = f"{name} could not be rebuilt: it has objects in common with {culprit}."
        except Exception as error:  # noqa: BLE001  # rebuilding runs any library's code
            found.reasons[name] = _reason(name, error)
            whole = _whole({place: memory[place] for place in part.remembers if place in memory}, unpickler)
        # The next value counts its places behind these.
        gone = dict.fromkeys(set(part.remembers) - whole)
        memory.update(gone)
        lost |= dict.fromkeys(gone, culprit or name)
    # Without them a function of the notebook says itself what it misses.
    with contextlib.suppress(Exception):
        if not definitions.culprit(lost):
            found.definitions, found.sources = unpickler_of(definitions).load()
    return found


def _whole(remembered: Mapping[int, Any], failed: PatientUnpickler) -> set[int]:
    """Return the places of objects that were built before an unpickler failed: nothing half-built is in them."""
    unfinished = {id(value) for value in failed.unfinished() if not isinstance(value, _BUILT_AT_ONCE)}
    clean: set[int] = set()
    return {place for place, value in remembered.items() if not _leads_to(unfinished, value, clean)}


def _leads_to(unfinished: Set[int], value: Any, clean: set[int]) -> bool:
    """Tell whether an object has one of some others in it; what turns out to have none is noted as clean."""
    seen: dict[int, Any] = {}
    pending = [value]
    while pending:
        value = pending.pop()
        if id(value) in unfinished:
            return True
        if id(value) not in seen and id(value) not in clean and not isinstance(value, _CODE):
            seen[id(value)] = value
            pending += gc.get_referents(value)
    clean |= seen.keys()
    return False


def _reason(name: str, error: Exception) -> str:
    """Return why a value could not be rebuilt, and what to do: what a library raises says little without the name."""
    return f"{name} could not be rebuilt: {type(error).__name__}: {error}. {_remedy(error)}"


def _remedy(error: Exception) -> str:
    match error:
        case ImportError() | AttributeError():
            return "Is its library installed here?"
        case SyntaxError():
            return "Mend that file: a run imports it from disk, as it is now."
    return "Give its class a __reduce__ that says how to build it, or return what it is made of."


def _parts(stream: bytes) -> Iterator[_Part]:
    file = io.BytesIO(stream)
    remembered = taken = 0
    while file.tell() < len(stream):
        start, first_place, first_buffer, recalls = file.tell(), remembered, taken, set[int]()
        for opcode, argument, _position in pickletools.genops(file):
            remembered += opcode.name == "MEMOIZE"
            taken += opcode.name == "NEXT_BUFFER"
            if opcode.name in _RECALLS and argument is not None:
                recalls.add(int(argument))
        text, places = slice(start, file.tell()), range(first_place, remembered)
        yield _Part(text, places, frozenset(recalls) - set(places), slice(first_buffer, taken))
