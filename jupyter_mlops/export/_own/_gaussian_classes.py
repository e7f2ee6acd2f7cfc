"""GaussianProcessClassifier: skl2onnx writes an operator that onnxruntime does not have, and two classes only.

Everything is in double, and the triangular system that scikit-learn solves for each batch is solved once, here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import cast, constant, joined, node, written
from ._error_function import error_function


def convert_gaussian_classes(scope: Any, operator: Any, container: Any) -> None:
    """Write each class's share, and the class that the process leans to.

    Raises
    ------
    ExportError
        Its kernel has no counterpart, or classes are compared two by two.
    """
    from onnx import TensorProto
    from skl2onnx.common.data_types import guess_proto_type

    model, (label, shares) = operator.raw_operator, operator.outputs
    base = model.base_estimator_
    if len(model.classes_) > 2 and model.multi_class != "one_vs_rest":
        raise ExportError("multi_class='one_vs_one' has no probabilities: take 'one_vs_rest'")
    given = joined(scope, operator, container, TensorProto.DOUBLE)
    one = constant(scope, container, np.ones(1))
    if hasattr(base, "X_train_"):
        mean, share = _said(scope, container, base, given)
        found = node(scope, container, "Concat", [node(scope, container, "Sub", [one, share]), share], axis=1)
        above = node(scope, container, "Greater", [mean, constant(scope, container, np.zeros(1))])
        at = cast(scope, container, above, TensorProto.INT64)
    else:
        said = [_said(scope, container, each, given)[1] for each in base.estimators_]
        votes = node(scope, container, "Concat", said, axis=1)
        total = node(scope, container, "ReduceSum", [votes, constant(scope, container, np.array([1]))], keepdims=1)
        found = node(scope, container, "Div", [votes, total])
        at = node(scope, container, "ArgMax", [votes], axis=1, keepdims=1)
    named = node(scope, container, "Gather", [constant(scope, container, written(model.classes_)), at])
    node(scope, container, "Squeeze", [named, constant(scope, container, np.array([1]))], label.full_name)
    node(scope, container, "Cast", [found], shares.full_name, to=guess_proto_type(shares.type))


def _said(scope: Any, container: Any, base: Any, given: str) -> tuple[str, str]:
    """Return the names of a process's mean, and of its second class's share: shape (rows, 1)."""
    from skl2onnx.operator_converters._gp_kernels import convert_kernel, convert_kernel_diag

    how = {"dtype": np.float64, "op_version": container.target_opset}
    near, own = (scope.get_unique_variable_name(each) for each in ("kernel", "kernel_diagonal"))
    kernel = convert_kernel(base.kernel_, given, [near], x_train=np.asarray(base.X_train_, dtype=np.float64), **how)
    kernel.add_to(scope, container)
    convert_kernel_diag(base.kernel_, given, [own], **how).add_to(scope, container)
    pull = (base.y_train_ - base.pi_).astype(np.float64).reshape(-1, 1)
    mean = node(scope, container, "MatMul", [near, constant(scope, container, pull)])
    solved = np.ascontiguousarray(_inverse(base.L_).T * np.asarray(base.W_sr_)[:, np.newaxis])
    led = node(scope, container, "MatMul", [near, constant(scope, container, solved)])
    axis = constant(scope, container, np.array([1]))
    known = node(scope, container, "ReduceSumSquare", [led, axis], keepdims=1)
    upright = node(scope, container, "Reshape", [own, constant(scope, container, np.array([-1, 1]))])
    return mean, _share(scope, container, mean, node(scope, container, "Sub", [upright, known]))


def _inverse(triangle: Any) -> Any:
    from scipy.linalg import solve_triangular

    return solve_triangular(np.asarray(triangle, dtype=np.float64), np.eye(len(triangle)), lower=True)


def _share(scope: Any, container: Any, mean: str, variance: str) -> str:
    """Return the name of the logistic function's mean, as scikit-learn takes it: of five error functions."""
    from sklearn.gaussian_process._gpc import COEFS, LAMBDAS

    slopes = constant(scope, container, LAMBDAS.reshape(1, -1))
    two, half = (constant(scope, container, np.array([each])) for each in (2.0, 0.5 * COEFS.sum()))
    alpha = node(scope, container, "Reciprocal", [node(scope, container, "Mul", [variance, two])])
    squares = constant(scope, container, (LAMBDAS**2).reshape(1, -1))
    part = node(scope, container, "Div", [alpha, node(scope, container, "Add", [alpha, squares])])
    steep = node(scope, container, "Mul", [node(scope, container, "Mul", [mean, slopes]),
                                           node(scope, container, "Sqrt", [part])])  # fmt: skip
    weights = constant(scope, container, COEFS.reshape(-1, 1) / 2)
    weighed = node(scope, container, "MatMul", [error_function(scope, container, steep), weights])
    return node(scope, container, "Add", [weighed, half])
