"""Whether two values are the same to the bit, and if not, by how much they differ.

Digests of pickles cannot say so across processes (the same forest pickles in two ways), so this walks both values
side by side: numbers and arrays are compared as such, everything else through its state. A framework's own containers
are one entry of `_readings` each.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

_KEYS = (str, bytes, int, float, complex, type(None), tuple, frozenset, type)
"""Kinds of keys that are equal where they say the same."""

_MOST_STEPS = 1_000_000
_PIECE = 1 << 22


@dataclass(frozen=True)
class Difference:
    """Where two values differ first, and how much at most.

    Parameters
    ----------
    path : str
        Below the value, such as `.coef_[0]`; empty for the value itself.
    what : str
        In words, such as "float64[30] by 1.2e-16" or "type int against float".
    largest : float, optional
        Largest absolute difference of all numbers; None when something differs that is no number.
    """

    path: str
    what: str
    largest: float | None = None


def compare_values(a: object, b: object) -> Difference | None:
    """Return how two values differ, or None when they are equal to the bit (NaN equals NaN)."""
    differences = list(_Walk().differences(a, b, ""))
    if not differences:
        return None
    amounts = [difference.largest for difference in differences]
    if any(amount is None for amount in amounts):
        first = next(difference for difference in differences if difference.largest is None)
        return Difference(first.path, first.what)
    return max(differences, key=lambda difference: difference.largest or 0.0)


class _Walk:
    """One walk over two object graphs; an object that was compared once is not compared again."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], tuple[object, object]] = {}

    def differences(self, a: object, b: object, path: str) -> Iterator[Difference]:
        if a is b or (id(a), id(b)) in self._seen:
            return
        self._seen[id(a), id(b)] = (a, b)  # kept alive: an id must not be used again during the walk
        if len(self._seen) > _MOST_STEPS:
            raise RecursionError("the values have too many parts to compare")
        if type(a).__qualname__ != type(b).__qualname__:
            yield Difference(path, f"type {type(a).__qualname__} against {type(b).__qualname__}")
        elif isinstance(a, (bool, int, float, complex)):
            yield from _numbers(a, b, path)
        elif isinstance(a, (str, bytes, bytearray, type(None), type, CodeType)):
            if a != b:
                yield Difference(path, f"{_short(a)} against {_short(b)}")
        else:
            yield from self._parts(a, b, path)

    def _parts(self, a: Any, b: Any, path: str) -> Iterator[Difference]:
        if isinstance(a, _Array):
            yield from _arrays(a, b, path)
            return
        for module, name, read in _readings():
            kind = getattr(sys.modules.get(module), name, None)
            if isinstance(kind, type) and isinstance(a, kind):
                yield from self.differences(read(a), read(b), path)
                return
        if isinstance(a, Mapping):
            yield from self._mappings(a, b, path)
        elif isinstance(a, AbstractSet):
            if a != b:
                yield Difference(path, "sets differ")
        elif isinstance(a, Sequence):
            yield from self._sequences(a, b, path)
        else:
            yield from self.differences(_state(a), _state(b), path)

    def _mappings(self, a: Mapping[Any, Any], b: Mapping[Any, Any], path: str) -> Iterator[Difference]:
        if not all(isinstance(key, _KEYS) for key in (*a, *b)):
            # An optimizer's state is by parameter: such a key is compared like any value, and found by its place.
            yield from self._sequences(list(a.items()), list(b.items()), path)
            return
        if list(a) != list(b):
            yield Difference(path, f"keys {_short(list(a))} against {_short(list(b))}")
            return
        for key in a:
            yield from self.differences(a[key], b[key], f"{path}.{key}" if isinstance(key, str) else f"{path}[{key!r}]")

    def _sequences(self, a: Sequence[Any], b: Sequence[Any], path: str) -> Iterator[Difference]:
        if len(a) != len(b):
            yield Difference(path, f"length {len(a)} against {len(b)}")
            return
        for index, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from self.differences(left, right, f"{path}[{index}]")


@dataclass(frozen=True)
class _Array:
    """A NumPy array that stands for a framework's container."""

    values: Any


