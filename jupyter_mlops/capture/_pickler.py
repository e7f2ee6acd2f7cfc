"""The pickler: cloudpickle, with large buffers out of band and notebook functions on the receiver's own namespace.

One pickler packs all names of a run, so that what is one object before is one object after. Runs in the kernel (inputs)
and in the executor (outputs). What the stream calls when it is loaded is in `_rebuild`.
"""

from __future__ import annotations

import io
import linecache
import pickle
import sys
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from cloudpickle import cloudpickle

from . import _rebuild as rebuild
from ._reducers._active import active_reducers, find_reducer
from ._refusals import RefusedValueError, refused_base

OUT_OF_BAND_BYTES = 64 * 1024
"""Smaller buffers stay in the stream: a file each would cost more than their copy."""

Shared = TypeVar("Shared")
_UNSEEN: Any = object()

_FUNCTION_SLOTS = (
    *("__name__", "__qualname__", "__module__", "__doc__", "__annotations__", "__defaults__", "__kwdefaults__"),
    *(("__type_params__",) if sys.version_info >= (3, 12) else ()),
)
"""What a function has besides code, globals, closure and attributes."""


class ValuePickler(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle has no types
    """Packs values one after another into one stream.

    Parameters
    ----------
    file : io.BytesIO
        Where the stream goes.
    namespace : mapping, optional
        The notebook's namespace; by default `__main__`'s.
    explicit : frozenset of int
        Ids of the objects that travel under a name of their own.

    detach : bool
        Send steps of an autograd graph as plain tensors; otherwise refuse them.

    Attributes
    ----------
    buffers : list of memoryview
        Raw views of live memory, in the order in which the stream asks for them.
    buffer_bytes : int
        Size of the buffers so far.
    companions : dict
        Top-level notebook functions and classes that the values need by name (`pickle`, `torch.save`).
    sources : dict
        Lines of the cells that those functions come from, by file name, for tracebacks and `inspect.getsource`.
    """

    def __init__(
        self,
        file: io.BytesIO,
        namespace: Mapping[str, Any] | None = None,
        explicit: frozenset[int] = frozenset(),
        *,
        detach: bool = True,
    ) -> None:
        self.detach = detach
        self.buffers: list[memoryview] = []
        self.buffer_bytes = 0
        self.companions: dict[str, Any] = {}
        self.sources: dict[str, list[str]] = {}
        self._namespace = vars(sys.modules["__main__"]) if namespace is None else namespace
        self._explicit = explicit
        self._frameworks = active_reducers()
        self._reducers: dict[type, Callable[[Any], Any] | None] = {}
        self._globals: dict[int, Any] = {}
        self._shared: dict[Hashable, Any] = {}
        super().__init__(file, protocol=5, buffer_callback=self._take)

    def shared(self, key: Hashable, make: Callable[[], Shared]) -> Shared:
        """Return one object a key for the life of this pickler: what several values share is then packed once."""
        if key not in self._shared:
            self._shared[key] = make()
        found: Shared = self._shared[key]
        return found

    def forget(self) -> None:
        """Let go of every value that was packed, at once: a pickler refers to itself, and the collector may take long.

        It cannot be used any more.
        """
        self.clear_memo()
        self.buffers = []
        for table in (self.companions, self._reducers, self._globals, self._shared):
            table.clear()

    def reducer_override(self, obj: Any) -> Any:
        """Return how to pack a value, or NotImplemented to leave it to its own pickling."""
        kind = type(obj)
        reducer = self._reducers.get(kind, _UNSEEN)
        if reducer is _UNSEEN:
            reducer = self._reducers[kind] = self._find(kind)
        return NotImplemented if reducer is None else reducer(obj)

    def _find(self, kind: type) -> Callable[[Any], Any] | None:
        if issubclass(kind, type):
            return self._reduce_class
        if kind is types.FunctionType:
            return self._reduce_function
        if kind is types.CellType:
            return _reduce_cell
        refused = refused_base(kind)
        # A file has both: a closed one can travel.
        if refused is not None and refused not in self._frameworks:
            return _refuse
        if _has_init_of_its_own(kind):
            return _reduce_exception
        framework = find_reducer(kind, self._frameworks)
        if framework is None:
            return _reduce_dictionary if issubclass(kind, dict) and kind.__dictoffset__ else None
        return lambda value: framework(value, self)

    def _take(self, buffer: pickle.PickleBuffer) -> bool:
        view = buffer.raw()
        if view.nbytes < OUT_OF_BAND_BYTES:
            return True
        self.buffers.append(view)
        self.buffer_bytes += view.nbytes
        return False

    def _reduce_function(self, function: types.FunctionType) -> Any:
        if cloudpickle._should_pickle_by_reference(function):
            return NotImplemented
        self.note(function, function.__code__.co_filename)
        scope = self._scope_of(function.__globals__)
        if scope is None:
            return self._dynamic_function_reduce(function)
        slots = {name: getattr(function, name) for name in _FUNCTION_SLOTS}
        modules = _submodules(function) if scope is rebuild.RECEIVER_NAMESPACE else ()
        state = (dict(vars(function)), slots, modules)
        args = (function.__code__, scope, function.__closure__)
        return rebuild.make_function, args, state, None, None, rebuild.set_function_state

    def _scope_of(self, namespace: dict[str, Any]) -> Any:
        """Return what stands for a function's globals, or None where they can only be copied."""
        if namespace is self._namespace:
            return rebuild.RECEIVER_NAMESPACE
        key = id(namespace)
        if key not in self._globals:
            self._globals[key] = _module_scope(namespace)
        return self._globals[key]

    def _reduce_class(self, cls: type) -> Any:
        reduced = cloudpickle._class_reduce(cls)
        if not isinstance(reduced, tuple) or len(reduced) < 6:
            return reduced
        self.note(cls)
        constructor, args, state = reduced[:3]
        # A tuple with named fields gets its slots, which are none, from whoever makes it.
        is_named_tuple = typing.NamedTuple in getattr(cls, "__orig_bases__", ())
        if constructor is cloudpickle._make_skeleton_class and "__slots__" in vars(cls) and not is_named_tuple:
            args, state = _with_slots(cls, args, state)
        told = (state, id(cls) in self._explicit)
        return rebuild.make_class, (constructor, args), told, None, None, rebuild.set_class_state

    def note(self, definition: Any, filename: str = "") -> None:
        """Remember a notebook definition that the receiver must find by name, and the text it was made from."""
        name = definition.__qualname__
        if self._namespace.get(name) is definition:
            self.companions[name] = definition
        cached = linecache.cache.get(filename)
        # A modification time marks a real file, which the receiver can read itself.
        if cached is not None and len(cached) == 4 and cached[1] is None:
            self.sources[filename] = cached[2]


class ReferringPickler(ValuePickler):
    """A pickler that leaves some objects where they are and sends their names.

    Parameters
    ----------
    references : mapping of int to str
        Id of an object that the receiver has already, to the name that it has there.
    """

    def __init__(
        self,
        file: io.BytesIO,
        namespace: Mapping[str, Any] | None,
        explicit: frozenset[int],
        references: Mapping[int, str],
        *,
        detach: bool = True,
    ) -> None:
        self._references = references
        super().__init__(file, namespace, explicit, detach=detach)

    def persistent_id(self, obj: Any) -> str | None:
        """Return the name under which the receiver has this very object."""
        return self._references.get(id(obj))


class _Receiver:
    """What an unpickler of a notebook's values does otherwise than others.

    Parameters
    ----------
    file, buffers
        The stream and its out-of-band buffers, in order.
    namespace : dict
        The globals of notebook functions in this process.
    resolve : callable
        Name to the object that a `ReferringPickler` left out.
    """

    def __init__(
        self, file: Any, buffers: Any, namespace: dict[str, Any], resolve: Callable[[str], Any] | None = None
    ) -> None:
        super().__init__(file, buffers=buffers)  # type: ignore[call-arg]  # of the unpickler that is mixed in
        self._namespace = namespace
        self._resolve = resolve

    def find_class(self, module: str, name: str) -> Any:
        """Return a global; the notebook's own names come from the receiver's namespace."""
        if name == "RECEIVER_NAMESPACE" and module == rebuild.__name__:
            return self._namespace
        if module == "__main__" and name in self._namespace:
            return self._namespace[name]
        return super().find_class(module, name)  # type: ignore[misc]

    def persistent_load(self, pid: str) -> Any:
        """Return the object that the sender left out."""
        if self._resolve is None:
            raise pickle.UnpicklingError(f"the value refers to the input {pid!r}, and no inputs were given")
        return self._resolve(pid)


class ValueUnpickler(_Receiver, pickle.Unpickler):
    """Loads what a `ValuePickler` packed."""


class PatientUnpickler(_Receiver, pickle._Unpickler):
    """The same in Python: slower, and it can be asked what it has built and what it has left half-built."""

    memo: dict[int, Any]
    stack: list[Any]
    metastack: list[list[Any]]

    def unfinished(self) -> list[Any]:
        """Return the objects that it was building when it failed."""
        return [value for level in (*self.metastack, self.stack) for value in level]


def _module_scope(namespace: dict[str, Any]) -> rebuild.ModuleGlobals | None:
    """Return what stands for the globals of an importable module, or None when they are something else's."""
    name = namespace.get("__name__", "__main__")
    module = sys.modules.get(name)
    if module is None or name == "__main__" or vars(module) is not namespace or module.__spec__ is None:
        return None
    return None if cloudpickle._is_registered_pickle_by_value(module) else rebuild.ModuleGlobals(name)


def _submodules(function: types.FunctionType) -> tuple[types.ModuleType, ...]:
    """Return the submodules that a function reaches through a package: `sklearn.svm` must be imported for it."""
    used = cloudpickle._extract_code_globals(function.__code__)
    packages = [value for name in used if isinstance(value := function.__globals__.get(name), types.ModuleType)]
    return tuple(cloudpickle._find_imported_submodules(function.__code__, packages)) if packages else ()


def _with_slots(cls: type, args: tuple[Any, ...], state: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return what builds a class so that its objects have slots again: cloudpickle gives them a dictionary instead.

    The slots are told from what Python has made of `__slots__`: private names are there as they are stored.
    """
    constructor, name, bases, namespace, *rest = args
    attributes, *others = state
    members = [key for key, value in vars(cls).items() if isinstance(value, types.MemberDescriptorType)]
    own = [key for key in members if vars(cls)[key].__objclass__ is cls]
    built_in = [
        key for key in ("__dict__", "__weakref__") if isinstance(vars(cls).get(key), types.GetSetDescriptorType)
    ]
    kept = {key: value for key, value in attributes.items() if key not in own}
    slots = {**namespace, "__slots__": (*own, *built_in)}
    return (constructor, name, bases, slots, *rest), (kept, *others)


def _reduce_cell(cell: types.CellType) -> Any:
    try:
        content = cell.cell_contents
    except ValueError:
        return rebuild.make_cell, ()
    # A state setter, because a cell may hold the very function whose closure it belongs to; a tuple, because a state of
    # None would never be set.
    return rebuild.make_cell, (), (content,), None, None, rebuild.set_cell


def _reduce_dictionary(value: Any) -> Any:
    """Reduce a dictionary whose items are its attributes too (`self.__dict__ = self`): pickle would part the two."""
    if object.__getattribute__(value, "__dict__") is not value:
        return NotImplemented
    return rebuild.make_own_attributes, (type(value),), None, None, iter(dict.items(value))


def _refuse(value: Any) -> Any:
    raise RefusedValueError(value)


def _has_init_of_its_own(kind: type) -> bool:
    """Whether a class is an exception that Python would rebuild by calling it with its `args`: seldom what it takes."""
    return (
        issubclass(kind, BaseException)
        and kind.__reduce__ is BaseException.__reduce__
        and isinstance(kind.__init__, types.FunctionType)
        and not isinstance(kind.__new__, types.FunctionType)
    )


def _reduce_exception(error: BaseException) -> Any:
    return rebuild.make_exception, (type(error), error.args), vars(error) or None
