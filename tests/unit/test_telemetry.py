"""Nothing that we load tells its maker of its use, unless the user wants it to."""

import os
import subprocess
import sys

import pytest

from jupyter_mlops._telemetry import deny_telemetry

NAMES = ("MLFLOW_DISABLE_TELEMETRY", "ORT_DISABLE_TELEMETRY")


@pytest.fixture
def unsaid(monkeypatch):
    """An environment that says nothing of it, put back afterwards."""
    for name in NAMES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_what_nobody_said_is_denied(unsaid):
    deny_telemetry()

    assert [os.environ[name] for name in NAMES] == ["true", "1"]


def test_what_the_user_said_stays(unsaid, monkeypatch):
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")

    deny_telemetry()

    assert [os.environ[name] for name in NAMES] == ["true", "0"]


@pytest.mark.parametrize(
    "program",
    [
        "from jupyter_mlops.export._files import open_session; open_session(sys.argv[1])",
        "from jupyter_mlops.export import open_bundle; from jupyter_mlops.deployment._session import session_of; "
        "session_of(open_bundle(sys.argv[1], 'm'))",
    ],
    ids=["export", "deployment"],
)
def test_a_model_is_opened_and_the_home_stays_empty(program, tmp_path):
    """onnxruntime keeps a device id and a database for its maker there, as soon as it is imported."""
    pytest.importorskip("onnxruntime")
    home, model = tmp_path / "home", tmp_path / "model.onnx"
    home.mkdir()
    model.write_bytes(doubling())

    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {program}", model],
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr == ""
    assert list(home.rglob("*")) == []


def doubling():
    """A model that adds each number to itself."""
    from onnx import TensorProto, helper

    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", 2]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "doubling", tensors[:1], tensors[1:])
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    return proto.SerializeToString()
