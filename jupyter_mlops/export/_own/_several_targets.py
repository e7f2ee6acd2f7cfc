"""Trees and forests that classify several targets: skl2onnx adds what the leaves say where it must share.

All trees are one operator that adds up each class's share for each target; a target's label is its largest share, the
first of equal ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import cast, constant, element_of, joined, node, written
from ._targets_apart import write_targets
from ._tree_operator import are_inner, tree_attributes

_SHARP = 2.0**20
"""Shares that differ by less are equal: sums of the trees' in float32 do."""


def needs_own(operator: Any) -> bool:
    """Tell whether there is more than one target."""
    return int(operator.raw_operator.n_outputs_) > 1


def convert_several(scope: Any, operator: Any, container: Any) -> None:
    """Write labels with a column a target, and shares with a table a target where each has as many classes."""
    from onnx import TensorProto, helper

    model, (label, shares) = operator.raw_operator, operator.outputs
    element = element_of(operator)
    kind = helper.tensor_dtype_to_np_dtype(element)
    given = joined(scope, operator, container, element)
    total = node(
        scope, container, "TreeEnsembleRegressor", [given], op_domain="ai.onnx.ml", op_version=1, **_trees(model)
    )
    scale = constant(scope, container, np.array([_SHARP], dtype=kind))
    wide = TensorProto.DOUBLE if type(shares.type).__name__ == "DoubleTensorType" else TensorProto.FLOAT
    labels, tables, start = [], [], 0
    for classes in model.classes_:
        at = constant(scope, container, np.arange(start, start + len(classes)))
        share = node(scope, container, "Gather", [total, at], axis=1)
        votes = node(scope, container, "Round", [node(scope, container, "Mul", [share, scale])])
        place = node(scope, container, "ArgMax", [votes], axis=1, keepdims=1)
        named = written(classes)
        labels.append(node(scope, container, "Gather", [constant(scope, container, named), place]))
        tables.append(cast(scope, container, share, wide))
        start += len(classes)
    alike = len({len(classes) for classes in model.classes_}) == 1
    write_targets(scope, container, (label, shares), labels, tables, alike=alike)


def _trees(model: Any) -> dict[str, Any]:
    """Return the attributes of the operator of trees."""
    trees = [part.tree_ for part in getattr(model, "estimators_", [model])]
    leaves = np.flatnonzero(~are_inner(trees))
    shares = np.concatenate([_shares(tree, model.classes_) for tree in trees])[leaves] / len(trees)
    width = shares.shape[1]
    targets = np.tile(np.arange(width), len(leaves))
    return tree_attributes(trees, np.repeat(leaves, width), targets, shares.ravel(), width)


def _shares(tree: Any, classes: list[Any]) -> np.ndarray[Any, Any]:
    """Return each class's share in each node, targets side by side."""
    value = tree.value / np.maximum(tree.value.sum(axis=2, keepdims=True), np.finfo(float).tiny)
    return np.concatenate([value[:, place, : len(each)] for place, each in enumerate(classes)], axis=1)
