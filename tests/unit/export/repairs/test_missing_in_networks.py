"""Missing values in LSTM, GRU and max pooling: a file that keeps them answers nothing where the network does."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import open_session
from jupyter_mlops.export._repairs._missing_in_networks import as_tensorflow, keep_missing

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

FEATURES, UNITS = 3, 4


def layer(kind: str, both: bool) -> "torch.nn.Module":
    torch.manual_seed(1)
    return getattr(torch.nn, kind)(FEATURES, UNITS, bidirectional=both)


def graph_of(module, kind: str, both: bool, whole: bool) -> onnx.ModelProto:
    """The module's weights as one operator, with the outputs Y, Y_h and, where there is one, Y_c."""
    order = [0, 3, 1, 2] if kind == "LSTM" else [1, 0, 2]  # torch: i f g o, r z n; ONNX: i o f c, z r h
    weights, recurrences, biases = [], [], []
    for end in ("", "_reverse")[: 1 + both]:
        parts = {name: getattr(module, f"{name}_l0{end}").detach().numpy() for name in
                 ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}  # fmt: skip
        gates = {
            name: np.concatenate([np.split(value, len(order))[at] for at in order]) for name, value in parts.items()
        }
        weights.append(gates["weight_ih"])
        recurrences.append(gates["weight_hh"])
        biases.append(np.concatenate([gates["bias_ih"], gates["bias_hh"]]))
    constants = {"W": weights, "R": recurrences, "B": biases}
    outputs = ["Y", "Y_h", *(["Y_c"] if kind == "LSTM" else [])] if whole else ["", "Y_h"]
    facts = {"hidden_size": UNITS, "direction": "bidirectional" if both else "forward"}
    if kind == "GRU":
        facts["linear_before_reset"] = 1
    node = helper.make_node(kind, ["X", "W", "R", "B"], outputs, **facts)
    made = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, None, FEATURES])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs if name],
        [onnx.numpy_helper.from_array(np.stack(value).astype(np.float32), name) for name, value in constants.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def told_by_torch(module, X: np.ndarray) -> list[np.ndarray]:
    """Y as ONNX has it (time, directions, rows, units), and the last states."""
    with torch.no_grad():
        answers, last = module(torch.from_numpy(X))
    time, rows, width = answers.shape
    states = last if isinstance(last, tuple) else (last,)
    y = answers.numpy().reshape(time, rows, width // UNITS, UNITS).transpose(0, 2, 1, 3)
    return [y, *(state.numpy() for state in states)]


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both ways"])
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_unit_is_missing_exactly_where_torchs_is(kind, both, data):
    module = layer(kind, both)
    X = np.random.default_rng(2).normal(size=(5, 2, FEATURES)).astype(np.float32)
    for _ in range(data.draw(st.integers(0, 3))):
        place = tuple(data.draw(st.integers(0, size - 1)) for size in X.shape)
        X[place] = data.draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    proto = graph_of(module, kind, both, whole=True)
    keep_missing(proto)
    found = open_session(proto.SerializeToString()).run(None, {"X": X})

    for ours, theirs in zip(found, told_by_torch(module, X), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both ways"])
def test_a_cell_is_there_where_only_its_output_is_missing(both):
    """The gate that lets a cell out is of infinities of both signs; those that change the cell are of one."""
    module = layer("LSTM", both)
    X = np.random.default_rng(2).normal(size=(5, 2, FEATURES)).astype(np.float32)
    X[4, 1, 0], X[4, 1, 2] = np.inf, -np.inf
    proto = graph_of(module, "LSTM", both, whole=True)
    keep_missing(proto)
    found = open_session(proto.SerializeToString()).run(None, {"X": X})
    told = told_by_torch(module, X)

    assert (np.isnan(told[1][0, 1, 0]), np.isnan(told[2][0, 1, 0])) == (True, False)
    for ours, theirs in zip(found, told, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_as_it_is_onnxruntime_makes_a_number_of_what_is_missing():
    """Why the repair is there; when this fails, it can go."""
    module = layer("LSTM", False)
    X = np.full((2, 1, FEATURES), np.nan, dtype=np.float32)
    found = open_session(graph_of(module, "LSTM", False, whole=True).SerializeToString()).run(None, {"X": X})

    assert np.isfinite(found[0]).all()
    assert np.isnan(told_by_torch(module, X)[0]).all()


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_where_only_the_last_state_is_wanted_it_is_kept_alone(kind):
    module = layer(kind, False)
    X = np.zeros((3, 2, FEATURES), dtype=np.float32)
    X[1, 0, 0] = np.nan
    proto = graph_of(module, kind, False, whole=False)
    keep_missing(proto)
    (found,) = open_session(proto.SerializeToString()).run(None, {"X": X})

    np.testing.assert_allclose(found, told_by_torch(module, X)[1], atol=1e-5)
    assert np.isnan(found[0, 0]).all()


CHOICES = {
    "MaxPool": ({"kernel_shape": [2], "strides": [2]}, lambda x: torch.nn.functional.max_pool1d(x, 2)),
    "GlobalMaxPool": ({}, lambda x: x.amax(2, keepdim=True)),
    "ReduceMax": ({"keepdims": 0}, lambda x: x.amax(2)),
    "ReduceMin": ({"keepdims": 1}, lambda x: x.amin(2, keepdim=True)),
}


def choice(kind: str, element: int = TensorProto.FLOAT) -> onnx.ModelProto:
    axes = [onnx.numpy_helper.from_array(np.array([2]), "axes")] if kind.startswith("Reduce") else []
    node = helper.make_node(kind, ["X", *(each.name for each in axes)], ["Y"], **CHOICES[kind][0])
    given, told = (helper.make_tensor_value_info(name, element, shape) for name, shape in
                   (("X", [None, 3, 6]), ("Y", None)))  # fmt: skip
    graph = helper.make_graph([node], "choice", [given], [told], axes)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


@pytest.mark.parametrize("kind", sorted(CHOICES))
@pytest.mark.parametrize("edge", [np.nan, np.inf, 0.0])
@pytest.mark.parametrize("place", [0, 5])
def test_the_largest_of_what_is_missing_is_missing(kind, edge, place):
    X = np.random.default_rng(place).normal(size=(4, 3, 6)).astype(np.float32)
    X[1, 2, place] = edge
    X[3] = edge
    proto = choice(kind)
    keep_missing(proto)
    (found,) = open_session(proto.SerializeToString()).run(None, {"X": X})
    np.testing.assert_array_equal(found, CHOICES[kind][1](torch.from_numpy(X)).numpy())


def test_whole_numbers_have_none_that_is_missing():
    with pytest.raises(ExportError, match="no layer of it loses missing values"):
        keep_missing(choice("ReduceMax", TensorProto.INT64))


def test_a_graph_that_loses_none_is_no_other_way():
    proto = softmax(1)
    with pytest.raises(ExportError, match="no layer of it loses missing values"):
        keep_missing(proto)


def softmax(axis: int) -> onnx.ModelProto:
    node = helper.make_node("Softmax", ["X"], ["Y"], axis=axis)
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 3]) for name in "XY"]
    graph = helper.make_graph([node], "softmax", values[:1], values[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ([np.inf, 1.0, -np.inf], [np.nan, 0.0, 0.0]),
        ([np.inf, np.inf, 1.0], [np.nan, np.nan, 0.0]),
        ([np.nan, 1.0, -np.inf], [np.nan, 0.0, 0.0]),
        ([-np.inf, np.nan, np.inf], [0.0, np.nan, np.nan]),
        ([-np.inf] * 3, [np.nan] * 3),
        ([0.0, 0.0, -np.inf], [0.5, 0.5, 0.0]),
    ],
    ids=["one infinity", "two", "missing", "both", "nothing", "finite"],
)
def test_beside_an_infinity_softmax_is_zero_as_tensorflows(row, answer):
    proto = softmax(-1)
    as_tensorflow(proto)
    (found,) = open_session(proto.SerializeToString()).run(None, {"X": np.array([row], dtype=np.float32)})

    np.testing.assert_array_equal(found, [answer])


def test_an_operator_that_treats_them_alike_needs_no_mending():
    proto = softmax(-1)
    proto.graph.node[0].op_type = "Relu"
    with pytest.raises(ExportError, match="no layer of it treats missing values in another way"):
        as_tensorflow(proto)


def pooling() -> onnx.ModelProto:
    node = helper.make_node("MaxPool", ["X"], ["Y"], kernel_shape=[2], strides=[2])
    graph = helper.make_graph(
        [node],
        "pool",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 1, 4])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, 1, 2])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


@pytest.mark.parametrize(
    ("window", "largest"),
    [
        ([np.nan, 1.0], 1.0),
        ([2.0, 1.0], 2.0),
        ([np.nan, np.nan], np.finfo(np.float32).min),
        ([-np.inf, -np.inf], np.finfo(np.float32).min),
        ([np.inf, np.nan], np.inf),
    ],
    ids=["one missing", "none", "both", "lowest", "highest"],
)
def test_max_pooling_passes_over_what_is_missing_as_tensorflows(window, largest):
    proto = pooling()
    as_tensorflow(proto)
    X = np.array([[[*window, 0.0, 0.0]]], dtype=np.float32)
    (found,) = open_session(proto.SerializeToString()).run(None, {"X": X})

    assert found.ravel().tolist() == [largest, 0.0]
