"""Whether a call may change an object that it is given; decides what a cell promises to bring back (DESIGN 3.3)."""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
from collections.abc import Iterable
from typing import Any

from ._code_names import code_names

_VALUES = (
    *(type(None), bool, int, float, complex, str, bytes, range, slice, type(Ellipsis), type, enum.Enum),
    *(types.ModuleType, types.GenericAlias, types.UnionType, types.CodeType),
)
"""Nothing that a call could change."""

_DATA = frozenset(
    {
        "datetime.date",
        "datetime.time",
        "datetime.timedelta",
        "datetime.tzinfo",
        "decimal.Decimal",
        "fractions.Fraction",
        "uuid.UUID",
        "pathlib.PurePath",
        "re.Pattern",
        "numpy.ndarray",
        "numpy.generic",
        "numpy.dtype",
        "pandas.DataFrame",
        "pandas.Series",
        "pandas.Index",
        "pandas.core.frame.DataFrame",
        "pandas.core.series.Series",
        "pandas.core.indexes.base.Index",
        "pandas.core.arrays.base.ExtensionArray",
        "pandas.api.extensions.ExtensionArray",
        "scipy.sparse._base._spbase",
        "pyarrow.lib._Tabular",
        "pyarrow.lib.Array",
        "pyarrow.lib.ChunkedArray",
        "pyarrow.lib.DataType",
        "polars.dataframe.frame.DataFrame",
        "polars.series.series.Series",
        "torch.dtype",
        "torch.device",
        "tensorflow.python.types.core.Tensor",
        "tensorflow.python.framework.dtypes.DType",
    }
)
"""Data that functions read: two runs may have it side by side. Writing to it is seen in the cell's text."""

_VARIABLES = frozenset({"tensorflow.python.ops.variables.Variable", "keras.src.backend.common.variables.Variable"})
"""Look like tensors, and hold what training changes."""

_DEEP = 6
"""Levels of nesting that are looked at; what is deeper counts as changeable."""


def is_stateful(value: Any) -> bool:
    """Return whether a call that gets this object may leave it changed.

    Estimators, modules, models, optimizers, containers and objects of one's own may; numbers, strings, arrays, frames
    and tensors, and tuples of them, do not.

    Parameters
    ----------
    value : object
        What a name of the notebook holds.

    Examples
    --------
    >>> is_stateful([1, 2]), is_stateful((1, 2))
    (True, False)
    """
    return _is_stateful(value, _DEEP)


def is_data(kind: type) -> bool:
    """Return whether objects of a class are arrays, frames, tensors and the like: they hold memory, not objects."""
    return not (_DATA | {"torch.Tensor"}).isdisjoint(_names_of(kind))


def _names_of(kind: type) -> set[str]:
    return {f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__}


def _is_stateful(value: Any, depth: int) -> bool:
    if isinstance(value, _VALUES):
        return False
    names = _names_of(type(value))
    if "torch.Tensor" in names:
        # An optimizer changes the leaves that it was given.
        return bool(value.requires_grad and value.is_leaf)
    if not _DATA.isdisjoint(names):
        return not _VARIABLES.isdisjoint(names)
    parts = _parts(value)
    if parts is None:
        return True
    return depth == 0 or any(_is_stateful(part, depth - 1) for part in parts)


def _parts(value: Any) -> Iterable[Any] | None:
    """Return what an object that does not change itself may lead to; None for one that may change."""
    if isinstance(value, tuple | frozenset):
        return value
    if isinstance(value, types.FunctionType):
        if code_names(value.__code__).outer:
            return None
        return [*_contents(value.__closure__ or ()), *(value.__defaults__ or ())]
    if isinstance(value, types.MethodType | types.BuiltinFunctionType):
        return (value.__self__,)
    if isinstance(value, functools.partial):
        return (value.func, *value.args, *value.keywords.values())
    params = getattr(type(value), "__dataclass_params__", None)
    if params is not None and params.frozen:
        return [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    return None


def _contents(cells: Iterable[types.CellType]) -> Iterable[Any]:
    for cell in cells:
        try:
            yield cell.cell_contents
        except ValueError:
            continue
