"""Names to a pickle stream with out-of-band buffers, and back. The same in the kernel and in the executor.

A stream is a row of pickles by one pickler: a header (names, ambient state), each value, and the notebook definitions
that the values need by name. Where streams are kept, signed and checked is `_snapshot`.
"""

from __future__ import annotations

import io
import linecache
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..entities import ValueRef
from ..exceptions import NotRebuiltError
from ._guilt import find_guilty
from ._pickler import ReferringPickler, ValuePickler, ValueUnpickler
from ._rebuild import loading
from ._refusals import Refusal, type_name
from ._salvage import salvage

if TYPE_CHECKING:
    from ._surroundings._ambient import AmbientState

_ATOMS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented))
"""Equal means the same: sending these by reference or telling their aliases would say nothing."""


@dataclass(frozen=True)
class PickledValues:
    """Values ready to be stored.

    Parameters
    ----------
    stream : bytes
        The pickles, in one row.
    buffers : tuple of memoryview
        Raw views of *live* memory, in the order in which the stream asks for them. They keep their owners alive.
    values : tuple of ValueRef
        What travels, with sizes.
    refused : tuple of Refusal
        What was left out because it cannot travel.
    """

    stream: bytes
    buffers: tuple[memoryview, ...]
    values: tuple[ValueRef, ...]
    refused: tuple[Refusal, ...] = ()

    @property
    def buffer_bytes(self) -> int:
        """Size of the out-of-band buffers together."""
        return sum(view.nbytes for view in self.buffers)


def dump_values(
    values: Mapping[str, Any],
    *,
    references: Mapping[str, Any] | None = None,
    ambient: AmbientState | None = None,
    namespace: Mapping[str, Any] | None = None,
    detach: bool = True,
) -> PickledValues:
    """Pack names with one pickler, so that one object stays one object.

    Parameters
    ----------
    values : mapping
        Name to value.
    references : mapping, optional
        Names and objects that the receiver has already; each is sent as its name wherever it is met.
    ambient : AmbientState, optional
        State of the process that travels along.
    namespace : mapping, optional
        The notebook's namespace, which is what functions of the notebook have as globals; by default `__main__`'s.
    detach : bool
        Send steps of an autograd graph, such as the last `loss`, as plain tensors; otherwise refuse them.

    Returns
    -------
    PickledValues
        A value that cannot be packed is in its `refused`; the others are whole.

    Examples
    --------
    >>> pickled = dump_values({"x": 1, "y": [2]})
    >>> load_values(pickled.stream, pickled.buffers)
    {'x': 1, 'y': [2]}
    """
    known = {id(value): name for name, value in (references or {}).items() if _is_referable(value)}
    remaining, refused = dict(values), list[Refusal]()
    while True:
        attempt = _Attempt(remaining, known, namespace, detach)
        try:
            failed = attempt.pack(ambient)
            if not failed:
                return attempt.result(tuple(refused))
        finally:
            attempt.close()
        # What failed values left in the pickler's memory is of no use to the others: start again without them.
        for name, error in failed.items():
            refused.append(find_guilty(name, remaining.pop(name), attempt.again(), error))


