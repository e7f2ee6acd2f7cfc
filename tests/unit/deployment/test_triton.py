"""A model repository: what it says is parsed by Triton's own protobuf, for every kind of signature."""

import os
import shutil
import subprocess
import time
import urllib.request

import pytest

from jupyter_mlops.deployment import PackageWish, load_target
from jupyter_mlops.deployment._triton import config_text
from jupyter_mlops.exceptions import ExportError


def parsed(text):
    model_config = pytest.importorskip("tritonclient.grpc.model_config_pb2", reason="Triton's protobuf reads it")
    from google.protobuf import text_format

    return text_format.Parse(text, model_config.ModelConfig())


def tensors(values):
    """Each as `(name, type, dims, reshaped to)`; None where nothing is reshaped."""
    from tritonclient.grpc.model_config_pb2 import DataType

    return [
        (
            each.name,
            DataType.Name(each.data_type),
            list(each.dims),
            list(each.reshape.shape) if each.HasField("reshape") else None,
        )
        for each in values
    ]


LABEL = ("label", "TYPE_STRING", [1], [])
PROBABILITIES = ("probabilities", "TYPE_FP32", [2], None)
EXPECTED = {
    "frame": ([("X", "TYPE_FP32", [2], None)], [LABEL, PROBABILITIES]),
    "mixed": (
        [("age", "TYPE_FP32", [1], None), ("children", "TYPE_INT64", [1], None), ("town", "TYPE_STRING", [1], None)],
        [LABEL, PROBABILITIES],
    ),
    "array": ([("X", "TYPE_FP32", [2], None)], [LABEL, PROBABILITIES]),
    "texts": ([("text", "TYPE_STRING", [1], [])], [LABEL, PROBABILITIES]),
    "regressor": ([("X", "TYPE_FP32", [2], None)], [("variable", "TYPE_FP32", [1], None)]),
    "double": ([("X", "TYPE_FP64", [2], None)], [("variable", "TYPE_FP32", [1], None)]),
    "transformer": ([("X", "TYPE_FP32", [2], None)], [("variable", "TYPE_FP32", [2], None)]),
}


def test_the_configuration_is_the_signature_without_its_rows(bundle):
    config = parsed(config_text(bundle, "wide"))

    assert (config.name, config.backend, config.max_batch_size) == ("wide", "onnxruntime", 1024)
    assert (tensors(config.input), tensors(config.output)) == EXPECTED[bundle.label]
    assert config.HasField("dynamic_batching")


def test_a_model_without_a_batch_is_asked_as_it_is(foreign):
    config = parsed(config_text(foreign(("x", "FLOAT", [2]), ("y", "INT64", ["n", 3])), "theirs"))

    assert config.max_batch_size == 0
    assert not config.HasField("dynamic_batching")
    assert tensors(config.input) == [("x", "TYPE_FP32", [2], None), ("y", "TYPE_INT64", [-1, 3], None)]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("BOOL", "BOOL"),
        ("UINT8", "UINT8"),
        ("INT8", "INT8"),
        ("INT16", "INT16"),
        ("INT32", "INT32"),
        ("UINT64", "UINT64"),
        ("FLOAT16", "FP16"),
        ("BFLOAT16", "BF16"),
        ("DOUBLE", "FP64"),
        ("STRING", "STRING"),
    ],
)
def test_every_type_has_tritons_word(foreign, kind, word):
    config = parsed(config_text(foreign(("x", kind, ["n", 2, "m"])), "theirs"))
    assert tensors(config.input) == [("x", f"TYPE_{word}", [2, -1], None)]


def test_a_type_that_triton_has_not_is_refused_and_nothing_written(foreign, tmp_path):
    bundle = foreign(("x", "COMPLEX64", ["n", 2]))
    with pytest.raises(ExportError, match="no type for 'x', which is complex64"):
        load_target("triton").package(bundle, PackageWish(name="wide", directory=tmp_path / "made"))
    assert not (tmp_path / "made").exists()


def test_rows_that_a_file_fixes_are_no_batch(foreign):
    """Triton's own words for the other: to support batching, the first dimension must be -1."""
    config = parsed(config_text(foreign(("x", "FLOAT", [1, 3]), label="network"), "theirs"))

    assert config.max_batch_size == 0
    assert tensors(config.input) == [("x", "TYPE_FP32", [1, 3], None)]


@pytest.mark.parametrize(
    ("shape", "reason"), [([], "a single value, and not rows of them"), (["n", 0], "a place of no size")]
)
def test_a_shape_that_triton_itself_refuses_is_refused_here(foreign, shape, reason):
    """`scalar tensors are not supported`, `dimension must be integer >= 1`: Triton 2.51, asked to load them."""
    with pytest.raises(ExportError, match=f"Triton takes no 'x': it is {reason}"):
        config_text(foreign(("x", "FLOAT", shape), ("y", "INT64", ["n", 3])), "theirs")


@pytest.mark.parametrize("name", ['a "b"', "née 🙂", "back\\slash", "tab\tline\n", "\x01", "'"])
def test_any_name_of_a_tensor_survives(foreign, name):
    assert tensors(parsed(config_text(foreign((name, "FLOAT", ["n", 2])), "theirs")).input)[0][0] == name


def test_the_repository_has_tritons_layout(bundles, tmp_path):
    package = load_target("triton").package(
        bundles["mixed"], PackageWish(name="wide / 2", directory=tmp_path / "repository")
    )

    assert [file.path for file in package.files] == ["wide_2/config.pbtxt", "wide_2/1/model.onnx"]
    assert (tmp_path / "repository/wide_2/1/model.onnx").read_bytes() == bundles["mixed"].path.read_bytes()
    assert parsed((tmp_path / "repository/wide_2/config.pbtxt").read_text()).name == "wide_2"
    assert "/v2/models/wide_2/config" in package.commands[-1]
    assert package.checked == ()


def test_a_server_that_is_here_is_named_in_the_command(bundles, tmp_path, monkeypatch):
    server = tmp_path / "bin" / "tritonserver"
    server.parent.mkdir()
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    wish = PackageWish(name="wide", directory=tmp_path / "repository")
    monkeypatch.setenv("PATH", "/nowhere")
    without = load_target("triton").package(bundles["frame"], wish).commands[0]
    monkeypatch.setenv("PATH", str(server.parent))

    assert without.startswith(
        f"docker run --rm -p 8000:8000 -v {tmp_path}/repository:/models nvcr.io/nvidia/tritonserver"
    )
    assert load_target("triton").package(bundles["frame"], wish).commands[0] == (
        f"tritonserver --model-repository={tmp_path}/repository"
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tritonserver") is None, reason="needs tritonserver on PATH")
def test_triton_itself_serves_it(bundles, tmp_path):
    load_target("triton").package(bundles["mixed"], PackageWish(name="wide", directory=tmp_path / "repository"))
    server = subprocess.Popen(
        ["tritonserver", f"--model-repository={tmp_path / 'repository'}", "--http-port=18000", "--allow-grpc=false"],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and server.poll() is None:
            try:
                with urllib.request.urlopen("http://127.0.0.1:18000/v2/models/wide/ready", timeout=5) as answer:
                    assert answer.status == 200
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("Triton did not take the model")
    finally:
        server.kill()
        server.wait()
