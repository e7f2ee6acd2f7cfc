"""Thresholds in double for trees that compare in double: HistGradientBoosting's and LightGBM's.

ONNX' tree operators compare in float32 as onnxruntime has them. A tree asks of a number only which of its thresholds
lie below it; so each number is replaced by how many do, in double, and each threshold by its own place among them.
Whole numbers are exact in float32, and the trees decide as the original's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...exceptions import ExportError
from .._graph import TREES, replace_nodes

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

Thresholds = dict[int, np.ndarray[Any, Any]]
"""Of each feature that is asked about: its thresholds, sorted, in double."""


def exact_thresholds(proto: ModelProto, estimators: Iterable[Any]) -> None:
    """Let the trees of a double graph decide in double.

    Parameters
    ----------
    proto : ModelProto
        With double inputs to its trees; changed in place.
    estimators : iterable
        Where the thresholds are found.

    Raises
    ------
    ExportError
        A tree of the graph is none of these estimators', or asks for more than "at most".
    """
    known = [found for estimator in estimators if (found := _double_thresholds(estimator))]
    nodes: list[NodeProto] = []
    for number, node in enumerate(proto.graph.node):
        if node.op_type in TREES:
            nodes += _ranked(proto, node, _matching(node, known), f"rank{number}")
        nodes.append(node)
    replace_nodes(proto.graph, nodes)


def _double_thresholds(estimator: Any) -> Thresholds:
    """Return the thresholds of an estimator whose trees compare in double; of any other nothing."""
    if hasattr(estimator, "_predictors") and type(estimator).__name__.startswith("HistGradientBoosting"):
        trees = [tree.nodes for iteration in estimator._predictors for tree in iteration]
        order = _columns_of_trees(estimator)
        splits = [
            (order[nodes["feature_idx"][keep]], nodes["num_threshold"][keep])
            for nodes in trees
            for keep in [(nodes["is_leaf"] == 0) & (nodes["is_categorical"] == 0)]
        ]
        return _by_feature(splits)
    if type(estimator).__module__.startswith("lightgbm") and hasattr(estimator, "booster_"):
        frame = estimator.booster_.trees_to_dataframe()
        inner = frame[frame["decision_type"] == "<="]  # a split by categories has no threshold
        names = {name: place for place, name in enumerate(estimator.booster_.feature_name())}
        features = inner["split_feature"].map(names).to_numpy(dtype=int)
        return _by_feature([(features, inner["threshold"].to_numpy(dtype=float))])
    return {}


def _columns_of_trees(estimator: Any) -> np.ndarray[Any, Any]:
    """Return which column each feature of HistGradientBoosting's trees is: categories come first there."""
    is_category = estimator.is_categorical_
    if is_category is None:
        return np.arange(estimator.n_features_in_)
    return np.concatenate([np.flatnonzero(is_category), np.flatnonzero(~is_category)])


def thresholds_of(estimator: Any) -> Thresholds:
    """Return the thresholds of an estimator with trees of its own; of one without, nothing."""
    if hasattr(estimator, "tree_"):
        inner = estimator.tree_.feature >= 0
        return _by_feature([(estimator.tree_.feature[inner], estimator.tree_.threshold[inner])])
    if type(estimator).__module__.startswith("xgboost") and hasattr(estimator, "get_booster"):
        if not estimator.__sklearn_is_fitted__() or estimator.booster == "gblinear":
            return {}
        booster = estimator.get_booster()
        frame = booster.trees_to_dataframe()
        inner = frame[frame["Split"].notna()]
        names = {name: place for place, name in enumerate(booster.feature_names or ())}
        places = [names.get(name, int(name[1:]) if name[1:].isdecimal() else 0) for name in inner["Feature"]]
        return _by_feature([(np.array(places, dtype=int), inner["Split"].to_numpy(dtype=float))])
    return _double_thresholds(estimator)


