"""CalibratedClassifierCV, by sigmoids, isotonic regression and temperature, of a pipeline too.

skl2onnx takes the nearest point of an isotonic curve, not a line between two, and of what is within a pipeline it
calibrates probabilities where scikit-learn calibrates decisions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import cast, constant, node, written
from ._curves import line_between


def convert_calibrated(scope: Any, operator: Any, container: Any) -> None:
    """Write the mean of what the estimators say, each by its own curves, and the class of which it is the most.

    Raises
    ------
    ExportError
        An estimator within has no conversion or has not seen all classes, or they are calibrated together.
    """
    from skl2onnx.common.data_types import guess_proto_type

    model, (label, shares) = operator.raw_operator, operator.outputs
    each = [_shares(scope, operator, container, pair) for pair in model.calibrated_classifiers_]
    count = constant(scope, container, np.array([float(len(each))]))
    mean = node(scope, container, "Div", [node(scope, container, "Sum", each), count])
    at = node(scope, container, "ArgMax", [mean], axis=1, keepdims=0)
    classes = constant(scope, container, written(model.classes_))
    node(scope, container, "Gather", [classes, at], label.full_name)
    node(scope, container, "Cast", [mean], shares.full_name, to=guess_proto_type(shares.type))


def _shares(scope: Any, operator: Any, container: Any, pair: Any) -> str:
    """Return the name of what one estimator says by its curves, in double: shape (rows, classes)."""
    count = len(pair.classes)
    if len(pair.estimator.classes_) != count:
        raise ExportError("one of its estimators has not seen all classes: give cv= folds in which all are")
    scores = _scores(scope, operator, container, pair.estimator)
    if pair.method == "temperature":
        return _cooled(scope, container, pair, scores)
    places = [1] if count == 2 else range(count)
    curves = [
        _calibrated(scope, container, curve, _column(scope, container, scores, place))
        for place, curve in zip(places, pair.calibrators, strict=True)
    ]
    if count == 2:
        rest = node(scope, container, "Sub", [constant(scope, container, np.ones((1, 1))), curves[0]])
        return node(scope, container, "Concat", [rest, curves[0]], axis=1)
    found = node(scope, container, "Concat", curves, axis=1)
    total = node(scope, container, "ReduceSum", [found, constant(scope, container, np.array([1]))], keepdims=1)
    nothing = node(scope, container, "Equal", [total, constant(scope, container, np.zeros(1))])
    alike = constant(scope, container, np.full((1, count), 1 / count))
    return node(scope, container, "Where", [nothing, alike, node(scope, container, "Div", [found, total])])


def _cooled(scope: Any, container: Any, pair: Any, scores: str) -> str:
    """Return the name of the shares by a temperature: a softmax of decisions, or of logarithms of probabilities."""
    from onnx import TensorProto

    beta = constant(scope, container, np.array([float(pair.calibrators[0].beta_)]))
    if not hasattr(pair.estimator, "decision_function"):
        least = constant(scope, container, np.array([1e-12]))  # as scikit-learn keeps off the logarithm of nothing
        shares = node(scope, container, "Add", [cast(scope, container, scores, TensorProto.DOUBLE), least])
        logits = node(scope, container, "Log", [shares])
    elif len(pair.classes) == 2:
        decision = _column(scope, container, scores, 1)
        logits = node(scope, container, "Concat", [node(scope, container, "Neg", [decision]), decision], axis=1)
    else:
        logits = cast(scope, container, scores, TensorProto.DOUBLE)
    return node(scope, container, "Softmax", [node(scope, container, "Mul", [logits, beta])], axis=1)


def _calibrated(scope: Any, container: Any, curve: Any, scores: str) -> str:
    """Return the name of what a curve makes of a column in double."""
    if type(curve).__name__ == "IsotonicRegression":
        return line_between(scope, container, curve, scores)
    slope, start = (constant(scope, container, np.array([-float(each)])) for each in (curve.a_, curve.b_))
    line = node(scope, container, "Add", [node(scope, container, "Mul", [scores, slope]), start])
    return node(scope, container, "Sigmoid", [line])


def _column(scope: Any, container: Any, scores: str, place: int) -> str:
    from onnx import TensorProto

    column = node(scope, container, "Gather", [scores, constant(scope, container, np.array([place]))], axis=1)
    return cast(scope, container, column, TensorProto.DOUBLE)


def _scores(scope: Any, operator: Any, container: Any, estimator: Any) -> str:
    """Return the name of what the curves are asked about: the estimator's decision, else its probabilities."""
    from skl2onnx._supported_operators import sklearn_operator_name_map

    estimator, inputs = _behind_its_steps(scope, estimator, operator.inputs)
    if type(estimator) not in sklearn_operator_name_map:
        raise ExportError(f"skl2onnx knows no {type(estimator).__name__}")
    if hasattr(estimator, "decision_function") and container.has_options(estimator, "raw_scores"):
        for options in (container, scope):
            options.add_options(id(estimator), {"raw_scores": True})
    within = scope.declare_local_operator(sklearn_operator_name_map[type(estimator)], estimator)
    within.inputs = inputs
    for name, variable in zip(("calibrated_label", "calibrated_scores"), operator.outputs, strict=True):
        within.outputs.append(scope.declare_local_variable(name, type(variable.type)()))
    return str(within.outputs[1].full_name)


def _behind_its_steps(scope: Any, estimator: Any, inputs: Any) -> tuple[Any, Any]:
    """Write the steps in front of a classifier; return it, and what comes to it."""
    from skl2onnx._parse import _parse_sklearn
    from sklearn.frozen import FrozenEstimator
    from sklearn.pipeline import Pipeline

    if isinstance(estimator, FrozenEstimator):
        return _behind_its_steps(scope, estimator.estimator, inputs)
    if hasattr(estimator, "best_estimator_"):
        return _behind_its_steps(scope, estimator.best_estimator_, inputs)
    if not isinstance(estimator, Pipeline):
        return estimator, inputs
    for step in (each for _, each in estimator.steps[:-1] if each not in (None, "passthrough")):
        inputs = _parse_sklearn(scope, step, inputs)
    return _behind_its_steps(scope, estimator.steps[-1][1], inputs)
