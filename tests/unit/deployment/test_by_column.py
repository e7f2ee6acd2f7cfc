"""A graph taken apart into columns answers what it answered before, whatever its columns are called."""

import numpy as np
import onnx
import onnxruntime
import pytest

from jupyter_mlops.deployment import example_feeds
from jupyter_mlops.deployment._by_column import by_column, column_signature, output_columns
from jupyter_mlops.deployment._session import session_of
from jupyter_mlops.entities import OnnxSignature, OnnxTensor


def names(tensors):
    return [(each.name, each.type, each.shape) for each in tensors]


def test_columns_and_classes_get_a_place_of_their_own(bundles):
    columns = column_signature(bundles["mixed"].signature)

    assert names(columns.inputs) == [
        ("age", "float32", (None,)),
        ("children", "int64", (None,)),
        ("town", "str", (None,)),
    ]
    assert names(columns.outputs) == [
        ("label", "str", (None,)),
        ("probabilities_no", "float32", (None,)),
        ("probabilities_yes", "float32", (None,)),
    ]


def test_a_single_column_is_a_table_of_one(bundles):
    assert names(column_signature(bundles["texts"].signature).inputs) == [("text", "str", (None, 1))]


def test_figures_without_names_are_numbered(bundles):
    assert [each.name for each in column_signature(bundles["transformer"].signature).outputs] == [
        "variable_0",
        "variable_1",
    ]


def tensor(name, *shape, columns=()):
    return OnnxTensor(name=name, type="float32", shape=(None, *shape), columns=columns)


@pytest.mark.parametrize(
    "signature",
    [
        OnnxSignature(inputs=(tensor("X", 2),), outputs=(tensor("y"),)),
        OnnxSignature(inputs=(tensor("X", 2, columns=("a", "a")),), outputs=(tensor("y"),)),
        OnnxSignature(inputs=(tensor("X", 2, columns=("a", "")),), outputs=(tensor("y"),)),
        OnnxSignature(inputs=(tensor("X", 2, columns=("a", "y")),), outputs=(tensor("y"),)),
        OnnxSignature(inputs=(tensor("X", 1, 4),), outputs=(tensor("y"),)),
        OnnxSignature(inputs=(tensor("X", 1),), outputs=(tensor("y", None),)),
        OnnxSignature(inputs=(tensor("X", 1),), outputs=(tensor("y", 2, 2),)),
        OnnxSignature(inputs=(tensor("ids"), tensor("X", 2)), outputs=(tensor("y"),)),
        OnnxSignature(inputs=(), outputs=(tensor("y"),)),
        OnnxSignature(inputs=(tensor("X", 1),), outputs=()),
    ],
    ids=["no names", "twice", "empty", "of in and out", "images", "free", "boxes", "in part", "no inputs", "none"],
)
def test_what_is_no_table_has_no_columns(signature):
    assert column_signature(signature) is None


@pytest.mark.parametrize("rows", [1, 7])
@pytest.mark.parametrize("kind", ["frame", "mixed", "texts", "regressor", "double", "transformer"])
def test_it_answers_the_same_to_the_last_bit(bundles, kind, rows):
    bundle = bundles[kind]
    columns = column_signature(bundle.signature)
    made = by_column(onnx.load(bundle.path), bundle.signature, columns)
    onnx.checker.check_model(made, full_check=True)
    feeds = example_feeds(bundle.signature, rows)
    flat = [part for each in bundle.signature.inputs for part in feeds[each.name].reshape(rows, -1).T]
    given = {
        column.name: part.reshape(rows, *column.shape[1:]) for column, part in zip(columns.inputs, flat, strict=True)
    }
    answers = dict(zip([each.name for each in columns.outputs], run(made, given), strict=True))

    for output, told in zip(bundle.signature.outputs, session_of(bundle).run(None, feeds), strict=True):
        parts = [answers[column.name] for column in output_columns(output)]
        assert all(part.shape == (rows,) for part in parts)
        assert np.array_equal(np.stack(parts, axis=-1).reshape(told.shape), told)


def run(proto, feeds):
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


def test_a_column_may_be_called_as_anything_inside_of_the_graph(tmp_path):
    """As a weight, a result in between, or the tensor of all columns."""
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        [helper.make_node("MatMul", ["X", "w"], ["between"]), helper.make_node("Abs", ["between"], ["y"])],
        "g",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(np.array([[1], [2], [3]], dtype=np.float32), "w")],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=10)
    signature = OnnxSignature(inputs=(tensor("X", 3, columns=("w", "between", "X")),), outputs=(tensor("y", 1),))
    made = by_column(proto, signature, column_signature(signature))
    ones = np.ones(2, dtype=np.float32)

    assert run(made, {"w": ones, "between": ones * 10, "X": ones * 100})[0].tolist() == [321.0, 321.0]
    assert [each.name for each in proto.graph.input] == ["X"]
