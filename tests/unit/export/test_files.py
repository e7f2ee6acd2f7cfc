"""RELIABILITY B32: what a file may not be, told before onnxruntime sees it. And B33: nobody sees half of one."""

import os

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export import check_onnx_file, open_session
from jupyter_mlops.export._files import write_onnx
from jupyter_mlops.export._weights import Pieces


def model() -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])],
        "sum",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2])],
        [numpy_helper.from_array(np.float32([1, 2]), "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "m.onnx"
    file.write_bytes(model().SerializeToString())
    return file


def test_a_good_file_is_opened(path):
    assert open_session(path).run(None, {"x": np.float32([[0, 0]])})[0].tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize("location", ["../secret", "/etc/passwd", "weights.bin"])
def test_b32_data_outside_of_the_file_is_refused(path, location):
    proto = model()
    weights = proto.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": str(2**62), "length": "8"}.items():
        entry = weights.external_data.add()
        entry.key, entry.value = key, value
    path.write_bytes(proto.SerializeToString())

    with pytest.raises(ExportError, match=r"keeps the data of 'w' in another file[.] Save it in one piece"):
        check_onnx_file(path)


def test_b32_data_outside_of_a_graph_within_is_refused(path):
    inner = model().graph
    inner.initializer[0].data_location = TensorProto.EXTERNAL
    proto = model()
    proto.graph.node.append(helper.make_node("If", ["c"], ["z"], then_branch=inner, else_branch=inner))
    path.write_bytes(proto.SerializeToString())

    with pytest.raises(ExportError, match="in another file"):
        check_onnx_file(path)


def test_b32_a_hard_link_is_refused(path, tmp_path):
    os.link(path, tmp_path / "other.onnx")

    with pytest.raises(ExportError, match=r"has 2 names \(hard links\)"):
        open_session(path)


def test_b32_a_symbolic_link_is_refused(path, tmp_path):
    (tmp_path / "link.onnx").symlink_to(path)

    with pytest.raises(ExportError, match="cannot be opened as a file of its own"):
        open_session(tmp_path / "link.onnx")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_b32_what_is_no_file_is_refused_and_does_not_wait(tmp_path, make):
    make(tmp_path / "odd.onnx")

    with pytest.raises(ExportError, match="is no regular file"):
        check_onnx_file(tmp_path / "odd.onnx")


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_b32_a_part_of_a_file_is_refused(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])

    with pytest.raises(ExportError, match=r"is no ONNX model|is no valid ONNX"):
        check_onnx_file(path)


def test_b32_a_graph_that_is_not_valid_is_refused(path):
    proto = model()
    proto.graph.node[0].input[0] = "nowhere"
    path.write_bytes(proto.SerializeToString())

    with pytest.raises(ExportError, match="is no valid ONNX"):
        check_onnx_file(path)


def test_b33_a_write_that_fails_leaves_what_was_there(path):
    before = path.read_bytes()

    with pytest.raises(ExportError):
        write_onnx(Pieces(b"no model"), path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["m.onnx"]


def test_a_file_without_a_place_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"Cannot write .*nowhere.*Choose another place with -o"):
        write_onnx(Pieces(model().SerializeToString()), tmp_path / "nowhere" / "m.onnx")
    with pytest.raises(UsageError, match="is a directory"):
        write_onnx(Pieces(model().SerializeToString()), tmp_path)
