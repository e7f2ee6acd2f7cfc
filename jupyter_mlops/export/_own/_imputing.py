"""SimpleImputer with plain operators: onnxruntime's Imputer knows no double, and skl2onnx no indicators.

A missing text cannot be sent to an ONNX file at all, so texts go through as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import cast, constant, element_of, joined, node


def needs_own(operator: Any) -> bool:
    """Tell whether skl2onnx has no counterpart for an imputer, or for what comes to it."""
    return bool(operator.raw_operator.add_indicator) or (_takes_texts(operator) and _is_missing(operator.raw_operator))


def convert_imputer(scope: Any, operator: Any, container: Any) -> None:
    """Write `where(isnan(x), statistics, x)`, and behind it which values were missing, where that is asked for.

    Raises
    ------
    ExportError
        A text stands for a missing one.
    """
    imputer, output = operator.raw_operator, operator.outputs[0].full_name
    if _takes_texts(operator):
        if not _is_missing(imputer) or imputer.add_indicator:
            raise ExportError("SimpleImputer of texts that stand for missing ones has no counterpart in double")
        node(scope, container, "Identity", [joined(scope, operator, container)], output)
        return
    from onnx import helper

    element = element_of(operator)
    kind = helper.tensor_dtype_to_np_dtype(element)
    given = joined(scope, operator, container, element)
    missing = _missing(scope, container, given, imputer.missing_values, kind)
    statistics = np.asarray(imputer.statistics_, dtype=np.float64)
    filled = constant(scope, container, np.nan_to_num(statistics).astype(kind).reshape(1, -1))
    parts = [node(scope, container, "Where", [missing, filled, given])]
    if _kept(imputer).sum() < len(statistics):
        kept = constant(scope, container, np.flatnonzero(_kept(imputer)))
        parts = [node(scope, container, "Gather", [parts[0], kept], axis=1)]
    if imputer.add_indicator:
        at = constant(scope, container, np.asarray(imputer.indicator_.features_, dtype=np.int64))
        told = node(scope, container, "Gather", [missing, at], axis=1)
        parts.append(cast(scope, container, told, element))
    node(scope, container, "Concat", parts, output, axis=1)


def shape_of_imputed(operator: Any) -> None:
    """Tell skl2onnx what comes out: the columns that are kept, and one for each indicator."""
    from onnx import TensorProto
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType

    imputer = operator.raw_operator
    wide = element_of(operator) == TensorProto.DOUBLE
    kind = StringTensorType if _takes_texts(operator) else DoubleTensorType if wide else FloatTensorType
    width = int(_kept(imputer).sum()) + (len(imputer.indicator_.features_) if imputer.add_indicator else 0)
    operator.outputs[0].type = kind([operator.inputs[0].get_first_dimension(), width])


def _missing(scope: Any, container: Any, given: str, value: Any, kind: Any) -> str:
    if _stands_for_none(value):
        return node(scope, container, "IsNaN", [given])
    return node(scope, container, "Equal", [given, constant(scope, container, np.array([value], dtype=kind))])


def _kept(imputer: Any) -> np.ndarray[Any, Any]:
    """Return which columns are there afterwards: one in which nothing was known is dropped."""
    statistics = np.asarray(imputer.statistics_)
    known = np.array([not _stands_for_none(value) for value in statistics], dtype=bool)
    return np.asarray(known | imputer.keep_empty_features)


def _is_missing(imputer: Any) -> bool:
    """Tell whether what is replaced is what no text can be."""
    return _stands_for_none(imputer.missing_values)


def _stands_for_none(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def _takes_texts(operator: Any) -> bool:
    from skl2onnx.common.data_types import StringTensorType

    return any(isinstance(variable.type, StringTensorType) for variable in operator.inputs)
