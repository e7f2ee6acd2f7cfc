"""Where scikit-learn's trees send what is missing: skl2onnx 1.20 does not write it, and sends it to the right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._graph import TREES

if TYPE_CHECKING:
    from onnx import ModelProto

Shape = tuple[tuple[int, int, float], ...]
"""What tells a tree from others: number, feature and rounded threshold of each of its splits."""


def send_missing_values(proto: ModelProto, estimators: Iterable[Any]) -> bool:
    """Let each tree of a graph send missing values where its original sends them; tell whether anything changed."""
    known = {_shape_of(part.tree_): part.tree_.missing_go_to_left for part in estimators if _knows(part)}
    changed = False
    for node in proto.graph.node if known else ():
        if node.op_type in TREES:
            changed |= _sent(node, known)
    return changed


def _knows(part: Any) -> bool:
    return hasattr(getattr(part, "tree_", None), "missing_go_to_left")


def _shape_of(tree: Any) -> Shape:
    splits = np.flatnonzero(tree.feature >= 0)
    rounded = tree.threshold.astype(np.float32)
    return tuple((int(at), int(tree.feature[at]), _coarse(rounded[at])) for at in splits)


def _coarse(threshold: float) -> float:
    """skl2onnx rounds down, NumPy to the nearest: five digits are the same, but for bad luck, which parity finds."""
    return float(f"{threshold:.4g}")


def _sent(node: Any, known: dict[Shape, Any]) -> bool:
    values = {attribute.name: attribute for attribute in node.attribute}
    trees: dict[int, list[int]] = defaultdict(list)
    for place, tree in enumerate(values["nodes_treeids"].ints):
        trees[tree].append(place)
    ids, features = values["nodes_nodeids"].ints, values["nodes_featureids"].ints
    thresholds, modes = values["nodes_values"].floats, values["nodes_modes"].strings
    track = [0] * len(ids)
    for places in trees.values():
        splits = sorted((place for place in places if modes[place] != b"LEAF"), key=lambda place: ids[place])
        first = min(ids[place] for place in places)
        shape = tuple((ids[at] - first, features[at], _coarse(thresholds[at])) for at in splits)
        for place in splits if shape in known else ():
            track[place] = int(known[shape][ids[place] - first])
    if not any(track) or "nodes_missing_value_tracks_true" not in values:
        return False
    values["nodes_missing_value_tracks_true"].ints[:] = track
    return True
