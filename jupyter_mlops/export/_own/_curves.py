"""IsotonicRegression and SplineTransformer: one polynomial between each two points, in double.

A number is sought among the points, and what is written for its piece is a table of the polynomials' coefficients.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import cast, constant, joined, node, shape_of_width

Array = np.ndarray[Any, Any]


def convert_isotonic(scope: Any, operator: Any, container: Any) -> None:
    """Write the line between two points."""
    output = operator.outputs[0]
    found = line_between(scope, container, operator.raw_operator, _numbers(scope, operator, container))
    node(scope, container, "Cast", [found], output.full_name, to=_element(output))


def line_between(scope: Any, container: Any, model: Any, given: str) -> str:
    """Return the name of what an IsotonicRegression makes of a column in double."""
    x, y = (np.asarray(each, dtype=np.float64) for each in (model.X_thresholds_, model.y_thresholds_))
    slopes = np.diff(y) / np.diff(x) if len(x) > 1 else np.zeros(1)
    within = _clipped(scope, container, given, float(x[0]), float(x[-1]))
    found = _pieces(scope, container, within, x[: len(slopes)], np.stack([y[: len(slopes)], slopes])[..., np.newaxis])
    if model.out_of_bounds == "nan" and len(x) > 1:
        outside = node(scope, container, "Not", [node(scope, container, "Equal", [given, within])])
        found = node(scope, container, "Where", [outside, constant(scope, container, np.array([np.nan])), found])
    return found


def convert_splines(scope: Any, operator: Any, container: Any) -> None:
    """Write the splines of each column, side by side."""
    model, output = operator.raw_operator, operator.outputs[0]
    given = _numbers(scope, operator, container)
    made = []
    for place, spline in enumerate(model.bsplines_):
        column = node(scope, container, "Gather", [given, constant(scope, container, np.array([place]))], axis=1)
        kept = spline.c.shape[1] - (not model.include_bias)
        made.append(_spline(scope, container, column, model, spline, kept))
    found = node(scope, container, "Concat", made, axis=1)
    node(scope, container, "Cast", [found], output.full_name, to=_element(output))


def _spline(scope: Any, container: Any, column: str, model: Any, spline: Any, kept: int) -> str:
    """Return the name of one column's splines, shape (rows, kept)."""
    first, last = float(spline.t[spline.k]), float(spline.t[-spline.k - 1])
    starts = spline.t[spline.k : -spline.k - 1]
    values = np.stack([spline(starts, nu=order)[:, :kept] / math.factorial(order) for order in range(spline.k + 1)])
    if model.extrapolation == "periodic":
        return _pieces(scope, container, _turned(scope, container, column, first, last - first), starts, values)
    if model.extrapolation in ("continue", "error"):
        return _pieces(scope, container, column, starts, values)
    within = _clipped(scope, container, column, first, last)
    found = _pieces(scope, container, within, starts, values)
    if model.extrapolation == "constant":
        return found
    slopes = [constant(scope, container, spline(edge, nu=1)[np.newaxis, :kept]) for edge in (first, last)]
    below = node(scope, container, "Less", [column, constant(scope, container, np.array([first]))])
    slope = node(scope, container, "Where", [below, *slopes])
    outside = node(scope, container, "Sub", [column, within])
    return node(scope, container, "Add", [found, node(scope, container, "Mul", [outside, slope])])


def _turned(scope: Any, container: Any, x: str, first: float, width: float) -> str:
    """Return the name of a column brought into its period, as NumPy's `%` does: exact for large numbers too."""
    start, period, nothing = (constant(scope, container, np.array([each])) for each in (first, width, 0.0))
    rest = node(scope, container, "Mod", [node(scope, container, "Sub", [x, start]), period], fmod=1)
    below = node(scope, container, "Less", [rest, nothing])
    rest = node(scope, container, "Where", [below, node(scope, container, "Add", [rest, period]), rest])
    return node(scope, container, "Add", [rest, start])


def _pieces(scope: Any, container: Any, x: str, starts: Array, values: Array) -> str:
    """Return the name of what polynomials give for a column.

    Parameters
    ----------
    x : str
        A column in double.
    starts : ndarray
        Where each piece begins.
    values : ndarray
        Coefficients, the constant first, of `x - start`: shape (degree + 1, pieces, polynomials).
    """
    above = node(scope, container, "GreaterOrEqual", [x, constant(scope, container, starts[np.newaxis, 1:])])
    counted = cast(scope, container, above, 7)
    axis = constant(scope, container, np.array([1]))
    at = node(scope, container, "ReduceSum", [counted, axis], keepdims=0)
    start = node(scope, container, "Gather", [constant(scope, container, starts[:, np.newaxis]), at])
    distance = node(scope, container, "Sub", [x, start])
    found = ""
    for table in values[::-1]:
        coefficients = node(scope, container, "Gather", [constant(scope, container, table), at])
        if found:
            found = node(scope, container, "Mul", [found, distance])
        found = node(scope, container, "Add", [found, coefficients]) if found else coefficients
    return found


def _clipped(scope: Any, container: Any, x: str, low: float, high: float) -> str:
    least, most = (constant(scope, container, np.array([each])) for each in (low, high))
    return node(scope, container, "Min", [node(scope, container, "Max", [x, least]), most])


def _numbers(scope: Any, operator: Any, container: Any) -> str:
    from onnx import TensorProto

    return joined(scope, operator, container, TensorProto.DOUBLE)


def _element(variable: Any) -> int:
    from onnx import TensorProto

    return int(TensorProto.DOUBLE if type(variable.type).__name__ == "DoubleTensorType" else TensorProto.FLOAT)


def shape_of_isotonic(operator: Any) -> None:
    """Tell skl2onnx what comes out: one number."""
    shape_of_width(operator, 1)


def shape_of_splines(operator: Any) -> None:
    """Tell skl2onnx what comes out: the splines of each column.

    Raises
    ------
    ExportError
        Missing values have splines of their own, or scikit-learn goes beyond the points in no way that can be said.
    """
    model = operator.raw_operator
    if model.handle_missing != "error":
        raise ExportError("SplineTransformer takes missing values as zeros: fill them in with SimpleImputer before it")
    if model.degree < {"constant": 1, "linear": 2}.get(model.extrapolation, 0):
        raise ExportError(f"such splines of degree {model.degree} have no counterpart: take a degree of 2 or more")
    shape_of_width(operator, int(model.n_features_out_))
