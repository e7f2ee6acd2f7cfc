"""Missing values inside of networks, where onnxruntime and the frameworks make different things of them.

Its LSTM and GRU clamp, so a sequence with a missing value gets an answer that looks like any other. Here a unit is
missing where one of its gates is, and everything after it in time, as in the frameworks. Nor does it see a missing
value among numbers of which it chooses the largest, where torch's pooling and both frameworks' `max` answer none.
TensorFlow's max pooling passes over what is missing, where onnxruntime's does not, and beside an infinity or a missing
value its softmax answers 0.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ...exceptions import ExportError
from .._graph import replace_nodes

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def keep_missing(proto: ModelProto) -> None:
    """Let recurrent operators, and those that choose the largest, answer nothing for a missing value; changed in place.

    Raises
    ------
    ExportError
        There is none.
    """
    chosen = keep_missing_in_extremes(proto, {"MaxPool", "GlobalMaxPool", "ReduceMax", "ReduceMin"})
    if not keep_missing_in_sequences(proto) and not chosen:
        raise ExportError("no layer of it loses missing values")


def keep_missing_in_sequences(proto: ModelProto) -> bool:
    """Let each recurrent operator answer nothing for what comes of a missing value; tell whether there is one."""
    nodes: list[NodeProto] = []
    for number, node in enumerate(proto.graph.node):
        nodes.append(node)
        if node.op_type in _GATES:
            nodes += _Guard(proto.graph, node, f"missing{number}").nodes()
    found = len(nodes) > len(proto.graph.node)
    replace_nodes(proto.graph, nodes)
    return found


def keep_missing_in_extremes(proto: ModelProto, kinds: Collection[str]) -> bool:
    """Let what chooses the largest or smallest number answer nothing beside a missing one; tell whether anything does.

    Parameters
    ----------
    kinds : collection of str
        Of operators; those of whole numbers stay as they are.
    """
    figures = _figures(proto) if any(node.op_type in kinds for node in proto.graph.node) else set()
    nodes: list[NodeProto] = []
    for number, node in enumerate(proto.graph.node):
        nodes.append(node)
        if node.op_type in kinds and node.input[0] in figures:
            nodes += _nothing_beside_missing(proto.graph, node, f"extreme{number}")
    found = len(nodes) > len(proto.graph.node)
    replace_nodes(proto.graph, nodes)
    return found


def _figures(proto: ModelProto) -> set[str]:
    """Return the names of tensors of floats."""
    from onnx import TensorProto, shape_inference

    graph = shape_inference.infer_shapes(proto).graph
    floats = {TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16}
    values = (*graph.input, *graph.value_info, *graph.output)
    return {value.name for value in values if value.type.tensor_type.elem_type in floats}


def _nothing_beside_missing(graph: Any, node: NodeProto, name: str) -> list[NodeProto]:
    """Return nodes behind a choice: the same choice among ones for what is missing tells where the answer is none."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    graph.initializer.append(numpy_helper.from_array(np.float32("nan"), f"{name}_nothing"))
    among = type(node).FromString(node.SerializeToString())
    among.op_type = "ReduceMax" if node.op_type == "ReduceMin" else node.op_type
    among.name = name
    among.input[0] = f"{name}_ones"
    among.output[:] = [f"{name}_any"]
    whole, node.output[0] = node.output[0], f"{name}_raw"
    return [
        helper.make_node("IsNaN", [node.input[0]], [f"{name}_missing"]),
        helper.make_node("Cast", [f"{name}_missing"], [f"{name}_ones"], to=TensorProto.FLOAT),
        among,
        helper.make_node("Cast", [f"{name}_any"], [f"{name}_is"], to=TensorProto.BOOL),
        helper.make_node("CastLike", [f"{name}_nothing", f"{name}_raw"], [f"{name}_like"]),
        helper.make_node("Where", [f"{name}_is", f"{name}_like", f"{name}_raw"], [whole]),
    ]


