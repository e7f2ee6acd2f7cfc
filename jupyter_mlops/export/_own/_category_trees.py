"""HistGradientBoosting with categories, which skl2onnx takes for numbers, and in another order of the columns.

A tree asks of a row only which of its splits it goes left at. So each column becomes what its splits ask: a number its
place among the thresholds, in double, and a category a one for each set of categories that goes right. The trees then
compare whole numbers, which float32 has, and a value that is missing or unseen is none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._categories import columns_of, equal_to
from ._columns import cast, constant, node, written

Array = np.ndarray[Any, Any]

_FIELDS = {"nodes_featureids": "feature_idx", "nodes_truenodeids": "left", "nodes_falsenodeids": "right"}


def needs_own(operator: Any) -> bool:
    """Tell whether one of the columns holds categories."""
    return getattr(operator.raw_operator, "is_categorical_", None) is not None


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """Write labels and probabilities."""
    model, (label, shares) = operator.raw_operator, operator.outputs
    total = _total(scope, operator, container)
    if len(model.classes_) == 2:
        zero, one = (constant(scope, container, np.array([value], dtype=np.float32)) for value in (0, 1))
        above = node(scope, container, "Greater", [total, zero])
        place = node(scope, container, "Squeeze", [cast(scope, container, above, 7), _axis(scope, container)])
        second = node(scope, container, "Sigmoid", [total])
        first = node(scope, container, "Sub", [one, second])
        table = node(scope, container, "Concat", [first, second], axis=1)
    else:
        place = node(scope, container, "ArgMax", [total], axis=1, keepdims=0)
        table = node(scope, container, "Softmax", [total], axis=1)
    classes = np.asarray(model.classes_)
    named = written(classes)
    node(scope, container, "Gather", [constant(scope, container, named), place], label.full_name)
    node(scope, container, "Cast", [table], shares.full_name, to=_element(shares))


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """Write the sum of the trees, or its exponential where the loss has a logarithm."""
    total = _total(scope, operator, container)
    if type(operator.raw_operator._loss.link).__name__ == "LogLink":
        total = node(scope, container, "Exp", [total])
    output = operator.outputs[0]
    node(scope, container, "Cast", [total], output.full_name, to=_element(output))


def _element(variable: Any) -> int:
    from onnx import TensorProto

    return int(TensorProto.DOUBLE if type(variable.type).__name__ == "DoubleTensorType" else TensorProto.FLOAT)


def _axis(scope: Any, container: Any) -> str:
    return constant(scope, container, np.array([1]))


def _total(scope: Any, operator: Any, container: Any) -> str:
    """Return the name of what the trees say together: one column, or one a class."""
    from onnx import TensorProto

    model = operator.raw_operator
    trees = [tree for iteration in model._predictors for tree in iteration]
    questions = _Questions(model, trees)
    given = columns_of(scope, operator, container)
    asked = [_asked(scope, container, given[place], questions, place) for place in questions.columns]
    answers = node(scope, container, "Concat", asked, axis=1)
    attributes = _attributes(trees, questions, np.ravel(model._baseline_prediction))
    total = node(
        scope, container, "TreeEnsembleRegressor", [answers], op_domain="ai.onnx.ml", op_version=1, **attributes
    )
    return cast(scope, container, total, TensorProto.FLOAT)  # in a file of double, what trees say is made double


class _Questions:
    """What the splits of all trees ask, by column of the table that the model takes.

    Parameters
    ----------
    model : HistGradientBoosting
        With categories: its trees know these columns first, and the numbers behind them.
    trees : list
        Its predictors.
    """

    def __init__(self, model: Any, trees: list[Any]) -> None:
        is_category = np.asarray(model.is_categorical_)
        self._order = np.concatenate([np.flatnonzero(is_category), np.flatnonzero(~is_category)])
        encoder = model._preprocessor.named_transformers_["encoder"]
        self.categories: dict[int, Array] = dict(zip(self._order, encoder.categories_, strict=False))
        asked: dict[int, list[float]] = {}
        self.sets: dict[int, list[bytes]] = {}
        for tree in trees:
            for split in tree.nodes[tree.nodes["is_leaf"] == 0]:
                place = int(self._order[split["feature_idx"]])
                if split["is_categorical"]:
                    found = self.sets.setdefault(place, [])
                    bits = tree.raw_left_cat_bitsets[split["bitset_idx"]].tobytes()
                    found += [bits] if bits not in found else []
                else:
                    asked.setdefault(place, []).append(float(split["num_threshold"]))
        self.thresholds = {place: np.unique(values) for place, values in asked.items()}
        self.columns = sorted({*self.thresholds, *self.sets}) or [0]
        widths = [len(self.sets.get(place, ())) or 1 for place in self.columns]
        self._starts = dict(zip(self.columns, np.cumsum([0, *widths]), strict=False))

    def split(self, tree: Any, split: Any) -> tuple[int, float]:
        """Return which answer a split compares, and with what: at most that is left."""
        place = int(self._order[split["feature_idx"]])
        if not split["is_categorical"]:
            return int(self._starts[place]), float(np.searchsorted(self.thresholds[place], split["num_threshold"]))
        bits = tree.raw_left_cat_bitsets[split["bitset_idx"]].tobytes()
        return int(self._starts[place] + self.sets[place].index(bits)), 0.5

    def goes_right(self, place: int) -> Array:
        """Return for each category of a column which sets send it to the right: ones, shape (categories, sets)."""
        codes = np.arange(len(self.categories[place]))
        bits = np.array([np.unpackbits(np.frombuffer(each, np.uint8), bitorder="little") for each in self.sets[place]])
        return np.asarray(1 - bits[:, codes].T, dtype=np.float32)


def _asked(scope: Any, container: Any, column: tuple[str, Any], questions: _Questions, place: int) -> str:
    """Return the name of what a column answers to its splits; NaN where it is missing or unseen."""
    from onnx import TensorProto

    name, given = column
    if place in questions.sets:
        same = equal_to(scope, container, name, given, _known(questions.categories[place]))
        ones = cast(scope, container, same, TensorProto.FLOAT)
        right = questions.goes_right(place)[: len(_known(questions.categories[place]))]
        found = node(scope, container, "MatMul", [ones, constant(scope, container, right)])
        known = node(scope, container, "ReduceMax", [ones, _axis(scope, container)], op_version=18, keepdims=1)
        lost = node(scope, container, "Equal", [known, constant(scope, container, np.zeros(1, dtype=np.float32))])
    else:
        bounds = questions.thresholds.get(place, np.empty(0)).reshape(1, -1)
        value = cast(scope, container, name, TensorProto.DOUBLE)
        above = node(scope, container, "Greater", [value, constant(scope, container, bounds)])
        ones = cast(scope, container, above, TensorProto.FLOAT)
        found = node(scope, container, "ReduceSum", [ones, _axis(scope, container)], keepdims=1)
        lost = node(scope, container, "IsNaN", [value])
    missing = constant(scope, container, np.array([np.nan], dtype=np.float32))
    return node(scope, container, "Where", [lost, missing, found])


def _known(categories: Array) -> Array:
    """Return categories without the missing one, which is last and goes its own way."""
    return np.array([each for each in categories if each is not None and each == each], dtype=categories.dtype)


def _attributes(trees: list[Any], questions: _Questions, baseline: Array) -> dict[str, Any]:
    """Return the attributes of the operator of trees."""
    counts = [len(tree.nodes) for tree in trees]
    nodes = np.concatenate([tree.nodes for tree in trees])
    inner = nodes["is_leaf"] == 0
    of = np.repeat(np.arange(len(trees)), counts)
    columns = {key: np.where(inner, nodes[field], 0).astype(int) for key, field in _FIELDS.items()}
    values = np.zeros(len(nodes))
    for at in np.flatnonzero(inner):
        columns["nodes_featureids"][at], values[at] = questions.split(trees[of[at]], nodes[at])
    leaves = np.flatnonzero(~inner)
    numbers = np.concatenate([np.arange(count) for count in counts])
    return {
        **{key: found.tolist() for key, found in columns.items()},
        "nodes_treeids": of.tolist(),
        "nodes_nodeids": numbers.tolist(),
        "nodes_values": values.tolist(),
        "nodes_modes": ["BRANCH_LEQ" if each else "LEAF" for each in inner],
        "nodes_missing_value_tracks_true": np.where(inner, nodes["missing_go_to_left"], 0).astype(int).tolist(),
        "n_targets": len(baseline),
        "base_values": baseline.astype(float).tolist(),
        "target_treeids": of[leaves].tolist(),
        "target_nodeids": numbers[leaves].tolist(),
        "target_ids": (of[leaves] % len(baseline)).tolist(),
        "target_weights": nodes["value"][leaves].astype(float).tolist(),
    }


def shape_of_labels(operator: Any) -> None:
    """Tell skl2onnx what a classifier gives: a label, and a share for each class."""
    from skl2onnx.common.data_types import Int64TensorType, StringTensorType

    model, rows = operator.raw_operator, operator.inputs[0].get_first_dimension()
    whole = np.asarray(model.classes_).dtype.kind in "biuf"
    operator.outputs[0].type = (Int64TensorType if whole else StringTensorType)([rows])
    operator.outputs[1].type = _numbers(operator)([rows, len(model.classes_)])


def shape_of_figure(operator: Any) -> None:
    """Tell skl2onnx what a regressor gives: one figure."""
    operator.outputs[0].type = _numbers(operator)([operator.inputs[0].get_first_dimension(), 1])


def _numbers(operator: Any) -> Any:
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    wide = any(isinstance(variable.type, DoubleTensorType) for variable in operator.inputs)
    return DoubleTensorType if wide else FloatTensorType
