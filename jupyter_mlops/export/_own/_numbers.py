"""Normalizer, Binarizer, PowerTransformer and TfidfTransformer.

skl2onnx's know no double, or divide by the length of nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import constant, element_of, joined, node, shape_of_width

_NORMS = {"l1": "ReduceL1", "l2": "ReduceL2", "max": "ReduceMax"}


def convert_normalizer(scope: Any, operator: Any, container: Any) -> None:
    """Write `X / norm`, where a row without length stays as it is."""
    given, kind = _given(scope, operator, container)
    axis = constant(scope, container, np.array([1]))
    norm = _NORMS[operator.raw_operator.norm]
    sized = node(scope, container, "Abs", [given]) if norm == "ReduceMax" else given
    length = node(scope, container, norm, [sized, axis], keepdims=1)
    least = np.array([10 * np.finfo(np.float64).eps], dtype=kind)  # as scikit-learn asks it
    nothing = node(scope, container, "Less", [length, constant(scope, container, least)])
    one = constant(scope, container, np.ones(1, dtype=kind))
    divisor = node(scope, container, "Where", [nothing, one, length])
    node(scope, container, "Div", [given, divisor], operator.outputs[0].full_name)


def convert_weights(scope: Any, operator: Any, container: Any) -> None:
    """Write what words weigh: their counts, or logarithms of them, times how rare they are, over the row's length."""
    weights = operator.raw_operator
    found, kind = _given(scope, operator, container)
    nothing, one = (constant(scope, container, np.array([value], dtype=kind)) for value in (0, 1))
    if weights.sublinear_tf:
        logarithm = node(scope, container, "Add", [node(scope, container, "Log", [found]), one])
        found = node(scope, container, "Where", [node(scope, container, "Equal", [found, nothing]), found, logarithm])
    if weights.use_idf:
        found = node(scope, container, "Mul", [found, constant(scope, container, np.array([weights.idf_], dtype=kind))])
    if weights.norm:
        axis = constant(scope, container, np.array([1]))
        length = node(scope, container, _NORMS[weights.norm], [found, axis], keepdims=1)
        # As scikit-learn divides sparse rows, however short they are.
        is_empty = node(scope, container, "Equal", [length, nothing])
        found = node(scope, container, "Div", [found, node(scope, container, "Where", [is_empty, one, length])])
    node(scope, container, "Identity", [found], operator.outputs[0].full_name)


def convert_binarizer(scope: Any, operator: Any, container: Any) -> None:
    """Write `X > threshold`."""
    given, kind = _given(scope, operator, container)
    threshold = constant(scope, container, np.array([operator.raw_operator.threshold], dtype=kind))
    above = node(scope, container, "Greater", [given, threshold])
    node(scope, container, "Cast", [above], operator.outputs[0].full_name, to=element_of(operator))


def convert_power(scope: Any, operator: Any, container: Any) -> None:
    """Write Yeo-Johnson's or Box-Cox' transformation, and the scaling behind it; what is missing stays so."""
    transformer = operator.raw_operator
    given, kind = _given(scope, operator, container)
    powers = np.asarray(transformer.lambdas_, dtype=np.float64)
    if transformer.method == "box-cox":
        found = _raised(scope, container, given, powers, kind)
    else:
        nothing, one = (constant(scope, container, np.array([value], dtype=kind)) for value in (0, 1))
        up = node(scope, container, "Add", [node(scope, container, "Max", [given, nothing]), one])
        down = node(scope, container, "Sub", [one, node(scope, container, "Min", [given, nothing])])
        above = _raised(scope, container, up, powers, kind)
        below = node(scope, container, "Neg", [_raised(scope, container, down, 2 - powers, kind)])
        is_above = node(scope, container, "GreaterOrEqual", [given, nothing])
        found = node(scope, container, "Where", [is_above, above, below])
        found = node(scope, container, "Where", [node(scope, container, "IsNaN", [given]), given, found])
    if transformer.standardize:
        shift, scale = transformer._scaler.mean_, transformer._scaler.scale_
        found = node(scope, container, "Sub", [found, constant(scope, container, np.array([shift], dtype=kind))])
        found = node(scope, container, "Div", [found, constant(scope, container, np.array([scale], dtype=kind))])
    node(scope, container, "Identity", [found], operator.outputs[0].full_name)


def _raised(scope: Any, container: Any, given: str, powers: np.ndarray[Any, Any], kind: Any) -> str:
    """Return the name of `(x ** power - 1) / power`, which is the logarithm for no power; x is positive."""
    logarithmic = np.abs(powers) < np.spacing(1.0)  # as scikit-learn asks it
    safe = constant(scope, container, np.array([np.where(logarithmic, 1.0, powers)], dtype=kind))
    one = constant(scope, container, np.ones(1, dtype=kind))
    raised = node(scope, container, "Sub", [node(scope, container, "Pow", [given, safe]), one])
    raised = node(scope, container, "Div", [raised, safe])
    if not logarithmic.any():
        return raised
    which = constant(scope, container, logarithmic.reshape(1, -1))
    return node(scope, container, "Where", [which, node(scope, container, "Log", [given]), raised])


def _given(scope: Any, operator: Any, container: Any) -> tuple[str, Any]:
    """Return the name of all columns as numbers, and NumPy's type of them."""
    from onnx import helper

    element = element_of(operator)
    return joined(scope, operator, container, element), helper.tensor_dtype_to_np_dtype(element)


def shape_of_numbers(operator: Any) -> None:
    """Tell skl2onnx what comes out: a number for each that goes in."""
    sizes = [variable.type.shape[1] for variable in operator.inputs]
    shape_of_width(operator, None if None in sizes else sum(sizes))
