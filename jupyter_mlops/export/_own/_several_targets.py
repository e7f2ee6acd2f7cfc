"""Trees and forests that classify several targets: skl2onnx adds what the leaves say where it must share.

All trees are one operator that adds up each class's share for each target; a target's label is its largest share, the
first of equal ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import cast, constant, element_of, joined, node, written

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
    labels, tables, start = [], [], 0
    for classes in model.classes_:
        at = constant(scope, container, np.arange(start, start + len(classes)))
        share = node(scope, container, "Gather", [total, at], axis=1)
        votes = node(scope, container, "Round", [node(scope, container, "Mul", [share, scale])])
        place = node(scope, container, "ArgMax", [votes], axis=1, keepdims=1)
        named = written(classes)
        labels.append(node(scope, container, "Gather", [constant(scope, container, named), place]))
        tables.append(share)
        start += len(classes)
    node(scope, container, "Concat", labels, label.full_name, axis=1)
    if len({len(classes) for classes in model.classes_}) == 1:
        axis = constant(scope, container, np.array([0]))
        tables = [node(scope, container, "Unsqueeze", [table, axis]) for table in tables]
        found = node(scope, container, "Concat", tables, axis=0)
    else:  # which no array of the original is: left out of the file
        found = node(scope, container, "Concat", tables, axis=1)
    wide = type(shares.type).__name__ == "DoubleTensorType"
    found = cast(scope, container, found, TensorProto.DOUBLE if wide else TensorProto.FLOAT)
    node(scope, container, "Identity", [found], shares.full_name)


def _trees(model: Any) -> dict[str, Any]:
    """Return the attributes of the operator of trees."""
    trees = [part.tree_ for part in getattr(model, "estimators_", [model])]
    counts = [tree.node_count for tree in trees]
    inner = np.concatenate([tree.children_left >= 0 for tree in trees])
    columns: dict[str, Any] = {
        "nodes_treeids": np.repeat(np.arange(len(trees)), counts),
        "nodes_nodeids": np.concatenate([np.arange(count) for count in counts]),
        "nodes_featureids": np.where(inner, np.concatenate([tree.feature for tree in trees]), 0),
        "nodes_truenodeids": np.where(inner, np.concatenate([tree.children_left for tree in trees]), 0),
        "nodes_falsenodeids": np.where(inner, np.concatenate([tree.children_right for tree in trees]), 0),
        "nodes_missing_value_tracks_true": np.zeros(sum(counts), dtype=int),
        "nodes_values": np.where(inner, _rounded_down(np.concatenate([tree.threshold for tree in trees])), 0),
    }
    leaves = np.flatnonzero(~inner)
    shares = np.concatenate([_shares(tree, model.classes_) for tree in trees])[leaves] / len(trees)
    width = shares.shape[1]
    return {
        **{name: values.tolist() for name, values in columns.items()},
        "nodes_modes": ["BRANCH_LEQ" if each else "LEAF" for each in inner],
        "n_targets": width,
        "target_treeids": np.repeat(columns["nodes_treeids"][leaves], width).tolist(),
        "target_nodeids": np.repeat(columns["nodes_nodeids"][leaves], width).tolist(),
        "target_ids": np.tile(np.arange(width), len(leaves)).tolist(),
        "target_weights": shares.ravel().tolist(),
    }


def _shares(tree: Any, classes: list[Any]) -> np.ndarray[Any, Any]:
    """Return each class's share in each node, targets side by side."""
    value = tree.value / np.maximum(tree.value.sum(axis=2, keepdims=True), np.finfo(float).tiny)
    return np.concatenate([value[:, place, : len(each)] for place, each in enumerate(classes)], axis=1)


def _rounded_down(thresholds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the largest float32 that is at most each threshold: the same float32 values are at most either."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)