def as_tensorflow(proto: ModelProto) -> None:
    """Let missing and infinite values go through the operators as through TensorFlow's; changed in place.

    Raises
    ------
    ExportError
        There is no operator that treats them in another way.
    """
    kinds = {node.op_type for node in proto.graph.node}
    extremes = keep_missing_in_extremes(proto, {"ReduceMax", "ReduceMin"})
    if not extremes and not kinds & {*_GATES, "MaxPool", "Softmax"}:
        raise ExportError("no layer of it treats missing values in another way than onnxruntime")
    keep_missing_in_sequences(proto)
    nodes: list[NodeProto] = []
    for number, node in enumerate(proto.graph.node):
        if node.op_type == "MaxPool":
            nodes += _without_missing(proto.graph, node, f"pool{number}")
        nodes.append(node)
        if node.op_type == "Softmax":
            nodes += _zero_beside_infinity(proto.graph, node, f"softmax{number}")
    replace_nodes(proto.graph, nodes)


def _without_missing(graph: Any, node: NodeProto, name: str) -> list[NodeProto]:
    """Return nodes before a max pooling: what is missing is the smallest number, and nothing is smaller."""
    import numpy as np
    from onnx import helper, numpy_helper

    graph.initializer.append(numpy_helper.from_array(np.array(np.finfo(np.float32).min), f"{name}_lowest"))
    given, node.input[0] = node.input[0], f"{name}_finite"
    return [
        helper.make_node("IsNaN", [given], [f"{name}_missing"]),
        helper.make_node("Where", [f"{name}_missing", f"{name}_lowest", given], [f"{name}_there"]),
        helper.make_node("Max", [f"{name}_there", f"{name}_lowest"], [f"{name}_finite"]),
    ]


def _zero_beside_infinity(graph: Any, node: NodeProto, name: str) -> list[NodeProto]:
    """Return nodes behind a softmax whose sum is none: what is below infinity is 0, unless all is at the bottom."""
    import numpy as np
    from onnx import helper, numpy_helper

    axis = next((each.i for each in node.attribute if each.name == "axis"), -1)
    constants = {
        "axis": np.array([axis]),
        "zero": np.float32(0),
        "top": np.float32("inf"),
        "bottom": -np.float32("inf"),
    }
    for key, value in constants.items():
        graph.initializer.append(numpy_helper.from_array(np.asarray(value), f"{name}_{key}"))
    given, whole, node.output[0] = node.input[0], node.output[0], f"{name}_raw"
    return [
        helper.make_node("Equal", [given, f"{name}_bottom"], [f"{name}_low"]),
        helper.make_node("Cast", [f"{name}_low"], [f"{name}_lows"], to=1),
        helper.make_node("ReduceMin", [f"{name}_lows", f"{name}_axis"], [f"{name}_least"], keepdims=1),
        helper.make_node("Equal", [f"{name}_least", f"{name}_zero"], [f"{name}_mixed"]),
        helper.make_node("Less", [given, f"{name}_top"], [f"{name}_below"]),
        helper.make_node("IsNaN", [f"{name}_raw"], [f"{name}_none"]),
        helper.make_node("And", [f"{name}_below", f"{name}_none"], [f"{name}_lost"]),
        helper.make_node("And", [f"{name}_lost", f"{name}_mixed"], [f"{name}_at_zero"]),
        helper.make_node("Where", [f"{name}_at_zero", f"{name}_zero", f"{name}_raw"], [whole]),
    ]


