"""TargetEncoder of what skl2onnx's has no counterpart for: numbers in double, truths, more than two classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._categories import columns_of, equal_to
from ._columns import cast, constant, element_of, node, shape_of_width


def convert_targets(scope: Any, operator: Any, container: Any) -> None:
    """Write what each category stands for, and the target's mean for an unknown one."""
    from onnx import TensorProto

    encoder, width = operator.raw_operator, _width(operator.raw_operator)
    means = np.asarray(encoder.target_mean_, dtype=np.float64).reshape(1, width)
    axis = constant(scope, container, np.array([1]))
    made = []
    for place, (name, given) in enumerate(columns_of(scope, operator, container)):
        same = equal_to(scope, container, name, given, encoder.categories_[place])
        ones = cast(scope, container, same, TensorProto.DOUBLE)
        worth = np.stack(encoder.encodings_[place * width : (place + 1) * width], axis=1).astype(np.float64)
        encoded = node(scope, container, "MatMul", [ones, constant(scope, container, worth)])
        known = node(scope, container, "ReduceMax", [ones, axis], keepdims=1)
        is_known = cast(scope, container, known, TensorProto.BOOL)
        made.append(node(scope, container, "Where", [is_known, encoded, constant(scope, container, means)]))
    together = node(scope, container, "Concat", made, axis=1)
    node(scope, container, "Cast", [together], operator.outputs[0].full_name, to=element_of(operator))


def needs_own(operator: Any) -> bool:
    """Tell whether skl2onnx has no counterpart for an encoder, or for what comes to it."""
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

    known = (FloatTensorType, Int64TensorType, StringTensorType)
    return _width(operator.raw_operator) > 1 or not all(isinstance(given.type, known) for given in operator.inputs)


def shape_of_targets(operator: Any) -> None:
    """Tell skl2onnx what comes out: a number for each column, of several classes one for each of them."""
    shape_of_width(operator, len(operator.raw_operator.encodings_))


def _width(encoder: Any) -> int:
    return len(encoder.classes_) if encoder.target_type_ == "multiclass" else 1
