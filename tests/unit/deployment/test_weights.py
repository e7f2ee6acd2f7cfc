"""Models with their weights in a second file: served, answered from, packed and refused as others are."""

import hashlib

import numpy as np
import onnx
import pytest
from endpoint_models import total
from onnx import TensorProto, helper, numpy_helper

from jupyter_mlops.deployment import EndpointDirectory, PackageWish, load_target, model_size, stop
from jupyter_mlops.deployment._session import session_of
from jupyter_mlops.deployment.serving import ModelError, ServedModel
from jupyter_mlops.exceptions import DeploymentError, ExportError
from jupyter_mlops.export import open_bundle
from jupyter_mlops.export._files import write_onnx
from jupyter_mlops.export._weights import in_pieces
from jupyter_mlops.home import Home
from jupyter_mlops.services import Endpoints

ROWS = np.float32([[1, 10, 0.5], [2, 20, 0.25]])
SUMS = [11.5, 22.25]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Sums of rows; the ones by which they are multiplied are beside the graph."""
    proto = onnx.load_model_from_string(total())
    proto.graph.initializer.append(numpy_helper.from_array(np.ones((3, 500), np.float32), "ones"))
    proto.graph.node.append(helper.make_node("MatMul", ["X", "ones"], ["many"]))
    proto.graph.output.append(helper.make_tensor_value_info("many", TensorProto.FLOAT, ["rows", 500]))
    path = tmp_path_factory.mktemp("model") / "sums.onnx"
    write_onnx(in_pieces(proto, most=1_000), path)
    found = open_bundle(path)
    assert found.weights
    return found


def packed(bundle, target, folder):
    return load_target(target).package(bundle, PackageWish(directory=folder, name="sums"))


def test_its_size_is_that_of_both(bundle):
    assert model_size(bundle) == bundle.path.stat().st_size + 3 * 500 * 4


def test_it_answers_here_and_in_the_server(bundle):
    assert session_of(bundle).run(["many"], {"X": ROWS})[0][:, 499].tolist() == SUMS
    served = ServedModel.load(bundle.path, "sums", "1", bundle.sha256)
    assert served.run({"X": ROWS})["many"][:, 0].tolist() == SUMS


def test_an_endpoint_has_both_files_and_answers(bundle, tmp_path):
    endpoints = Endpoints(Home.create(tmp_path / ".mlops"))
    endpoint = endpoints.deploy(bundle, "sums")
    try:
        assert endpoint.predict(ROWS).tolist() == SUMS
        assert endpoint.stand().serving.size == model_size(bundle)
        beside = endpoint.directory.model_file(1).with_name(bundle.weights)
        assert beside.read_bytes() == bundle.path.with_name(bundle.weights).read_bytes()
    finally:
        stop(EndpointDirectory(endpoints.home, "sums"))


@pytest.fixture
def other(bundle, tmp_path):
    """A copy whose weights have been changed since it was looked at."""
    copied = tmp_path / "copied"
    copied.mkdir()
    for path in (bundle.path, bundle.path.with_name(bundle.weights)):
        (copied / path.name).write_bytes(path.read_bytes())
    found = open_bundle(copied / bundle.path.name)
    (copied / bundle.weights).write_bytes(bytes(3 * 500 * 4))
    return found


def test_weights_that_have_changed_are_served_nowhere(other, tmp_path):
    with pytest.raises(ModelError, match="has changed since it was deployed"):
        ServedModel.load(other.path, "sums", "1", other.sha256)
    with pytest.raises(ExportError, match="has changed since it was checked"):
        session_of(other)
    with pytest.raises(DeploymentError, match="has changed since it was checked"):
        Endpoints(Home.create(tmp_path / ".mlops")).deploy(other, "sums")


def test_weights_that_are_gone_are_told(other):
    other.path.with_name(other.weights).unlink()
    with pytest.raises(ModelError, match="cannot be opened"):
        ServedModel.load(other.path, "sums", "1", other.sha256)
    with pytest.raises(ExportError, match="cannot be read"):
        session_of(other)


def test_an_image_gets_both_and_its_server_was_asked(bundle, tmp_path):
    package = packed(bundle, "docker", tmp_path / "image")

    assert any("answers a row as the file does" in each for each in package.checked)
    dockerfile = (tmp_path / "image" / "Dockerfile").read_text()
    assert f"COPY --chown=10001:10001 model.onnx {bundle.weights} ./" in dockerfile
    assert "!weights-*.data" in (tmp_path / "image" / ".dockerignore").read_text()


@pytest.mark.parametrize(("target", "folder"), [("triton", "sums/1"), ("dotnet", ".")])
def test_a_package_has_both_side_by_side(bundle, tmp_path, target, folder):
    packed(bundle, target, tmp_path / "package")

    place = tmp_path / "package" / folder
    assert hashlib.sha256((place / bundle.weights).read_bytes()).hexdigest().startswith(bundle.weights[8:40])
    assert (place / "model.onnx").read_bytes() == bundle.path.read_bytes()


def test_mlflows_package_is_refused_with_others_named(bundle, tmp_path):
    with pytest.raises(ExportError, match=r"weights in a second file.*--to docker, kubernetes or triton"):
        packed(bundle, "mlflow", tmp_path / "package")
    assert list(tmp_path.iterdir()) == []
