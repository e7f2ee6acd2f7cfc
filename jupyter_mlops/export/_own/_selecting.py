"""Choosing columns: skl2onnx takes a choice of the first column alone for none."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...exceptions import ExportError
from ._columns import constant, joined, node


def convert_selection(scope: Any, operator: Any, container: Any) -> None:
    """Write `X[:, support]`.

    Raises
    ------
    ExportError
        No column was chosen.
    """
    chosen = np.asarray(operator.raw_operator.get_support(indices=True), dtype=np.int64)
    if not len(chosen):
        raise ExportError("it has chosen no column, and a tensor has one at least")
    given = joined(scope, operator, container)
    node(scope, container, "Gather", [given, constant(scope, container, chosen)], operator.outputs[0].full_name, axis=1)