def _readings() -> tuple[tuple[str, str, Callable[[Any], object]], ...]:
    """Module, type and how to read it as an array or as plain parts; only what is loaded can occur."""
    return (
        ("numpy", "ndarray", _Array),
        ("numpy", "generic", lambda value: _Array(value.reshape(1))),
        (
            "pandas",
            "DataFrame",
            lambda v: {
                "columns": list(map(str, v)),
                "index": v.index,
                "data": [v.iloc[:, i] for i in range(v.shape[1])],
            },
        ),
        ("pandas", "Series", lambda v: {"name": v.name, "type": str(v.dtype), "values": _Array(v.to_numpy())}),
        ("pandas", "Index", lambda v: {"type": str(v.dtype), "values": _Array(v.to_numpy())}),
        ("torch", "Tensor", lambda v: {"type": str(v.dtype), "values": _tensor(v)}),
        ("tensorflow", "Tensor", lambda v: _Array(v.numpy())),
        ("tensorflow", "Variable", lambda v: _Array(v.numpy())),
        ("keras", "Variable", lambda v: _tensor_like(v)),
        (
            "keras",
            "Model",
            lambda v: {"layers": [type(layer).__name__ for layer in v.layers], "weights": v.get_weights()},
        ),
        ("xgboost", "Booster", lambda v: bytes(v.save_raw("ubj"))),
        ("lightgbm", "Booster", lambda v: v.model_to_string()),
    )


def _tensor(value: Any) -> object:
    return _Array(
        value.detach().cpu().float().numpy() if "bfloat16" in str(value.dtype) else value.detach().cpu().numpy()
    )


def _tensor_like(value: Any) -> object:
    import numpy

    return _Array(numpy.asarray(value))


def _state(value: Any) -> object:
    if isinstance(value, FunctionType):
        return (value.__code__.co_code, value.__code__.co_names, value.__defaults__, value.__kwdefaults__)
    own = getattr(value, "__dict__", None)
    if own:
        return {key: own[key] for key in sorted(own)}
    reduced = value.__reduce_ex__(5)
    return (
        reduced if isinstance(reduced, str) else tuple(part for part in reduced[1:] if not isinstance(part, Iterator))
    )


def _numbers(a: Any, b: Any, path: str) -> Iterator[Difference]:
    if repr(a) == repr(b):
        return
    amount = abs(a - b)
    yield Difference(path, f"{a!r} against {b!r}", math.inf if amount != amount else float(amount))


def _arrays(a: _Array, b: _Array, path: str) -> Iterator[Difference]:
    import numpy

    left, right = a.values, b.values
    kind = f"{left.dtype}{list(left.shape)}"
    if left.dtype != right.dtype or left.shape != right.shape:
        yield Difference(path, f"{kind} against {right.dtype}{list(right.shape)}")
    elif left.dtype.hasobject or left.dtype.kind not in "biufc":
        if not _equal_objects(left, right):
            yield Difference(path, f"{kind} differs")
    elif not _equal_bits(left, right):
        with numpy.errstate(all="ignore"):
            amount = numpy.abs(left.astype(complex if left.dtype.kind == "c" else float) - right)
        differs = (left != right) & ~((left != left) & (right != right))
        count = int(numpy.count_nonzero(differs))
        if not count:
            yield Difference(path, f"{kind}: equal numbers, but the bits of zeros or NaN differ", 0.0)
            return
        largest = float(numpy.max(numpy.where(numpy.isnan(amount), math.inf, amount)[differs]))
        yield Difference(path, f"{kind}: {count:,} of {left.size:,} by at most {largest:.3g}", largest)


def _equal_bits(left: Any, right: Any) -> bool:
    """Compare piece by piece: a result may be as large as the memory, and is mapped from a file."""
    import numpy

    one, other = (numpy.ascontiguousarray(array).reshape(-1).view(numpy.uint8) for array in (left, right))
    return all(
        numpy.array_equal(one[start : start + _PIECE], other[start : start + _PIECE])
        for start in range(0, one.size, _PIECE)
    )


def _equal_objects(left: Any, right: Any) -> bool:
    """Whether arrays of objects, dates or strings agree; missing values are equal."""
    pairs = zip(left.ravel().tolist(), right.ravel().tolist(), strict=True)
    return all(x is y or x == y or (x != x and y != y) for x, y in pairs)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
