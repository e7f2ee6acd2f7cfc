"""Where scikit-learn's trees send what is missing: skl2onnx 1.20 does not write it, and sends it to the right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._graph import TREES

if TYPE_CHECKING:
    from onnx import ModelProto

Shape = tuple[tuple[int, int], ...]
"""Number and feature of each split of a tree."""

Known = dict[Shape, list[Any]]
"""Trees of the model by their shape, in the order in which they are written."""


def send_missing_values(proto: ModelProto, estimators: Iterable[Any]) -> bool:
    """Let each tree of a graph send missing values where its original sends them; tell whether anything changed."""
    known: Known = defaultdict(list)
    for part in reversed(list(estimators)):
        if hasattr(getattr(part, "tree_", None), "missing_go_to_left"):
            splits = np.flatnonzero(part.tree_.feature >= 0)
            known[tuple((int(at), int(part.tree_.feature[at])) for at in splits)].append(part.tree_)
    changed = False
    for node in proto.graph.node if known else ():
        if node.op_type in TREES:
            changed |= _sent(node, known)
    return changed


def _sent(node: Any, known: Known) -> bool:
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
        shape = tuple((ids[at] - first, features[at]) for at in splits)
        found = _original(known.get(shape, []), [at for at, _ in shape], [thresholds[at] for at in splits])
        for place in splits if found is not None else ():
            track[place] = int(found.missing_go_to_left[ids[place] - first])
    if not any(track) or "nodes_missing_value_tracks_true" not in values:
        return False
    values["nodes_missing_value_tracks_true"].ints[:] = track
    return True


def _original(trees: list[Any], splits: list[int], thresholds: list[float]) -> Any:
    """Return the tree with these thresholds, but for their rounding to float32; None where there is none.

    Of several, as small trees on few values are, each is one node's: they may differ in what they do with missing ones.
    """
    near = [tree for tree in trees if np.allclose(tree.threshold[splits], thresholds, rtol=1e-6, atol=1e-30)]
    if len(near) > 1:
        trees.remove(near[0])
    return near[0] if near else None