def load_values(
    stream: Any,
    buffers: Iterable[Any] = (),
    *,
    namespace: dict[str, Any] | None = None,
    resolve: Callable[[str], Any] | None = None,
    apply_ambient: bool = False,
) -> dict[str, Any]:
    """Unpack what `dump_values` packed. The caller has verified the stream: a pickle is code.

    Parameters
    ----------
    stream : bytes
        The pickles.
    buffers : iterable of buffers
        Out-of-band buffers, in order; writable ones give writable arrays.
    namespace : dict, optional
        Globals of notebook functions in this process; by default `__main__`'s. Notebook definitions that the values
        need by name are bound here where the name is free.
    resolve : callable, optional
        Name to the object that the sender left out as a reference.
    apply_ambient : bool
        Whether this process takes on the ambient state that travelled along.

    Raises
    ------
    NotRebuiltError
        Some values could not be rebuilt here: it has the reasons, and the others.
    """
    target = vars(sys.modules["__main__"]) if namespace is None else namespace
    buffers = tuple(buffers)
    unpickler = ValueUnpickler(io.BytesIO(stream), iter(buffers), target, resolve)
    names, ambient = unpickler.load()
    if apply_ambient and ambient is not None:
        ambient.prepare()
    reasons: dict[str, str] = {}
    with loading():
        try:
            loaded = {name: unpickler.load() for name in names}
            definitions, sources = unpickler.load()
        except Exception:  # noqa: BLE001  # rebuilding runs any library's code
            saved = salvage(bytes(stream), buffers, target, resolve)
            loaded, reasons, definitions, sources = saved.rebuilt, saved.reasons, saved.definitions, saved.sources
    for name, definition in definitions.items():
        target.setdefault(name, definition)
    for filename, lines in sources.items():
        linecache.cache.setdefault(filename, (sum(map(len, lines)), None, lines, filename))
    if reasons:
        raise NotRebuiltError(reasons, loaded)
    if apply_ambient and ambient is not None:
        ambient.apply()
    return loaded


class _Attempt:
    """One pass of the pickler over all names."""

    def __init__(
        self,
        values: Mapping[str, Any],
        references: Mapping[int, str],
        namespace: Mapping[str, Any] | None,
        detach: bool,
    ) -> None:
        self._values = values
        self._settings = (namespace, frozenset(map(id, values.values())))
        self._detach = detach
        self._file = io.BytesIO()
        if references:
            self._pickler: ValuePickler = ReferringPickler(self._file, *self._settings, references, detach=detach)
        else:
            self._pickler = ValuePickler(self._file, *self._settings, detach=detach)
        self._refs: list[ValueRef] = []

    def again(self) -> ValuePickler:
        """Return a new pickler with the same settings."""
        return ValuePickler(io.BytesIO(), *self._settings, detach=self._detach)

    def pack(self, ambient: AmbientState | None) -> dict[str, BaseException]:
        """Pack everything, and return the names that could not be packed, with why."""
        failed: dict[str, BaseException] = {}
        self._pickler.dump((tuple(self._values), ambient))
        first_names: dict[int, str] = {}
        for name, value in self._values.items():
            before, count = self._position, len(self._pickler.buffers)
            try:
                self._pickler.dump(value)
            except Exception as error:  # noqa: BLE001  # packing runs the value's own code, which may raise anything
                failed[name] = error
                continue
            same_as = None if isinstance(value, _ATOMS) else first_names.get(id(value))
            first_names.setdefault(id(value), name)
            size, own = self._position - before, len(self._pickler.buffers) - count
            self._refs.append(ValueRef(name, type_name(value), size, _shape(value), same_as, own))
        companions = {name: made for name, made in self._pickler.companions.items() if name not in self._values}
        if not failed:
            self._pickler.dump((companions, self._pickler.sources))
        return failed

    def result(self, refused: tuple[Refusal, ...]) -> PickledValues:
        buffers = tuple(self._pickler.buffers)
        return PickledValues(self._file.getvalue(), buffers, tuple(self._refs), refused)

    def close(self) -> None:
        """Let go of the values; a result's buffers keep what they show."""
        self._pickler.forget()

    @property
    def _position(self) -> int:
        return self._file.tell() + self._pickler.buffer_bytes


def _is_referable(value: Any) -> bool:
    # A class is found by its tracking id, a module by its name: neither needs the sender's inputs.
    return not isinstance(value, (*_ATOMS, type, type(sys)))


def _shape(value: Any) -> tuple[int, ...] | None:
    try:
        shape = value.shape
    except Exception:  # noqa: BLE001  # a property of somebody's class; only the shape is lost
        return None
    return tuple(map(int, shape)) if isinstance(shape, tuple) and all(isinstance(n, int) for n in shape) else None
