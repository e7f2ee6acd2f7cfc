"""A model's graph with one input a column and one output a figure, for programs that know tables and not tensors.

MLflow's ONNX models hand a table's columns over one by one, and make a table of what comes back. What stands in front
of the model and behind it only puts columns together and takes them apart: no figure changes.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from ..entities import OnnxSignature, OnnxTensor

if TYPE_CHECKING:
    from onnx import ModelProto


class _Names(NamedTuple):
    """What stands before names that are no column's: of the original graph, and of what is put around it.

    A column may be called as anything in the graph, and as these.
    """

    model: str
    table: str

    @classmethod
    def beside(cls, columns: OnnxSignature) -> _Names:
        found = cls("model/", "table/")
        while any(tensor.name.startswith(found) for tensor in (*columns.inputs, *columns.outputs)):
            found = cls(f"_{found.model}", f"_{found.table}")
        return found


def column_signature(signature: OnnxSignature) -> OnnxSignature | None:
    """Return what the model takes and answers by column; None for one that is no table's.

    Each input is `[rows]`; the only one is `[rows, 1]`, as MLflow gives it.
    """
    each = [_columns_in(tensor) for tensor in signature.inputs]
    inputs = list(chain.from_iterable(each)) if all(each) else []
    outputs = [column for tensor in signature.outputs for column in output_columns(tensor)]
    names = Counter(column.name for column in (*inputs, *outputs))
    if not inputs or not outputs or "" in names or max(names.values()) > 1:
        return None
    if len(inputs) == 1:
        inputs = [OnnxTensor(name=inputs[0].name, type=inputs[0].type, shape=(None, 1))]
    if not all(_is_table(tensor) for tensor in (*signature.inputs, *signature.outputs)):
        return None
    return OnnxSignature(inputs=tuple(inputs), outputs=tuple(outputs))


def by_column(proto: ModelProto, signature: OnnxSignature, columns: OnnxSignature) -> ModelProto:
    """Return a model that takes and answers columns.

    Parameters
    ----------
    proto : ModelProto
        The original; left as it is.
    signature : OnnxSignature
        Of the original.
    columns : OnnxSignature
        What `column_signature` made of it.
    """
    from onnx import compose, helper

    names = _Names.beside(columns)
    made = compose.add_prefix(proto, names.model)
    graph = made.graph
    nodes = [*_front(signature, columns, names), *graph.node, *_back(signature, names)]
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    graph.initializer.extend(each for each in _constants(signature, names) if each.name in used)
    graph.input.extend(_value(each) for each in columns.inputs)
    graph.output.extend(_value(each) for each in columns.outputs)
    helper.set_model_props(made, {entry.key: entry.value for entry in proto.metadata_props} | {_KEY: columns.to_json()})
    return made


_KEY = "jupyter_mlops.signature"


def _columns_in(tensor: OnnxTensor) -> list[OnnxTensor]:
    width = _width(tensor)
    names = tensor.columns or ((tensor.name,) if width == 1 else ())
    return [OnnxTensor(name=name, type=tensor.type, shape=(None,)) for name in names] if len(names) == width else []


def output_columns(tensor: OnnxTensor) -> list[OnnxTensor]:
    """Return the columns that an output is taken apart into."""
    width = _width(tensor)
    if width == 1 and not tensor.columns:
        return [OnnxTensor(name=tensor.name, type=tensor.type, shape=(None,))]
    ends = tensor.columns if len(tensor.columns) == width else tuple(map(str, range(width)))
    return [OnnxTensor(name=f"{tensor.name}_{end}", type=tensor.type, shape=(None,)) for end in ends]


def _width(tensor: OnnxTensor) -> int:
    return 1 if len(tensor.shape) < 2 else tensor.shape[1] or 0


def _is_table(tensor: OnnxTensor) -> bool:
    return len(tensor.shape) in (1, 2) and tensor.shape[0] is None and _width(tensor) > 0


def _front(signature: OnnxSignature, columns: OnnxSignature, names: _Names) -> list[Any]:
    """Return nodes that make the model's tensors of columns."""
    from onnx import helper

    left = iter(columns.inputs)
    nodes = []
    for place, tensor in enumerate(signature.inputs):
        target = f"{names.model}{tensor.name}"
        if len(tensor.shape) == 1:
            nodes.append(helper.make_node("Reshape", [next(left).name, f"{names.table}flat"], [target]))
            continue
        parts = [f"{names.table}{place}/{number}" for number in range(_width(tensor))]
        nodes += [helper.make_node("Reshape", [next(left).name, f"{names.table}column"], [part]) for part in parts]
        nodes.append(helper.make_node("Concat", parts, [target], axis=1))
    return nodes


def _back(signature: OnnxSignature, names: _Names) -> list[Any]:
    """Return nodes that make columns of the model's tensors."""
    from onnx import helper

    nodes = []
    for tensor in signature.outputs:
        source, targets = f"{names.model}{tensor.name}", [column.name for column in output_columns(tensor)]
        if len(targets) == 1:
            nodes.append(helper.make_node("Reshape", [source, f"{names.table}flat"], targets))
            continue
        nodes += [
            helper.make_node("Gather", [source, f"{names.table}{number}"], [target], axis=1)
            for number, target in enumerate(targets)
        ]
    return nodes


def _constants(signature: OnnxSignature, names: _Names) -> list[Any]:
    import numpy as np
    from onnx import numpy_helper

    widest = max(_width(tensor) for tensor in signature.outputs)
    return [
        numpy_helper.from_array(np.array([-1, 1]), f"{names.table}column"),
        numpy_helper.from_array(np.array([-1]), f"{names.table}flat"),
        *(numpy_helper.from_array(np.array(number), f"{names.table}{number}") for number in range(widest)),
    ]


def _value(tensor: OnnxTensor) -> Any:
    from onnx import TensorProto, helper

    words = {"float32": "FLOAT", "float64": "DOUBLE", "str": "STRING"}
    kind = TensorProto.DataType.Value(words.get(tensor.type, tensor.type.upper()))
    return helper.make_tensor_value_info(tensor.name, kind, ["rows", *tensor.shape[1:]])
