"""Models around a model: what they do with its answers is written behind it.

TransformedTargetRegressor takes its transformation back, the two classifiers with a threshold of their own decide by
it, and RFE asks its estimator about the features that it has chosen. Of all of them skl2onnx converts a part at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...exceptions import ExportError
from ._columns import written
from ._functions import Step, steps_of

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_CHOOSING = ("RFE", "RFECV")
_THRESHOLDS = ("FixedThresholdClassifier", "TunedThresholdClassifierCV")


def inside(model: Any) -> Any:
    """Return the model that one is around of, behind the same steps; the model itself where it is around none."""
    last = _last(model)
    name = type(last).__name__
    if name in _CHOOSING and hasattr(last, "predict"):
        return _ending(model, ("features", last), ("estimator", last.estimator_))
    if name in _THRESHOLDS:
        return _ending(model, ("estimator", last.estimator_))
    return _ending(model, ("regressor", last.regressor_)) if name == "TransformedTargetRegressor" else model


def _last(model: Any) -> Any:
    steps = getattr(model, "steps", None)
    return steps[-1][1] if steps else model


def _ending(model: Any, *ends: tuple[str, Any]) -> Any:
    """Return a model with other steps in the place of its last, or of itself."""
    from sklearn.pipeline import Pipeline

    steps = [*getattr(model, "steps", [])[:-1], *ends]
    return Pipeline(steps) if len(steps) > 1 else steps[0][1]


def write_around(proto: ModelProto, model: Any) -> None:
    """Write behind the model within what the one around it does.

    Raises
    ------
    ExportError
        That has no counterpart.
    """
    last = _last(model)
    if type(last).__name__ in _THRESHOLDS:
        _decide(proto, last)
    elif type(last).__name__ not in _CHOOSING:
        _apply(proto, _back(last.transformer_))


def _back(transformer: Any) -> tuple[Step, ...]:
    """Return what takes a transformation of the target back.

    Raises
    ------
    ExportError
        It is not known how.
    """
    name = type(transformer).__name__
    if name == "FunctionTransformer":
        return steps_of(transformer.inverse_func, transformer.inv_kw_args)
    if name in ("StandardScaler", "RobustScaler"):
        shift = transformer.mean_ if name == "StandardScaler" else transformer.center_
        return _steps(("Mul", transformer.scale_), ("Add", shift))
    if name == "MinMaxScaler" and not transformer.clip:
        return _steps(("Sub", transformer.min_), ("Div", transformer.scale_))
    raise ExportError(
        f"what {name} does to the target cannot be taken back in ONNX: transform it with one of NumPy's functions, "
        "StandardScaler, RobustScaler or MinMaxScaler"
    )


def _steps(*steps: tuple[str, Any]) -> tuple[Step, ...]:
    """Return steps with the numbers of a scaler of one column; what it does not do is None."""
    if any(numbers is not None and np.size(numbers) > 1 for _, numbers in steps):
        raise ExportError("the target has several columns, each with a scale of its own: export the regressor within")
    return tuple((operation, float(np.ravel(numbers)[0])) for operation, numbers in steps if numbers is not None)


def _apply(proto: ModelProto, steps: tuple[Step, ...]) -> None:
    """Write steps behind a regressor's only output."""
    from onnx import helper, numpy_helper

    output = proto.graph.output[0]
    kind = helper.tensor_dtype_to_np_dtype(output.type.tensor_type.elem_type)
    name, nodes = f"{output.name}_within", []
    _rename(proto, output.name, name)
    for place, (operation, number) in enumerate(steps):
        beside = []
        if number is not None:
            beside = [f"back{place}"]
            proto.graph.initializer.append(numpy_helper.from_array(np.array([number], dtype=kind), beside[0]))
        nodes.append(helper.make_node(operation, [name, *beside], [f"{output.name}_back{place}"]))
        name = f"{output.name}_back{place}"
    nodes.append(helper.make_node("Identity", [name], [output.name]))
    proto.graph.node.extend(nodes)


def _decide(proto: ModelProto, model: Any) -> None:
    """Let the label be that of the threshold."""
    from onnx import helper, numpy_helper

    threshold, classes = _threshold(model), np.asarray(model.classes_)
    label, shares = proto.graph.output[0], proto.graph.output[1]
    kind = helper.tensor_dtype_to_np_dtype(shares.type.tensor_type.elem_type)
    named = model.pos_label if hasattr(model, "pos_label") else model._curve_scorer._get_pos_label()
    positive = 1 if named is None else int(np.flatnonzero(classes == named)[0])
    names = written(classes)
    constants = {
        "threshold_at": np.array(positive),
        "threshold": np.array(threshold, dtype=kind),
        "threshold_classes": names[[1 - positive, positive]],
    }
    proto.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    _rename(proto, label.name, f"{label.name}_within")
    nodes: list[NodeProto] = [
        helper.make_node("Gather", [shares.name, "threshold_at"], ["threshold_share"], axis=1),
        helper.make_node("GreaterOrEqual", ["threshold_share", "threshold"], ["threshold_above"]),
        helper.make_node("Cast", ["threshold_above"], ["threshold_place"], to=7),
        helper.make_node("Gather", ["threshold_classes", "threshold_place"], [label.name]),
    ]
    proto.graph.node.extend(nodes)


def _threshold(model: Any) -> float:
    """Return from which share on the second class is meant.

    Raises
    ------
    ExportError
        It is no share that decides, or there are no two classes.
    """
    by_share = hasattr(model.estimator_, "predict_proba") and model.response_method in ("auto", "predict_proba")
    if not by_share or len(model.classes_) != 2:
        raise ExportError("its threshold is not one of probabilities: fit it with response_method='predict_proba'")
    value = getattr(model, "best_threshold_", None)
    value = model.threshold if value is None else value
    return 0.5 if value == "auto" else float(value)


def _rename(proto: ModelProto, old: str, new: str) -> None:
    for node in proto.graph.node:
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]
