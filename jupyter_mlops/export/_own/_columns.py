"""What conversions of our own are written with: the columns that come to an estimator, as one tensor."""

from __future__ import annotations

from typing import Any

import numpy as np


def joined(scope: Any, operator: Any, container: Any, element: int | None = None) -> str:
    """Return the name of the tensor with all columns: skl2onnx' own way of joining makes them float32.

    Parameters
    ----------
    scope, operator, container
        As skl2onnx calls a conversion.
    element : int, optional
        The type that they are cast to (`TensorProto`); as they are when not given.
    """
    names: list[str] = [variable.full_name for variable in operator.inputs]
    if element is not None:
        names = [cast(scope, container, name, element) for name in names]
    if len(names) == 1:
        return names[0]
    name: str = scope.get_unique_variable_name("joined")
    container.add_node("Concat", names, [name], op_version=13, axis=1)
    return name


def cast(scope: Any, container: Any, name: str, element: int) -> str:
    """Return the name of a tensor as another type."""
    return node(scope, container, "Cast", [name], op_version=13, to=element)


def node(scope: Any, container: Any, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
    """Write one operator; return the name of what it gives, a new one unless `output` is named."""
    name: str = output or scope.get_unique_variable_name(kind.lower())
    container.add_node(kind, inputs, [name], name=scope.get_unique_operator_name(kind), **attributes)
    return name


def constant(scope: Any, container: Any, value: np.ndarray[Any, Any]) -> str:
    """Return the name of an array that stands in the file."""
    from onnx import helper

    name: str = scope.get_unique_variable_name("constant")
    element = helper.np_dtype_to_tensor_dtype(value.dtype)
    content = [text.encode() for text in value.ravel()] if value.dtype == object else value.ravel().tolist()
    container.add_initializer(name, element, list(value.shape), content)
    return name


def written(classes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return classes as a file has them: numbers whole, as skl2onnx does it, anything else as texts."""
    return classes.astype(np.int64 if classes.dtype.kind in "biuf" else object)


def element_of(operator: Any) -> int:
    """Return double where one of the columns that come to an estimator is, else float32."""
    from onnx import TensorProto
    from skl2onnx.common.data_types import DoubleTensorType

    wide = any(isinstance(variable.type, DoubleTensorType) for variable in operator.inputs)
    return int(TensorProto.DOUBLE if wide else TensorProto.FLOAT)


def shape_of_width(operator: Any, width: int | None) -> None:
    """Tell skl2onnx that numbers come out, so many a row: double where a column of double comes in."""
    from onnx import TensorProto
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    kind = DoubleTensorType if element_of(operator) == TensorProto.DOUBLE else FloatTensorType
    operator.outputs[0].type = kind([operator.inputs[0].get_first_dimension(), width])
