"""Small ONNX models for stories about endpoints: each answers with what it was asked, or with a sum of it."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

from jupyter_mlops.entities import Bundle, OnnxSignature, OnnxTensor
from jupyter_mlops.export import open_bundle

_TYPES = {
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "int64": TensorProto.INT64,
    "bool": TensorProto.BOOL,
    "str": TensorProto.STRING,
}


def echo(*inputs: OnnxTensor, facts: dict[str, str] | None = None) -> bytes:
    """A model that answers each input `x` with an output `x_out` of the same values."""
    outputs = [OnnxTensor(name=f"{each.name}_out", type=each.type, shape=each.shape) for each in inputs]
    nodes = [helper.make_node("Identity", [each.name], [f"{each.name}_out"]) for each in inputs]
    return _model(nodes, inputs, outputs, facts or {})


def total(
    columns: tuple[str, ...] = ("a", "b", "c"), factor: float = 1.0, facts: dict[str, str] | None = None
) -> bytes:
    """A model that answers a row of numbers with their sum times a factor."""
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    scale = helper.make_tensor("scale", TensorProto.FLOAT, [1], [factor])
    nodes = [
        helper.make_node("ReduceSum", ["X", "axes"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "scale"], ["total"]),
    ]
    inputs = (OnnxTensor(name="X", type="float32", shape=(None, len(columns)), columns=columns),)
    outputs = [OnnxTensor(name="total", type="float32", shape=(None,), method="predict")]
    return _model(nodes, inputs, outputs, facts or {}, [axes, scale])


def column(name: str, kind: str) -> OnnxTensor:
    """An input that holds one column."""
    return OnnxTensor(name=name, type=kind, shape=(None, 1), columns=(name,))


def bundle(folder: Path, data: bytes, label: str = "model") -> Bundle:
    """A file with a model, as a bundle."""
    path = folder / f"{label}.onnx"
    path.write_bytes(data)
    return open_bundle(path, label)


def _model(nodes, inputs, outputs, facts, constants=()) -> bytes:
    def declared(tensor: OnnxTensor):
        sizes = ["rows" if size is None else size for size in tensor.shape]
        return helper.make_tensor_value_info(tensor.name, _TYPES[tensor.type], sizes)

    graph = helper.make_graph(
        nodes, "graph", [declared(each) for each in inputs], [declared(each) for each in outputs], list(constants)
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    signature = OnnxSignature(inputs=tuple(inputs), outputs=tuple(outputs))
    for key, value in {"jupyter_mlops.signature": signature.to_json(), **facts}.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(model)
    return model.SerializeToString()