class _Guard:
    """The nodes behind one recurrent operator.

    Its X is (time, rows, features), W (directions, gates * units, features), Y (time, directions, rows, units), and the
    last states Y_h and Y_c (directions, rows, units).
    """

    def __init__(self, graph: Any, node: NodeProto, name: str) -> None:
        from onnx import helper

        self._graph, self._node, self._name = graph, node, name
        facts = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        way = facts.get("direction", b"forward").decode()
        self._backward = [way == "reverse"] if way != "bidirectional" else [False, True]
        self._units = int(facts["hidden_size"])

    def nodes(self) -> list[NodeProto]:
        """Return them; the operator's own outputs have other names afterwards."""
        masks, found = [], []
        for direction, backward in enumerate(self._backward):
            masks.append(self._at(f"mask{direction}"))
            found += self._masked(direction, backward)
        found += [self._op("Concat", masks, "masks", axis=1)]
        outputs = list(self._node.output) + [""] * (3 - len(self._node.output))
        for place, (whole, mask) in enumerate(zip(outputs, ("masks", "last", "cells"), strict=True)):
            if not whole:
                continue
            if mask == "last":
                found += self._last("mask", mask)
            elif mask == "cells":
                found += [node for direction in range(len(self._backward)) for node in self._cell(direction)]
                found += self._last("cell", mask)
            self._node.output[place] = self._at(f"raw{place}")
            found.append(self._where(self._at(mask), self._at(f"raw{place}"), whole))
        return found

    def _masked(self, direction: int, backward: bool) -> list[NodeProto]:
        """Return nodes for (time, 1, rows, units): whether a gate of the unit is missing, or anything earlier."""
        at = f"{direction}"
        gates = _GATES[self._node.op_type]
        x, w = self._node.input[:2]
        time = self._whole(f"t{at}", 0, flat=True)
        return [
            self._op("Gather", [w, self._whole(f"d{at}", direction, flat=True)], f"w{at}", axis=0),
            self._op("Transpose", [self._at(f"w{at}")], f"wt{at}", perm=[1, 0]),
            self._op("MatMul", [x, self._at(f"wt{at}")], f"gates{at}"),
            self._op("IsNaN", [self._at(f"gates{at}")], f"nan{at}"),
            self._op("Cast", [self._at(f"nan{at}")], f"ones{at}", to=1),
            self._op("Reshape", [self._at(f"ones{at}"), self._whole(f"s{at}", [0, 0, gates, self._units])], f"by{at}"),
            self._op("ReduceMax", [self._at(f"by{at}"), self._whole(f"two{at}", [2])], f"own{at}", keepdims=0),
            self._op("ReduceMax", [self._at(f"own{at}"), self._whole(f"end{at}", [2])], f"any{at}", keepdims=1),
            self._op("CumSum", [self._at(f"any{at}"), time], f"before{at}", exclusive=1, reverse=int(backward)),
            self._op("Add", [self._at(f"own{at}"), self._at(f"before{at}")], f"sum{at}"),
            self._op("Cast", [self._at(f"sum{at}")], f"flag{at}", to=9),
            self._op("Unsqueeze", [self._at(f"flag{at}"), self._whole(f"one{at}", [1])], f"mask{at}"),
        ]

    def _cell(self, direction: int) -> list[NodeProto]:
        """Return nodes for the mask of an LSTM's cells, which their output gate, the second of four, does not touch."""
        at = f"{direction}"
        return [
            self._op("Gather", [self._at(f"by{at}"), self._whole(f"into{at}", [0, 2, 3])], f"cgates{at}", axis=2),
            self._op("ReduceMax", [self._at(f"cgates{at}"), self._whole(f"ctwo{at}", [2])], f"cown{at}", keepdims=0),
            self._op("Add", [self._at(f"cown{at}"), self._at(f"before{at}")], f"csum{at}"),
            self._op("Cast", [self._at(f"csum{at}")], f"cflag{at}", to=9),
            self._op("Unsqueeze", [self._at(f"cflag{at}"), self._whole(f"cone{at}", [1])], f"cell{at}"),
        ]

    def _last(self, mask: str, whole: str) -> list[NodeProto]:
        """Return nodes for (directions, rows, units): a mask at the end of each direction's way."""
        parts, found = [], []
        for direction, backward in enumerate(self._backward):
            name = f"{whole}{direction}"
            end = self._whole(f"{whole}_end{direction}", 0 if backward else -1, flat=True)
            found.append(self._op("Gather", [self._at(f"{mask}{direction}"), end], name, axis=0))
            parts.append(self._at(name))
        return [*found, self._op("Concat", parts, whole, axis=0)]

    def _where(self, mask: str, raw: str, whole: str) -> NodeProto:
        import numpy as np
        from onnx import helper, numpy_helper

        name = f"{raw}_none"
        self._graph.initializer.append(numpy_helper.from_array(np.array(np.nan, dtype=np.float32), name))
        return helper.make_node("Where", [mask, name, raw], [whole])

    def _op(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> NodeProto:
        from onnx import helper

        return helper.make_node(kind, inputs, [self._at(output)], **attributes)

    def _whole(self, name: str, values: Any, *, flat: bool = False) -> str:
        """Add whole numbers to the graph, and return their name."""
        import numpy as np
        from onnx import numpy_helper

        array = np.array(values, dtype=np.int64) if flat else np.atleast_1d(np.array(values, dtype=np.int64))
        self._graph.initializer.append(numpy_helper.from_array(array, self._at(name)))
        return self._at(name)

    def _at(self, name: str) -> str:
        return f"{self._name}_{name}"
