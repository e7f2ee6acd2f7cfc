"""NumPy's functions, which FunctionTransformer applies and TransformedTargetRegressor takes back."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import constant, element_of, joined, node

Step = tuple[str, float | None]
"""An operator, and the number that it takes beside what is before it."""

_LOG2, _LOG10 = 1 / math.log(2), 1 / math.log(10)

STEPS: dict[Callable[..., Any], tuple[Step, ...]] = {
    np.abs: (("Abs", None),),
    np.ceil: (("Ceil", None),),
    np.cos: (("Cos", None),),
    np.exp: (("Exp", None),),
    np.exp2: (("Mul", math.log(2)), ("Exp", None)),
    np.expm1: (("Exp", None), ("Sub", 1.0)),
    np.floor: (("Floor", None),),
    np.log: (("Log", None),),
    np.log10: (("Log", None), ("Mul", _LOG10)),
    np.log1p: (("Add", 1.0), ("Log", None)),
    np.log2: (("Log", None), ("Mul", _LOG2)),
    np.negative: (("Neg", None),),
    np.reciprocal: (("Reciprocal", None),),
    np.sign: (("Sign", None),),
    np.sin: (("Sin", None),),
    np.sqrt: (("Sqrt", None),),
    np.square: (("Pow", 2.0),),
    np.tanh: (("Tanh", None),),
}
"""What each is in ONNX' operators."""


def steps_of(function: Callable[..., Any] | None, arguments: Any = None) -> tuple[Step, ...]:
    """Return what a function is in ONNX' operators; nothing for none at all.

    Raises
    ------
    ExportError
        It is no function of NumPy that has a counterpart.
    """
    if function is None:
        return ()
    try:
        found = STEPS.get(function) if not arguments else None
    except TypeError:  # what cannot be hashed is none of NumPy's
        found = None
    if found is None:
        known = ", ".join(sorted(f"np.{each.__name__}" for each in STEPS))
        name = getattr(function, "__name__", type(function).__name__)
        name = "a lambda" if name == "<lambda>" else name
        raise ExportError(
            f"FunctionTransformer has {name}, which has no counterpart: compute it before the pipeline, or use {known}"
        )
    return found


def convert_function(scope: Any, operator: Any, container: Any) -> None:
    """Write the function, of all columns as numbers.

    Raises
    ------
    ExportError
        It has no counterpart.
    """
    from onnx import helper

    element = element_of(operator)
    kind = helper.tensor_dtype_to_np_dtype(element)
    steps = steps_of(operator.raw_operator.func, operator.raw_operator.kw_args)
    name = joined(scope, operator, container, element if steps else None)
    for operation, number in steps:
        beside = [] if number is None else [constant(scope, container, np.array([number], dtype=kind))]
        name = node(scope, container, operation, [name, *beside])
    node(scope, container, "Identity", [name], operator.outputs[0].full_name)


def shape_of_function(operator: Any) -> None:
    """Tell skl2onnx what comes out: numbers, as many as columns.

    Raises
    ------
    ExportError
        The function has no counterpart.
    """
    from onnx import TensorProto
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    function = operator.raw_operator.func
    steps_of(function, operator.raw_operator.kw_args)
    wide = element_of(operator) == TensorProto.DOUBLE
    first = operator.inputs[0].type
    kind = type(first) if function is None else DoubleTensorType if wide else FloatTensorType
    sizes = [variable.type.shape[1] for variable in operator.inputs]
    width = None if None in sizes else sum(sizes)
    operator.outputs[0].type = kind([operator.inputs[0].get_first_dimension(), width])
