"""KBinsDiscretizer in double: where a number lies on an edge, no sum of float32 can say on which side."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import cast, constant, element_of, joined, node


def convert_bins(scope: Any, operator: Any, container: Any) -> None:
    """Write how many inner edges a number is not below, as it is or as a column of zeros and ones for each bin."""
    from onnx import TensorProto

    model, element = operator.raw_operator, element_of(operator)
    given = joined(scope, operator, container, TensorProto.DOUBLE)
    axis = constant(scope, container, np.array([1]))
    made = []
    for place, edges in enumerate(model.bin_edges_):
        column = node(scope, container, "Gather", [given, constant(scope, container, np.array([place]))], axis=1)
        inner = constant(scope, container, np.asarray(edges, dtype=np.float64)[np.newaxis, 1:-1])
        passed = cast(scope, container, node(scope, container, "GreaterOrEqual", [column, inner]), TensorProto.INT64)
        found = node(scope, container, "ReduceSum", [passed, axis], keepdims=1)
        if model.encode != "ordinal":
            every = constant(scope, container, np.arange(model.n_bins_[place])[np.newaxis])
            found = node(scope, container, "Equal", [found, every])
        made.append(cast(scope, container, found, element))
    node(scope, container, "Concat", made, operator.outputs[0].full_name, axis=1)
