"""KNNImputer in double, which skl2onnx's is not: with weights, indicators and columns that were never known.

Distances are sums of squares of what is known in both rows, over its part of the columns, taken as scikit-learn
takes them: what is not known is subtracted again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import cast, constant, element_of, joined, node, shape_of_width
from ._neighbours import by_distance, nearest

Array = np.ndarray[Any, Any]


def convert_nearest_imputer(scope: Any, operator: Any, container: Any) -> None:
    """Write each column with the mean of its nearest donors where it is missing, and indicators behind them.

    Raises
    ------
    ExportError
        Its distances or weights are a function of the user's own.
    """
    from onnx import TensorProto

    imputer = operator.raw_operator
    if imputer.metric != "nan_euclidean" or callable(imputer.weights):
        raise ExportError("a function of your own measures or weighs in KNNImputer, which has no counterpart")
    given = joined(scope, operator, container, TensorProto.DOUBLE)
    value = imputer.missing_values
    missing = node(scope, container, "IsNaN", [given])
    if value == value:
        missing = node(scope, container, "Equal", [given, constant(scope, container, np.array([float(value)]))])
    apart = _apart(scope, container, imputer, given, missing)
    parts = []
    for place, valid in enumerate(imputer._valid_mask):
        column, is_missing = (_column(scope, container, name, place) for name in (given, missing))
        if valid:
            filled = _filled(scope, container, imputer, apart, place)
            parts.append(node(scope, container, "Where", [is_missing, filled, column]))
        elif imputer.keep_empty_features:
            parts.append(node(scope, container, "Where", [
                is_missing, *[constant(scope, container, np.zeros((1, 1)))] * 2,
            ]))  # fmt: skip
    if imputer.add_indicator:
        at = constant(scope, container, np.asarray(imputer.indicator_.features_, dtype=np.int64))
        told = node(scope, container, "Gather", [missing, at], axis=1)
        parts.append(cast(scope, container, told, TensorProto.DOUBLE))
    together = node(scope, container, "Concat", parts, axis=1)
    node(scope, container, "Cast", [together], operator.outputs[0].full_name, to=element_of(operator))


def shape_of_nearest_imputed(operator: Any) -> None:
    """Tell skl2onnx what comes out: the columns that are kept, and one for each indicator."""
    imputer = operator.raw_operator
    kept = len(imputer._valid_mask) if imputer.keep_empty_features else int(imputer._valid_mask.sum())
    shape_of_width(operator, kept + (len(imputer.indicator_.features_) if imputer.add_indicator else 0))


def _column(scope: Any, container: Any, name: str, place: int) -> str:
    return node(scope, container, "Gather", [name, constant(scope, container, np.array([place]))], axis=1)


def _apart(scope: Any, container: Any, imputer: Any, given: str, missing: str) -> str:
    """Return the name of the distances to the known rows; NaN where nothing is known in both."""
    from onnx import TensorProto

    known = ~np.asarray(imputer._mask_fit_X)
    points = np.where(known, imputer._fit_X, 0.0).astype(np.float64)
    nothing, one = (constant(scope, container, np.array([each])) for each in (0.0, 1.0))
    gone = cast(scope, container, missing, TensorProto.DOUBLE)
    there = node(scope, container, "Sub", [one, gone])
    rows = node(scope, container, "Where", [missing, nothing, given])
    squares = node(scope, container, "Mul", [rows, rows])
    axis = constant(scope, container, np.array([1]))
    own = node(scope, container, "ReduceSum", [squares, axis], keepdims=1)

    def times(name: str, table: Array) -> str:
        return node(scope, container, "MatMul", [name, constant(scope, container, np.ascontiguousarray(table.T))])

    total = node(scope, container, "Add", [times(rows, -2 * points), own])
    total = node(scope, container, "Add", [total, constant(scope, container, np.sum(points**2, axis=1)[np.newaxis])])
    total = node(scope, container, "Max", [total, nothing])
    total = node(scope, container, "Sub", [total, times(squares, (~known).astype(np.float64))])
    total = node(scope, container, "Max", [node(scope, container, "Sub", [total, times(gone, points**2)]), nothing])
    shared = times(there, known.astype(np.float64))
    share = node(scope, container, "Div", [total, node(scope, container, "Max", [shared, one])])
    whole = node(scope, container, "Mul", [share, constant(scope, container, np.array([float(known.shape[1])]))])
    none = node(scope, container, "Equal", [shared, nothing])
    found = node(scope, container, "Where", [none, constant(scope, container, np.array([np.nan])), whole])
    return node(scope, container, "Sqrt", [found])


def _filled(scope: Any, container: Any, imputer: Any, apart: str, place: int) -> str:
    """Return the name of what a missing value of a column becomes; its mean where no donor is at any distance."""
    donors = np.flatnonzero(~np.asarray(imputer._mask_fit_X)[:, place])
    values = np.asarray(imputer._fit_X, dtype=np.float64)[donors, place]
    nothing, far = (constant(scope, container, np.array([each])) for each in (0.0, np.inf))
    to_donors = node(scope, container, "Gather", [apart, constant(scope, container, donors)], axis=1)
    unknown = node(scope, container, "IsNaN", [to_donors])
    sorted_out = node(scope, container, "Where", [unknown, far, to_donors])
    near, who = nearest(scope, container, sorted_out, min(imputer.n_neighbors, len(donors)))
    weights = _weights(scope, container, imputer, near)
    axis = constant(scope, container, np.array([1]))
    chosen = node(scope, container, "Gather", [constant(scope, container, values), who])
    votes = node(scope, container, "ReduceSum", [node(scope, container, "Mul", [weights, chosen]), axis], keepdims=1)
    weight = node(scope, container, "ReduceSum", [weights, axis], keepdims=1)
    alone = node(scope, container, "Equal", [weight, nothing])
    mean = constant(scope, container, np.array([values.mean()]))
    return node(scope, container, "Where", [alone, mean, node(scope, container, "Div", [votes, weight])])


def _weights(scope: Any, container: Any, imputer: Any, near: str) -> str:
    """Return the name of what donors weigh: nothing at all where their distance is not known."""
    if imputer.weights == "distance":
        return by_distance(scope, container, near)
    unknown = node(scope, container, "IsInf", [near])
    one, nothing = (constant(scope, container, np.array([each])) for each in (1.0, 0.0))
    return node(scope, container, "Where", [unknown, nothing, one])
