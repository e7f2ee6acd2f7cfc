"""PolynomialFeatures in as few operators as its degree, and in double, which skl2onnx's column of ones is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import constant, element_of, joined, node, shape_of_width


def convert_polynomials(scope: Any, operator: Any, container: Any) -> None:
    """Write the products of columns; those of fewer columns than the degree are filled up with a column of ones.

    What stands last in a product is multiplied first, as scikit-learn does it.
    """
    from onnx import helper

    model, element = operator.raw_operator, element_of(operator)
    kind = helper.tensor_dtype_to_np_dtype(element)
    beside = [constant(scope, container, each) for each in (np.array([0, 1, 0, 0]), np.array(1, dtype=kind))]
    columns = node(scope, container, "Pad", [joined(scope, operator, container, element), *beside])
    factors = _factors(model)
    found = ""
    for places in factors.T[::-1]:
        chosen = node(scope, container, "Gather", [columns, constant(scope, container, places)], axis=1)
        found = node(scope, container, "Mul", [found, chosen]) if found else chosen
    node(scope, container, "Identity", [found], operator.outputs[0].full_name)


def _factors(model: Any) -> np.ndarray[Any, Any]:
    """Return which columns each product is of, the column of ones first: shape (products, degree)."""
    combinations = model._combinations(
        model.n_features_in_, model._min_degree, model._max_degree, model.interaction_only, model.include_bias
    )
    degree = max(model._max_degree, 1)
    rows = [[0] * (degree - len(each)) + [place + 1 for place in each] for each in combinations]
    return np.array(rows, dtype=np.int64)


def shape_of_polynomials(operator: Any) -> None:
    """Tell skl2onnx what comes out: a number for each product."""
    shape_of_width(operator, int(operator.raw_operator.n_output_features_))
