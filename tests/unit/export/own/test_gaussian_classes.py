"""GaussianProcessClassifier: shares and labels in double, of two classes and of more."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from scipy.special import erf
from skl2onnx.common._container import ModelComponentContainer
from skl2onnx.common._topology import Scope
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, RationalQuadratic
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from unseen_rows import QUICK, exported

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import export_model, open_session
from jupyter_mlops.export._own._error_function import error_function

FEW = 120
KERNELS = {
    "its own": None,
    "smooth": ConstantKernel(2.0, "fixed") * RBF(1.5, "fixed"),
    "rough": Matern(1.5, "fixed", nu=1.5),
    "of many lengths": RationalQuadratic(1.0, 1.0, "fixed", "fixed"),
}


@pytest.fixture(scope="module")
def kinds(X):
    return np.array(["few", "many", "some"])[np.digitize(X[:, 0], [-0.5, 0.5])]


@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_two_classes(kernel, X, y, later, tmp_path):
    model = GaussianProcessClassifier(KERNELS[kernel]).fit(X[:FEW], y[:FEW])
    report = exported(model, X[:FEW], later[:500], tmp_path / "m.onnx")
    assert [output.method for output in report.outputs] == ["predict", "predict_proba"]


@pytest.mark.parametrize("scaled", [False, True], ids=["alone", "scaled"])
def test_classes_that_are_words(scaled, X, kinds, later, tmp_path):
    process = GaussianProcessClassifier(RBF(1.0, "fixed"))
    for classes in (np.where(kinds == "few", "yes", "no"), kinds):
        model = (make_pipeline(StandardScaler(), process) if scaled else process).fit(X[:FEW], classes[:FEW])
        exported(model, X[:FEW], later[:500], tmp_path / "m.onnx")


def test_far_from_all_that_is_known_the_first_class_is_named(X, kinds, tmp_path):
    model = GaussianProcessClassifier(RBF(1.0, "fixed")).fit(X[:FEW], kinds[:FEW])
    report = export_model(model, X[:FEW], tmp_path / "m.onnx", QUICK)
    far = np.full((1, 4), 1e4, dtype=report.inputs[0].type)
    label, shares = open_session(tmp_path / "m.onnx").run(["label", "probabilities"], {"X": far})

    assert label.tolist() == model.predict(far.astype(float)).tolist() == ["few"]
    assert np.allclose(shares, 1 / 3)


def test_classes_compared_two_by_two_are_told(X, kinds, tmp_path):
    model = GaussianProcessClassifier(RBF(1.0, "fixed"), multi_class="one_vs_one").fit(X[:FEW], kinds[:FEW])
    with pytest.raises(ExportError, match="has no probabilities: take 'one_vs_rest'"):
        export_model(model, X[:FEW], tmp_path / "m.onnx", QUICK)


def test_the_error_function_is_that_of_double():
    scope, container = Scope("erf"), ModelComponentContainer(22)
    found = error_function(scope, container, "x")
    values = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None]) for name in ("x", found)]
    graph = helper.make_graph(container.nodes, "erf", values[:1], values[1:], container.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    x = np.r_[np.linspace(-9, 9, 2001), 1.0, -1.0, 0.0, -0.0, 1e-300, 1e300, -np.inf, np.inf, np.nan]

    import onnxruntime

    (told,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x})

    assert np.allclose(told, erf(x), rtol=1e-14, atol=1e-15, equal_nan=True)
