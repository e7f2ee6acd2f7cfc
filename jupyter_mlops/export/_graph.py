"""Changes to a converted graph that keep what it means, and questions about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..exceptions import ExportError

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

TREES = ("TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble")


def cast_around_trees(proto: ModelProto) -> None:
    """Let each tree of a double graph compare in float32, as scikit-learn's trees do: cast before, and back behind.

    The thresholds that skl2onnx writes are already rounded so that a float32 falls on the right side.
    """
    from onnx import TensorProto, helper

    graph = proto.graph
    nodes: list[NodeProto] = []
    for number, node in enumerate(graph.node):
        if node.op_type not in TREES:
            nodes.append(node)
            continue
        narrow = f"{node.input[0]}_tree{number}"
        nodes.append(helper.make_node("Cast", [node.input[0]], [narrow], to=TensorProto.FLOAT))
        node.input[0] = narrow
        nodes.append(node)
        scores = len(node.output) - 1
        wide, node.output[scores] = node.output[scores], f"{node.output[scores]}_narrow"
        nodes.append(helper.make_node("Cast", [node.output[scores]], [wide], to=_wanted(graph, wide)))
    replace_nodes(graph, nodes)


def _wanted(graph: GraphProto, name: str) -> int:
    """Return the type that a name has where the graph declares it; else double, as everything around it."""
    from onnx import TensorProto

    declared = {output.name: output.type.tensor_type.elem_type for output in graph.output}
    return int(declared.get(name) or TensorProto.DOUBLE)


def with_locale(proto: ModelProto, locale: str) -> None:
    """Let text operators use another locale: theirs is not on every machine."""
    from onnx import helper

    for node in proto.graph.node:
        if node.op_type == "StringNormalizer":
            kept = [attribute for attribute in node.attribute if attribute.name != "locale"]
            del node.attribute[:]
            node.attribute.extend([*kept, helper.make_attribute("locale", locale)])


def break_ties(proto: ModelProto) -> None:
    """Let each forest choose the first of classes with as many votes, as scikit-learn does.

    A float32 sum of tenths is not a half: onnxruntime's own choice falls on either class.
    """
    import numpy as np
    from onnx import helper, numpy_helper

    nodes: list[NodeProto] = []
    for number, node in enumerate(proto.graph.node):
        nodes.append(node)
        values = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        if node.op_type != "TreeEnsembleClassifier" or values.get("post_transform", b"NONE") != b"NONE":
            continue
        name, label = f"tie{number}", node.output[0]
        whole = values.get("classlabels_int64s")
        classes = np.array(whole if whole else values["classlabels_strings"], dtype=np.int64 if whole else object)
        proto.graph.initializer.append(numpy_helper.from_array(classes, f"{name}_classes"))
        proto.graph.initializer.append(numpy_helper.from_array(np.array([2**20], dtype=np.float32), f"{name}_scale"))
        node.output[0] = f"{name}_unused"
        nodes += [
            helper.make_node("Mul", [node.output[1], f"{name}_scale"], [f"{name}_large"]),
            helper.make_node("Round", [f"{name}_large"], [f"{name}_votes"]),
            helper.make_node("ArgMax", [f"{name}_votes"], [f"{name}_first"], axis=1, keepdims=0),
            helper.make_node("Gather", [f"{name}_classes", f"{name}_first"], [label]),
        ]
    replace_nodes(proto.graph, nodes)


def only_outputs(proto: ModelProto, names: tuple[str, ...]) -> None:
    """Drop the outputs that are not among `names`, with the nodes that only they need."""
    graph = proto.graph
    kept = [output for output in graph.output if output.name in names]
    del graph.output[:]
    graph.output.extend(kept)
    wanted, nodes = set(names), []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            nodes.append(node)
            wanted.update(node.input)
            wanted.update(name for inner in inner_graphs(node) for each in inner.node for name in each.input)
    replace_nodes(graph, nodes[::-1])


def named(proto: ModelProto, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Give inputs and outputs other names and an order, where a library chose its own.

    Parameters
    ----------
    inputs, outputs : Mapping
        New names by old ones, in the order that they are to have.

    Raises
    ------
    ExportError
        An input or output is not there, or a new name is that of something inside.
    """
    from onnx import helper

    inside = {name for node in all_nodes(proto.graph) for name in node.output} | {
        tensor.name for tensor in proto.graph.initializer
    }
    taken = sorted(inside.intersection((*inputs.values(), *outputs.values())) - {*inputs, *outputs})
    if taken:
        raise ExportError(f"the name {taken[0]!r} is taken inside of the model: give the input or output another")
    for values, names in ((proto.graph.input, inputs), (proto.graph.output, outputs)):
        found = {value.name: value for value in values}
        if set(found) != set(names):
            raise ExportError(f"what came of it has {', '.join(found) or 'nothing'} for {', '.join(names)}")
        kept = []
        for old, new in names.items():
            value = type(found[old]).FromString(found[old].SerializeToString())
            value.name = new
            kept.append(value)
        del values[:]
        values.extend(kept)
    before = [helper.make_node("Identity", [new], [old]) for old, new in inputs.items()]
    after = [helper.make_node("Identity", [old], [new]) for old, new in outputs.items()]
    replace_nodes(proto.graph, [*before, *proto.graph.node, *after])


def one_opset_a_domain(proto: ModelProto) -> None:
    """Keep the newest of several imports of one domain: skl2onnx writes some twice."""
    from onnx import helper

    newest: dict[str, int] = {}
    for opset in proto.opset_import:
        newest[opset.domain] = max(opset.version, newest.get(opset.domain, 0))
    del proto.opset_import[:]
    proto.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in newest.items())


def add_metadata(proto: ModelProto, facts: Mapping[str, str]) -> None:
    """Write facts into the file, in place of older ones of the same name."""
    kept = {entry.key: entry.value for entry in proto.metadata_props} | dict(facts)
    del proto.metadata_props[:]
    for key, value in kept.items():
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, value


def operators_of(proto: ModelProto) -> dict[str, int]:
    """Return how many nodes there are of each operator."""
    return dict(Counter(node.op_type for node in all_nodes(proto.graph)).most_common())


def all_nodes(graph: GraphProto) -> Iterator[NodeProto]:
    """Yield the nodes of a graph and of the graphs inside its nodes."""
    for node in graph.node:
        yield node
        for inner in inner_graphs(node):
            yield from all_nodes(inner)


def inner_graphs(node: NodeProto) -> Iterator[GraphProto]:
    """Yield the graphs that are attributes of a node: the branches of an If, the body of a Loop."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def replace_nodes(graph: Any, nodes: list[Any]) -> None:
    """Put nodes in the place of those that a graph has."""
    copies = [type(node).FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)
