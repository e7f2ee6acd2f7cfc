"""What a run hands on before its cell begins: names that it got from an earlier run and will not change.

Whether a call may change a value, its type tells, and at submission nobody knew the type of what was still to come. The
run says it as soon as it has the values, so that whoever reads such a name next need not wait for this run.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from ..capture import is_stateful
from ..entities import EarlyRelease, RunSpec
from ..exceptions import HomeError
from ..home import RunDirectory, Word, say
from ._inputs import RestoredInputs

_MOST_OBJECTS = 20_000
_FIXED = (type(None), bool, int, float, complex, str, bytes, type, ModuleType, BuiltinFunctionType)
_FIXED_KINDS = frozenset({"numpy.dtype", "torch.dtype", "torch.device", "pandas.BlockPlacement"})


def release_early(run: RunDirectory, spec: RunSpec, inputs: RestoredInputs) -> frozenset[str]:
    """Publish which undecided names the run will not change, and return them.

    Returns
    -------
    frozenset of str
        None where the disk has no room to say it: they are then promised like any other name.
    """
    names = _unchanging(spec, inputs)
    if names:
        try:
            run.write(EarlyRelease(names=tuple(sorted(names))), run.released_file)
        except HomeError:
            names = frozenset()
    say(run.executor_lock, Word.RELEASED)
    return names


def _unchanging(spec: RunSpec, inputs: RestoredInputs) -> frozenset[str]:
    """Return the undecided names whose value no call changes, and which share nothing with what the run may change."""
    values = inputs.values
    harmless = {name for name in spec.undecided if name in values and not is_stateful(values[name])}
    if not harmless:
        return frozenset()
    promised = [values[name] for name in spec.pending if name in values and name not in harmless]
    may_change = _objects_in(promised)
    if may_change is None:
        return frozenset()
    return frozenset(name for name in harmless if _shares_nothing(values[name], may_change))


def _shares_nothing(value: Any, others: set[int]) -> bool:
    found = _objects_in([value])
    return found is not None and found.isdisjoint(others)


def _objects_in(values: Iterable[Any]) -> set[int] | None:
    """Return identities of the changeable objects that values lead to; None when there are too many to tell."""
    found: set[int] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        identity = _identity(value)
        if identity in found or _is_fixed(value):
            continue
        if len(found) >= _MOST_OBJECTS:
            return None
        found.add(identity)
        waiting += _parts(value)
    return found


def _identity(value: Any) -> int:
    """Return what tells an object from others; tensors that show the same memory are one."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor) and value.layout is torch.strided:
        return int(value.untyped_storage()._cdata)
    return id(value)


def _is_fixed(value: Any) -> bool:
    """Whether an object is one that many share and nobody changes."""
    if isinstance(value, _FIXED) or (type(value) is tuple and not value):
        return True
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.Index):
        return True
    kind = type(value)
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}" in _FIXED_KINDS or kind.__module__ == "numpy.dtypes"


def _parts(value: Any) -> list[Any]:
    """Return what an object holds, as the collector sees it; an array holds the memory that it shows."""
    if isinstance(value, FunctionType):
        # Not its globals: they are the whole namespace.
        return [*(value.__closure__ or ()), *(value.__defaults__ or ()), vars(value)]
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return [value.base]
    return gc.get_referents(value)
