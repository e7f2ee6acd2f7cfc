"""KMeans as scikit-learn computes it: another order of the same sums gives far rows another cluster."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import constant, element_of, joined, node


def convert_clusters(scope: Any, operator: Any, container: Any) -> None:
    """Write the nearest centre, for which a row's own length is left out of the distance, and all distances."""
    from onnx import helper

    element = element_of(operator)
    centers = np.asarray(operator.raw_operator.cluster_centers_, dtype=helper.tensor_dtype_to_np_dtype(element))
    given = joined(scope, operator, container, element)
    places = constant(scope, container, centers)
    lengths = constant(scope, container, np.sum(centers * centers, axis=1).reshape(1, -1))
    label, distances = (output.full_name for output in operator.outputs)
    gemm: dict[str, Any] = {"alpha": -2.0, "transB": 1}
    near = node(scope, container, "Gemm", [given, places, lengths], beta=1.0, **gemm)
    node(scope, container, "ArgMin", [near], label, axis=1, keepdims=0)
    own = node(scope, container, "ReduceSumSquare", [given, constant(scope, container, np.array([1]))], keepdims=1)
    apart = node(scope, container, "Gemm", [given, places], **gemm)
    apart = node(scope, container, "Add", [node(scope, container, "Add", [apart, own]), lengths])
    nothing = constant(scope, container, np.zeros(1, dtype=centers.dtype))
    node(scope, container, "Sqrt", [node(scope, container, "Max", [apart, nothing])], distances)
