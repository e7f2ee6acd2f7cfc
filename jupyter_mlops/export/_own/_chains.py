"""ClassifierChain and RegressorChain: each target is also asked of what was said of those before it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import cast, constant, joined, node


@cache
def register_chains() -> None:
    """Tell skl2onnx about chains: only of what is registered does it know the options."""
    from skl2onnx import update_registered_converter
    from sklearn.multioutput import ClassifierChain, RegressorChain

    options = {"zipmap": [True, False, "columns"], "nocl": [True, False], "output_class_labels": [False, True]}
    for kind, known in ((ClassifierChain, options), (RegressorChain, None)):
        update_registered_converter(kind, f"JupyterMlops{kind.__name__}", shape_of_chain, convert_chain, options=known)


def convert_chain(scope: Any, operator: Any, container: Any) -> None:
    """Write the estimators one behind the other, and what they say in the order of the targets.

    Raises
    ------
    ExportError
        What goes from one to the next is no label and no probability, or there are no probabilities to give.
    """
    model, outputs = operator.raw_operator, operator.outputs
    classifies = len(outputs) > 1
    by = getattr(model, "chain_method_", "predict")
    if by not in ("predict", "predict_proba") or (classifies and not hasattr(model, "predict_proba")):
        raise ExportError("a chain goes by labels or probabilities here: use an estimator with predict_proba")
    element = _element(operator)
    given = joined(scope, operator, container, element)
    said: list[list[str]] = []
    for estimator in model.estimators_:
        figures = _asked(scope, container, estimator, given, operator, classifies)
        said.append(figures)
        passed = cast(scope, container, figures[by == "predict_proba"], element)
        given = node(scope, container, "Concat", [given, passed], axis=1)
    order = [int(place) for place in np.argsort(model.order_)]
    for output, each in zip(outputs, zip(*said, strict=True), strict=True):
        node(scope, container, "Concat", [each[place] for place in order], output.full_name, axis=1)


def _asked(scope: Any, container: Any, estimator: Any, given: str, operator: Any, classifies: bool) -> list[str]:
    """Return the names of the label, or figure, and of the second class' probability: columns."""
    from skl2onnx._supported_operators import sklearn_operator_name_map
    from skl2onnx.common.data_types import Int64TensorType

    kind = type(operator.outputs[-1].type)
    part = scope.declare_local_operator(sklearn_operator_name_map[type(estimator)], estimator)
    part.inputs.append(_variable(scope, container, given, kind([None, estimator.n_features_in_])))
    names = [("chain_label", Int64TensorType()), ("chain_share", kind())] if classifies else [("chain_figure", kind())]
    for name, type_ in names:
        part.outputs.append(scope.declare_local_variable(name, type_))
    column = constant(scope, container, np.array([-1, 1]))
    found = [node(scope, container, "Reshape", [part.outputs[0].full_name, column])]
    if classifies:
        second = constant(scope, container, np.array([1]))
        found.append(node(scope, container, "Gather", [part.outputs[1].full_name, second], axis=1))
    return found


def _variable(scope: Any, container: Any, name: str, type_: Any) -> Any:
    """Return what an estimator inside takes: a tensor of ours under a name that skl2onnx knows."""
    variable = scope.declare_local_variable("chain_given", type_)
    node(scope, container, "Identity", [name], variable.full_name)
    return variable


def _element(operator: Any) -> int:
    from onnx import TensorProto

    wide = type(operator.outputs[-1].type).__name__ == "DoubleTensorType"
    return int(TensorProto.DOUBLE if wide else TensorProto.FLOAT)


def shape_of_chain(operator: Any) -> None:
    """Tell skl2onnx what comes out: a column a target."""
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType

    wide = any(isinstance(variable.type, DoubleTensorType) for variable in operator.inputs)
    shape = [operator.inputs[0].get_first_dimension(), len(operator.raw_operator.estimators_)]
    operator.outputs[-1].type = (DoubleTensorType if wide else FloatTensorType)(shape)
    if len(operator.outputs) > 1:
        operator.outputs[0].type = Int64TensorType(shape)
