"""OneHotEncoder of what skl2onnx's has no counterpart for: numbers that are not whole, truths, infrequent categories.

A value is compared with each category, and what it is equal to is carried to the column that stands for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import cast, constant, node


def convert_categories(scope: Any, operator: Any, container: Any) -> None:
    """Write each column's categories, one column of zeros and ones each, side by side.

    Raises
    ------
    ExportError
        A category is of no type that a tensor has.
    """
    from onnx import TensorProto
    from skl2onnx.common.data_types import DoubleTensorType

    encoder, output = operator.raw_operator, operator.outputs[0]
    wide = isinstance(output.type, DoubleTensorType)
    element = TensorProto.DOUBLE if wide else TensorProto.FLOAT
    kind = np.float64 if wide else np.float32
    made = []
    for place, (name, given) in enumerate(columns_of(scope, operator, container)):
        carried, unknown = _places(encoder, place)
        same = equal_to(scope, container, name, given, encoder.categories_[place])
        ones = cast(scope, container, same, element)
        column = node(scope, container, "MatMul", [ones, constant(scope, container, carried.astype(kind))])
        if unknown is not None:
            axis = constant(scope, container, np.array([1]))
            known = node(scope, container, "ReduceSum", [ones, axis], keepdims=1)
            other = node(scope, container, "Sub", [constant(scope, container, np.ones(1, dtype=kind)), known])
            weighed = node(scope, container, "MatMul", [other, constant(scope, container, unknown.astype(kind))])
            column = node(scope, container, "Add", [column, weighed])
        made.append(column)
    node(scope, container, "Concat", made, output.full_name, axis=1)


def columns_of(scope: Any, operator: Any, container: Any) -> list[tuple[str, Any]]:
    """Return name and type of each column, by itself."""
    found = []
    for variable in operator.inputs:
        width = variable.type.shape[1]
        if width == 1:
            found.append((variable.full_name, variable.type))
            continue
        for place in range(width):
            at = constant(scope, container, np.array([place]))
            found.append((node(scope, container, "Gather", [variable.full_name, at], axis=1), variable.type))
    return found


def equal_to(scope: Any, container: Any, name: str, given: Any, categories: Any) -> str:
    """Return the name of a tensor of truths: which category each row's value is."""
    from onnx import TensorProto
    from skl2onnx.common.data_types import StringTensorType

    if isinstance(given, StringTensorType):
        if not all(isinstance(each, str) for each in categories):
            raise ExportError("a category is no text, and a missing one cannot be sent: fill it in before")
        return node(scope, container, "Equal", [name, constant(scope, container, np.array([categories], dtype=object))])
    numbers = np.asarray(categories, dtype=np.float64).reshape(1, -1)  # a float32 is exact in it
    value = cast(scope, container, name, TensorProto.DOUBLE)
    same = node(scope, container, "Equal", [value, constant(scope, container, numbers)])
    if not np.isnan(numbers).any():
        return same
    missing = node(scope, container, "And", [
        node(scope, container, "IsNaN", [value]), constant(scope, container, np.isnan(numbers)),
    ])  # fmt: skip
    return node(scope, container, "Or", [same, missing])


def _places(encoder: Any, place: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """Return which output each category of a column is carried to, and which an unknown value is; None for none.

    Returns
    -------
    ndarray
        Shape (categories, outputs): ones where a category is carried to, nothing for one that is dropped.
    ndarray or None
        Shape (1, outputs).
    """
    count = len(encoder.categories_[place])
    mappings = getattr(encoder, "_default_to_infrequent_mappings", None)
    mapping = mappings[place] if mappings is not None else None
    targets = np.arange(count) if mapping is None else np.asarray(mapping)
    whole = np.eye(int(targets.max()) + 1)
    dropped = encoder.drop_idx_[place] if encoder.drop_idx_ is not None else None
    if dropped is not None and mapping is not None:
        dropped = mapping[dropped]
    kept = whole if dropped is None else np.delete(whole, dropped, axis=1)
    infrequent = mapping is not None and encoder.handle_unknown in ("infrequent_if_exist", "warn")
    return kept[targets], kept[[whole.shape[0] - 1]] if infrequent else None


def needs_own(operator: Any) -> bool:
    """Tell whether skl2onnx has no counterpart for an encoder, or for what comes to it."""
    from skl2onnx.common.data_types import Int64TensorType, StringTensorType

    encoder = operator.raw_operator
    if getattr(encoder, "_infrequent_enabled", False):
        return True
    return not all(isinstance(variable.type, (Int64TensorType, StringTensorType)) for variable in operator.inputs)


def shape_of_categories(operator: Any, wide: bool) -> None:
    """Tell skl2onnx what comes out: one column a category.

    Parameters
    ----------
    wide : bool
        Whether the file computes in double.
    """
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    encoder = operator.raw_operator
    width = sum(_places(encoder, place)[0].shape[1] for place in range(len(encoder.categories_)))
    kind = DoubleTensorType if wide else FloatTensorType
    operator.outputs[0].type = kind([operator.inputs[0].get_first_dimension(), width])