def _by_feature(splits: list[tuple[Any, Any]]) -> Thresholds:
    if not splits:
        return {}
    features, values = (np.concatenate(part) for part in zip(*splits, strict=True))
    return {int(feature): np.unique(values[features == feature].astype(np.float64)) for feature in np.unique(features)}


def _attributes(node: NodeProto) -> dict[str, Any]:
    from onnx import helper

    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def _matching(node: NodeProto, known: list[Thresholds]) -> Thresholds:
    """Return the thresholds of the estimator that a node was made of: those that are the node's, but for rounding."""
    asked = _attributes(node)
    modes = {mode.decode() for mode in asked["nodes_modes"]}
    if modes - {"BRANCH_LEQ", "LEAF"}:
        raise ExportError(
            f"adjusted thresholds are for trees that ask 'at most'; this one has {', '.join(sorted(modes))}"
        )
    for thresholds in known:
        if all(_place(thresholds, feature, value) is not None for feature, value in _splits(asked)):
            return thresholds
    raise ExportError("the thresholds of a tree are not found in the model")


def _splits(asked: dict[str, Any]) -> list[tuple[int, float]]:
    nodes = zip(asked["nodes_modes"], asked["nodes_featureids"], asked["nodes_values"], strict=True)
    return [(feature, value) for mode, feature, value in nodes if mode != b"LEAF"]


def _place(thresholds: Thresholds, feature: int, rounded: float) -> int | None:
    """Return which threshold of a feature a float32 stands for; None where there is none, or more than one."""
    if feature not in thresholds:
        return None
    near = thresholds[feature].astype(np.float32)
    low, high = np.nextafter(np.float32(rounded), np.array([-np.inf, np.inf], dtype=np.float32))
    found = np.flatnonzero((near >= low) & (near <= high))
    return int(found[0]) if len(found) == 1 else None


def _ranked(proto: ModelProto, node: NodeProto, thresholds: Thresholds, name: str) -> list[NodeProto]:
    """Return the nodes that give each feature its rank, and turn the node's thresholds into ranks."""
    from onnx import TensorProto, helper, numpy_helper

    asked, ranks, nodes = _attributes(node), [], []
    width = max(thresholds) + 1
    values = list(asked["nodes_values"])
    for place, (mode, feature) in enumerate(zip(asked["nodes_modes"], asked["nodes_featureids"], strict=True)):
        if mode != b"LEAF":
            values[place] = float(_place(thresholds, feature, values[place]) or 0)
    for attribute in node.attribute:
        if attribute.name == "nodes_values":
            attribute.floats[:] = values
    for feature in range(width):
        key = f"{name}_{feature}"
        bounds = thresholds.get(feature, np.empty(0)).reshape(1, -1)
        proto.graph.initializer.append(numpy_helper.from_array(np.array([feature]), f"{key}_at"))
        proto.graph.initializer.append(numpy_helper.from_array(bounds, f"{key}_bounds"))
        proto.graph.initializer.append(numpy_helper.from_array(np.array([1]), f"{key}_axis"))
        nodes += [
            helper.make_node("Gather", [node.input[0], f"{key}_at"], [f"{key}_x"], axis=1),
            helper.make_node("Greater", [f"{key}_x", f"{key}_bounds"], [f"{key}_above"]),
            helper.make_node("Cast", [f"{key}_above"], [f"{key}_ones"], to=TensorProto.DOUBLE),
            helper.make_node("ReduceSum", [f"{key}_ones", f"{key}_axis"], [f"{key}_sum"], keepdims=1),
            helper.make_node("IsNaN", [f"{key}_x"], [f"{key}_missing"]),
            helper.make_node("Where", [f"{key}_missing", f"{key}_x", f"{key}_sum"], [f"{key}_rank"]),
        ]
        ranks.append(f"{key}_rank")
    nodes.append(helper.make_node("Concat", ranks, [f"{name}_ranks"], axis=1))
    node.input[0] = f"{name}_ranks"
    return nodes
