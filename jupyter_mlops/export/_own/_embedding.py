"""RandomTreesEmbedding: skl2onnx knows no double in front of it, and no sparse columns behind it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import element_of, joined, node, shape_of_width
from ._tree_operator import are_inner, tree_attributes


def convert_embedding(scope: Any, operator: Any, container: Any) -> None:
    """Write one column for each leaf, in which stands whether a row falls into it."""
    trees = [part.tree_ for part in operator.raw_operator.estimators_]
    leaves = np.flatnonzero(~are_inner(trees))
    columns = np.arange(len(leaves))
    attributes = tree_attributes(trees, leaves, columns, np.ones(len(leaves)), len(leaves))
    element = element_of(operator)
    given = joined(scope, operator, container, element)
    found = node(scope, container, "TreeEnsembleRegressor", [given], op_domain="ai.onnx.ml", op_version=1, **attributes)
    node(scope, container, "Cast", [found], operator.outputs[0].full_name, to=element)


def shape_of_embedding(operator: Any) -> None:
    """Tell skl2onnx what comes out: a column for each leaf."""
    shape_of_width(operator, sum(int(part.tree_.n_leaves) for part in operator.raw_operator.estimators_))
