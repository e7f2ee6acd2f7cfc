"""A batch of no rows: answered without asking onnxruntime, which some models do not survive."""

import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from jupyter_mlops.deployment.serving import RequestError, ServedModel

PROGRAM = """
import sys
import numpy as np
from jupyter_mlops.deployment.serving import ServedModel

model = ServedModel.load(sys.argv[1], "m", "1")
print({name: (array.shape, str(array.dtype)) for name, array in model.run({"X": np.zeros((0, 3, 2), "f4")}).items()})
"""


def saved(path, nodes, sizes, outputs, weights=()):
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, sizes)],
        [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in outputs],
        [onnx.numpy_helper.from_array(array, name) for name, array in weights],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(proto)
    onnx.save(proto, path)
    return path


def test_a_recurrent_model_outlives_it(tmp_path):
    """onnxruntime 1.31 ends the process of an LSTM that is asked about no rows, and everybody's requests with it."""
    made = np.random.default_rng(0)
    weights = [(name, made.normal(size=size).astype("f4")) for name, size in (("W", (1, 16, 2)), ("R", (1, 16, 4)))]
    nodes = [
        helper.make_node("Transpose", ["X"], ["steps"], perm=[1, 0, 2]),
        helper.make_node("LSTM", ["steps", "W", "R"], ["", "last"], hidden_size=4),
        helper.make_node("Transpose", ["last"], ["y"], perm=[1, 0, 2]),
    ]
    path = saved(tmp_path / "m.onnx", nodes, ["rows", 3, 2], [("y", TensorProto.FLOAT, ["rows", 1, 4])], weights)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, timeout=120)

    assert (done.returncode, done.stdout.strip()) == (0, "{'y': ((0, 1, 4), 'float32')}"), done.stderr


@pytest.mark.parametrize(("kind", "dtype"), [("INT64", "int64"), ("STRING", "object"), ("DOUBLE", "float64")])
def test_the_answers_have_their_types(kind, dtype, tmp_path):
    number = getattr(TensorProto, kind)
    nodes = [helper.make_node("Cast", ["X"], ["y"], to=number)]
    path = saved(tmp_path / "m.onnx", nodes, ["rows", 2], [("y", number, ["rows", 2])])
    answer = ServedModel.load(path, "m", "1").run({"X": np.zeros((0, 2), "f4")})["y"]

    assert (answer.shape, answer.dtype) == ((0, 2), np.dtype(dtype))


def test_an_answer_of_unknown_shape_is_refused(tmp_path):
    nodes = [helper.make_node("Identity", ["X"], ["y"])]
    path = saved(tmp_path / "m.onnx", nodes, ["rows", "wide"], [("y", TensorProto.FLOAT, ["rows", "wide"])])
    model = ServedModel.load(path, "m", "1")

    with pytest.raises(RequestError, match=r"no rows, and the shape of no answer is known[.] Send one row"):
        model.run({"X": np.zeros((0, 5), "f4")})
    assert model.run({"X": np.ones((1, 5), "f4")})["y"].tolist() == [[1.0] * 5]
