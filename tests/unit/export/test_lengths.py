"""Sequences of other lengths: made from rows, and what they say about a file's axes."""

import numpy as np
import pytest

from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export import ExportWish, NetworkConverter, Tensors, Variant, export_model
from jupyter_mlops.export._lengths import free_axes, other_lengths
from jupyter_mlops.export._network import Network
from jupyter_mlops.export._original import Original

WORDS = np.arange(24).reshape(2, 4, 3)
SIDES = np.ones((2, 5))


class Sum(Network):
    """Takes sequences of any length but those of one."""

    lengths = ()

    def rows(self, X):
        return Tensors.of(X)

    def names(self, rows):
        return ("X",)

    def answer(self, rows):
        if rows.value.shape[1] == 1:
            raise ValueError("too short")
        return rows.value.sum(axis=1)

    def other_lengths(self, real):
        return self.lengths


def inputs(network, original, **kind):
    return network.inputs(original.real.rows, Variant(name="a", **kind))[0].shape


def test_some_are_shorter_and_some_go_on_with_their_beginning():
    rows = Tensors((WORDS, SIDES), "several")
    short, long = other_lengths(rows, [[1], []])

    np.testing.assert_array_equal(short.arrays[0], WORDS[:, :2])
    np.testing.assert_array_equal(long.arrays[0], np.concatenate([WORDS, WORDS[:, :3]], axis=1))
    assert [other.arrays[1].shape for other in (short, long)] == [(2, 5)] * 2
    assert free_axes(rows.with_others([short, long])) == ({1}, frozenset())


def test_without_a_free_axis_there_are_none():
    rows = Tensors((WORDS,))
    assert other_lengths(rows, [[]]) == other_lengths(rows.take([]), [[1]]) == ()
    assert free_axes(rows) == (frozenset(),)


def test_an_axis_is_free_where_the_network_takes_another_length():
    network = Sum(object())
    network.lengths = (Tensors((WORDS[:, :1],)), Tensors((WORDS[:, :3],)))
    original = Original.asked(network, Tensors((WORDS,)), Tensors((WORDS,)))

    assert [each.rows.value.shape for each in original.lengths.answers] == [(2, 3, 3)]  # the other was not taken
    assert inputs(network, original) == (None, None, 3)
    assert inputs(network, original, free=False) == (None, 4, 3)
    network.lengths = network.lengths[:1]
    assert inputs(network, Original.asked(network, Tensors((WORDS,)), Tensors((WORDS,)))) == (None, 4, 3)


def test_rows_of_a_length_that_was_given_must_be_taken():
    given = Tensors((WORDS,)).with_others([Tensors((WORDS[:, :1],))])
    with pytest.raises(UsageError, match="takes no rows of another length: too short"):
        Original.asked(Sum(object()), given, given)


class WithoutFreeAxes:
    """A converter that writes the length of the rows into the file, whatever it is asked."""

    name = "fixed"

    def suits(self, model):
        return True

    def subject(self, model):
        return Sum(model)

    def variants(self, model):
        return (Variant(name="fixed", free=False),)

    def convert(self, conversion):
        from onnx import TensorProto, helper

        node = helper.make_node("ReduceSum", ["X", "axis"], ["Y"], keepdims=0)
        graph = helper.make_graph(
            [node],
            "sum",
            [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["rows", *conversion.inputs[0].shape[1:]])],
            [helper.make_tensor_value_info("Y", TensorProto.FLOAT, ["rows", 3])],
            [helper.make_tensor("axis", TensorProto.INT64, [1], [1])],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def test_a_file_of_one_length_is_none_for_rows_of_two(monkeypatch, tmp_path):
    assert isinstance(WithoutFreeAxes(), NetworkConverter)
    monkeypatch.setattr("jupyter_mlops.export._export.converter_for", lambda model: WithoutFreeAxes())
    rows = Tensors((WORDS.astype("float32"),))
    report = export_model(object(), rows, tmp_path / "one.onnx", ExportWish(timed=False))
    assert report.inputs[0].shape == (None, 4, 3)

    with pytest.raises(ExportError, match="generated rows differ"):
        export_model(object(), rows.with_others([Tensors((WORDS[:, :3].astype("float32"),))]), tmp_path / "two.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["one.onnx"]
