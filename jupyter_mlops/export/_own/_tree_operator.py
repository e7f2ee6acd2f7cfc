"""Trees of scikit-learn as one operator that adds up what their leaves say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def tree_attributes(trees: Sequence[Any], leaves: Array, targets: Array, weights: Array, width: int) -> dict[str, Any]:
    """Return the attributes of a TreeEnsembleRegressor.

    Parameters
    ----------
    trees : sequence
        `tree_` of each.
    leaves, targets, weights : ndarray
        What each leaf adds to which target: the leaves by their numbers among the nodes of all trees.
    width : int
        How many targets there are.
    """
    counts = [tree.node_count for tree in trees]
    inner = are_inner(trees)
    columns: dict[str, Array] = {
        "nodes_treeids": np.repeat(np.arange(len(trees)), counts),
        "nodes_nodeids": np.concatenate([np.arange(count) for count in counts]),
        "nodes_featureids": np.where(inner, np.concatenate([tree.feature for tree in trees]), 0),
        "nodes_truenodeids": np.where(inner, np.concatenate([tree.children_left for tree in trees]), 0),
        "nodes_falsenodeids": np.where(inner, np.concatenate([tree.children_right for tree in trees]), 0),
        "nodes_missing_value_tracks_true": np.zeros(sum(counts), dtype=int),
        "nodes_values": np.where(inner, _rounded_down(np.concatenate([tree.threshold for tree in trees])), 0),
    }
    return {
        **{name: values.tolist() for name, values in columns.items()},
        "nodes_modes": ["BRANCH_LEQ" if each else "LEAF" for each in inner],
        "n_targets": width,
        "target_treeids": columns["nodes_treeids"][leaves].tolist(),
        "target_nodeids": columns["nodes_nodeids"][leaves].tolist(),
        "target_ids": targets.tolist(),
        "target_weights": weights.tolist(),
    }


def are_inner(trees: Sequence[Any]) -> Array:
    """Return which nodes of all trees, one tree behind the other, are no leaves."""
    return np.concatenate([tree.children_left >= 0 for tree in trees])


def _rounded_down(thresholds: Array) -> Array:
    """Return the largest float32 that is at most each threshold: the same float32 values are at most either."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)
