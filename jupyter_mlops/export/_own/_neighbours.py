"""Neighbours that are weighted by their distance, or sought by radius: skl2onnx weighs the farthest most.

Every neighbour votes with its weight for its target: a figure, or a share of one in its class.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import ExportError
from .._quiet import quiet
from ._columns import cast, constant, joined, node, written
from ._distances import Distances, distances
from ._targets_apart import write_targets

Array = np.ndarray[Any, Any]


def needs_own(operator: Any) -> bool:
    """Tell whether skl2onnx makes another model of one of neighbours."""
    model = operator.raw_operator
    return model.weights not in (None, "uniform") or model.n_neighbors is None


def convert_neighbours_regressor(scope: Any, operator: Any, container: Any) -> None:
    """Write the weighted mean of the neighbours' targets."""
    model, output = operator.raw_operator, operator.outputs[0]
    targets = np.asarray(model._y, dtype=np.float64).reshape(len(model._y), -1)
    votes, weight = _votes(scope, operator, container, targets)
    mean = node(scope, container, "Div", [votes, weight])
    if model.n_neighbors is None and model._y.dtype.kind in "iu":
        lost = node(scope, container, "Equal", [weight, constant(scope, container, np.zeros(1))])
        mean = node(scope, container, "Where", [lost, constant(scope, container, _none_of(model._y)), mean])
    node(scope, container, "Cast", [mean], output.full_name, to=_element(output))


def _none_of(targets: Array) -> Array:
    """Return what scikit-learn answers where there is no neighbour: it makes a whole number of NaN."""
    with quiet():
        return np.full((1, 1), np.full_like(targets[:1], np.nan).ravel()[0], dtype=np.float64)


def convert_neighbours_classifier(scope: Any, operator: Any, container: Any) -> None:
    """Write the class with the most votes and each class's share of them, for every target."""
    model = operator.raw_operator
    several = isinstance(model.classes_, list)
    classes = model.classes_ if several else [model.classes_]
    known = np.asarray(model._y).reshape(len(model._y), -1)
    table = np.concatenate([known[:, [place]] == np.arange(len(each)) for place, each in enumerate(classes)], axis=1)
    votes, weight = _votes(scope, operator, container, table.astype(np.float64))
    share = node(scope, container, "Div", [votes, weight])
    outside = getattr(model, "outlier_label_", None)
    lost = node(scope, container, "Equal", [weight, constant(scope, container, np.zeros(1))])
    labels, shares, start = [], [], 0
    for place, each in enumerate(classes):
        at = constant(scope, container, np.arange(start, start + len(each)))
        start += len(each)
        part = node(scope, container, "Gather", [share, at], axis=1)
        best = node(scope, container, "ArgMax", [part], axis=1, keepdims=1)
        label = node(scope, container, "Gather", [constant(scope, container, written(each)), best])
        if outside is not None:
            other = written(np.array([outside[place]], dtype=each.dtype))
            label = node(scope, container, "Where", [lost, constant(scope, container, other), label])
            only = constant(scope, container, (each == outside[place]).astype(np.float64)[np.newaxis])
            part = node(scope, container, "Where", [lost, only, part])
        labels.append(label)
        shares.append(cast(scope, container, part, _element(operator.outputs[1])))
    alike = len({len(each) for each in classes}) == 1
    if several:
        write_targets(scope, container, operator.outputs, labels, shares, alike=alike)
        return
    node(
        scope,
        container,
        "Squeeze",
        [labels[0], constant(scope, container, np.array([1]))],
        operator.outputs[0].full_name,
    )
    node(scope, container, "Identity", shares, operator.outputs[1].full_name)


def _votes(scope: Any, operator: Any, container: Any, table: Array) -> tuple[str, str]:
    """Return the names of what the neighbours vote for, shape (rows, columns of the table), and of all their weight."""
    from onnx import TensorProto

    model = operator.raw_operator
    apart = distances(scope, container, model, joined(scope, operator, container, TensorProto.DOUBLE))
    axis = constant(scope, container, np.array([1]))
    known = constant(scope, container, table)
    if model.n_neighbors is None:  # sought by radius
        near = apart.within(scope, container, model.radius)
        weights = _weights(scope, container, model, apart.rooted(scope, container), near)
        weights = node(scope, container, "Where", [near, weights, constant(scope, container, np.zeros(1))])
        weight = node(scope, container, "ReduceSum", [weights, axis], keepdims=1)
        return node(scope, container, "MatMul", [weights, known]), weight
    values, places = nearest(scope, container, apart.name, int(model.n_neighbors))
    chosen = Distances(values, apart.power).rooted(scope, container)
    weights = _weights(scope, container, model, chosen)
    weight = node(scope, container, "ReduceSum", [weights, axis], keepdims=1)
    upright = node(scope, container, "Unsqueeze", [weights, constant(scope, container, np.array([2]))])
    votes = node(scope, container, "Mul", [upright, node(scope, container, "Gather", [known, places])])
    return node(scope, container, "ReduceSum", [votes, axis], keepdims=0), weight


def nearest(scope: Any, container: Any, apart: str, count: int) -> tuple[str, str]:
    """Return the names of the smallest distances of each row, and of which points they are; the first of equal ones."""
    names = [scope.get_unique_variable_name(each) for each in ("nearest", "points")]
    beside = [apart, constant(scope, container, np.array([count]))]
    container.add_node("TopK", beside, names, name=scope.get_unique_operator_name("TopK"), axis=1, largest=0, sorted=1)
    return names[0], names[1]


def _weights(scope: Any, container: Any, model: Any, apart: str, near: str = "") -> str:
    """Return the name of what each neighbour weighs.

    Raises
    ------
    ExportError
        A function of the user's own weighs them.
    """
    if model.weights == "distance":
        return by_distance(scope, container, apart, near)
    if model.weights in (None, "uniform"):
        from onnx import numpy_helper

        shape = node(scope, container, "Shape", [apart])
        return node(scope, container, "ConstantOfShape", [shape], value=numpy_helper.from_array(np.ones(1)))
    raise ExportError("a function weighs the neighbours, which has no counterpart: take weights='distance'")


def by_distance(scope: Any, container: Any, apart: str, near: str = "") -> str:
    """Return the name of one over the distances; where there is none at all to a point, only such points count."""
    from onnx import TensorProto

    weights = node(scope, container, "Reciprocal", [apart])
    same = node(scope, container, "IsInf", [weights])
    if near:
        same = node(scope, container, "And", [same, near])
    alone = cast(scope, container, same, TensorProto.DOUBLE)
    found = node(scope, container, "ReduceMax", [alone, constant(scope, container, np.array([1]))], keepdims=1)
    found = cast(scope, container, found, TensorProto.BOOL)
    return node(scope, container, "Where", [found, alone, weights])


def _element(variable: Any) -> int:
    from onnx import TensorProto

    return int(TensorProto.DOUBLE if type(variable.type).__name__ == "DoubleTensorType" else TensorProto.FLOAT)
