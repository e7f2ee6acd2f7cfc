"""A file as a bundle: what it says of itself, and what is read from its graph when it says nothing."""

import hashlib

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_mlops.entities import OnnxSignature, OnnxTensor
from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export import ExportWish, export_model, open_bundle, signature_of


@pytest.fixture
def rows():
    return pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["age", "née 🙂"])


def foreign(tmp_path, **metadata):
    """A file that another program wrote."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "theirs",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 1])],
        [onnx.numpy_helper.from_array(np.ones((2, 1), dtype=np.float32), "w")],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    helper.set_model_props(proto, metadata)
    onnx.save(proto, tmp_path / "theirs.onnx")
    return tmp_path / "theirs.onnx"


DECLARED = OnnxSignature(
    inputs=(OnnxTensor(name="x", type="float32", shape=(None, 2)),),
    outputs=(OnnxTensor(name="y", type="float32", shape=(None, 1)),),
)


def test_an_exported_file_says_what_its_report_says(rows, tmp_path):
    model = LogisticRegression().fit(rows, np.where(rows["age"] > 0, "yes", "no"))
    report = export_model(model, rows, tmp_path / "m.onnx", ExportWish(timed=False, run_id="a" * 32))
    bundle = open_bundle(tmp_path / "m.onnx")

    assert bundle.signature == OnnxSignature(inputs=report.inputs, outputs=report.outputs)
    assert [(each.method, each.columns) for each in bundle.signature.outputs] == [
        ("predict", ()),
        ("predict_proba", ("no", "yes")),
    ]
    assert bundle.signature.inputs[0].columns == ("age", "née 🙂")
    assert (bundle.sha256, bundle.run_id, bundle.label) == (report.sha256, "a" * 32, "m")
    assert bundle.facts["rtol"] == "0.0001"
    assert "signature" not in bundle.facts


def test_a_regressors_output_has_no_classes(rows, tmp_path):
    export_model(LinearRegression().fit(rows, rows["age"]), rows, tmp_path / "m.onnx", ExportWish(timed=False))
    assert [(each.method, each.columns) for each in open_bundle(tmp_path / "m.onnx").signature.outputs] == [
        ("predict", ())
    ]


def test_a_foreign_file_is_what_its_graph_declares(tmp_path):
    path = foreign(tmp_path)
    bundle = open_bundle(path, "theirs")
    assert (bundle.signature, bundle.label, bundle.run_id, bundle.facts) == (DECLARED, "theirs", "", {})
    assert bundle.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


SIGNATURES = {
    "no JSON": "{",
    "an older form": '[{"name": "x"}]',
    "another file's": OnnxSignature(inputs=(), outputs=()).to_json(),
    "another type": OnnxSignature(inputs=(OnnxTensor(name="x", type="str", shape=(None, 2)),), outputs=()).to_json(),
    "a newer version": OnnxSignature(version=99, inputs=DECLARED.inputs, outputs=DECLARED.outputs).to_json(),
}


@pytest.mark.parametrize("told", SIGNATURES)
def test_a_signature_that_is_not_the_files_is_not_believed(told, tmp_path):
    path = foreign(tmp_path, **{"jupyter_mlops.signature": SIGNATURES[told]})
    assert signature_of(onnx.load(path)) == DECLARED


def test_a_link_is_no_bundle(tmp_path):
    (tmp_path / "link.onnx").symlink_to(foreign(tmp_path))
    with pytest.raises(ExportError, match="cannot be opened"):
        open_bundle(tmp_path / "link.onnx")


@pytest.mark.parametrize("text", ["", "null", "[]", '{"version": 1}', "\ud800"])
def test_what_is_no_signature_is_refused(text):
    with pytest.raises(UsageError, match="no signature"):
        OnnxSignature.from_json(text)
