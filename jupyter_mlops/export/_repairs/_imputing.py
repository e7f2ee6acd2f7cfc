"""SimpleImputer in double, with plain operators: onnxruntime's Imputer knows float32 and int64 only."""

from __future__ import annotations

from typing import Any


def convert_imputer(scope: Any, operator: Any, container: Any) -> None:
    """Write `where(isnan(x), statistics, x)`: skl2onnx' protocol for a conversion of one's own.

    Raises
    ------
    NotImplementedError
        The imputer does more than that, or is not about numbers in double.
    """
    import numpy as np
    from onnx import TensorProto
    from skl2onnx.common.data_types import DoubleTensorType
    from skl2onnx.operator_converters.common import concatenate_variables
    from skl2onnx.operator_converters.imputer_op import convert_sklearn_imputer

    imputer = operator.raw_operator
    if not all(isinstance(variable.type, DoubleTensorType) for variable in operator.inputs):
        convert_sklearn_imputer(scope, operator, container)
        return
    statistics = np.asarray(imputer.statistics_, dtype=np.float64)
    if imputer.add_indicator or np.isnan(statistics).any():
        raise NotImplementedError(
            "SimpleImputer with add_indicator, or with empty columns, has no counterpart in double"
        )
    name = concatenate_variables(scope, operator.inputs, container)
    is_missing = scope.get_unique_variable_name("is_missing")
    filled = scope.get_unique_variable_name("statistics")
    container.add_initializer(filled, TensorProto.DOUBLE, [1, len(statistics)], statistics.tolist())
    if isinstance(imputer.missing_values, (float, np.floating)) and np.isnan(imputer.missing_values):
        container.add_node("IsNaN", [name], [is_missing], op_version=13)
    else:
        value = scope.get_unique_variable_name("missing_value")
        container.add_initializer(value, TensorProto.DOUBLE, [1], [float(imputer.missing_values)])
        container.add_node("Equal", [name, value], [is_missing], op_version=13)
    container.add_node("Where", [is_missing, filled, name], [operator.outputs[0].full_name], op_version=16)
