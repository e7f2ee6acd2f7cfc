"""Distances between the rows and the points that a model knows, in double: shape (rows, points).

One column after the other is added up, as scikit-learn's trees of neighbours do: a row that is one of the points is
no distance from it at all, which `weights="distance"` asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...exceptions import ExportError
from ._columns import constant, node

if TYPE_CHECKING:
    from onnx import NodeProto

Array = np.ndarray[Any, Any]

_ALIASES = {"l2": "euclidean", "l1": "manhattan", "cityblock": "manhattan", "infinity": "chebyshev"}


@dataclass(frozen=True)
class Distances:
    """Distances to a power, in which they are compared, because scikit-learn compares them so too.

    Parameters
    ----------
    name : str
        Of the tensor.
    power : float
        1 where they are as they are.
    """

    name: str
    power: float = 1.0

    def within(self, scope: Any, container: Any, radius: float) -> str:
        """Return the name of which are at most so far."""
        return node(scope, container, "LessOrEqual", [
            self.name, constant(scope, container, np.array([float(radius) ** self.power])),
        ])  # fmt: skip

    def rooted(self, scope: Any, container: Any) -> str:
        """Return the name of the distances themselves."""
        if self.power == 1:
            return self.name
        if self.power == 2:
            return node(scope, container, "Sqrt", [self.name])
        return node(scope, container, "Pow", [self.name, constant(scope, container, np.array([1 / self.power]))])


def distances(scope: Any, container: Any, model: Any, given: str) -> Distances:
    """Return the distances of rows in double to the points of a model of neighbours.

    Raises
    ------
    ExportError
        They are measured in no way that is known here.
    """
    metric, power = _metric(model)
    points = np.asarray(model._fit_X, dtype=np.float64)
    if metric == "cosine":
        return Distances(_angles(scope, container, given, points))
    total = _added_up(scope, container, given, points, power)
    return Distances(total, power if metric in ("euclidean", "minkowski") else 1.0)


def _metric(model: Any) -> tuple[str, float]:
    """Return how a model measures, and to which power the differences are added up.

    Raises
    ------
    ExportError
        It is not known here.
    """
    asked = model.effective_metric_
    metric, more = _ALIASES.get(asked, asked), dict(model.effective_metric_params_ or {})
    power = float(more.pop("p", 2))
    powers = {"euclidean": 2.0, "sqeuclidean": 2.0, "manhattan": 1.0, "chebyshev": np.inf, "minkowski": power}
    if (metric not in powers and metric != "cosine") or more.get("w") is not None:
        name = metric if isinstance(metric, str) else "of its own"
        raise ExportError(f"the metric {name} has no counterpart: measure by {', '.join(sorted(powers))} or cosine")
    return metric, powers.get(metric, 2.0)


def _added_up(scope: Any, container: Any, given: str, points: Array, power: float) -> str:
    """Return the name of the sums over the columns of differences to a power; for no end of it, the largest one."""
    size = node(scope, container, "Shape", [given], start=0, end=1)
    shape = node(scope, container, "Concat", [size, constant(scope, container, np.array([len(points)]))], axis=0)
    nothing = node(scope, container, "Expand", [constant(scope, container, np.zeros(1)), shape])
    turned = node(scope, container, "Transpose", [given], perm=[1, 0])
    found: str = scope.get_unique_variable_name("distances")
    container.add_node(
        "Scan",
        [nothing, turned, constant(scope, container, points.T.copy())],
        [found],
        name=scope.get_unique_operator_name("Scan"),
        body=_one_column(len(points), power),
        num_scan_inputs=2,
    )
    return found


def _one_column(points: int, power: float) -> Any:
    """Return the graph that adds what one column says."""
    from onnx import TensorProto, helper, numpy_helper

    def tensor(name: str, *shape: Any) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.DOUBLE, shape)

    nodes: list[NodeProto] = [
        helper.make_node("Unsqueeze", ["rows", "axis"], ["upright"]),
        helper.make_node("Sub", ["upright", "points"], ["apart"]),
        helper.make_node("Abs", ["apart"], ["size"]),
    ]
    if power == 2:
        nodes.append(helper.make_node("Mul", ["apart", "apart"], ["counted"]))
    elif np.isfinite(power) and power != 1:
        nodes.append(helper.make_node("Pow", ["size", "power"], ["counted"]))
    else:
        nodes.append(helper.make_node("Identity", ["size"], ["counted"]))
    nodes.append(helper.make_node("Add" if np.isfinite(power) else "Max", ["before", "counted"], ["after"]))
    constants = {"axis": np.array([1]), "power": np.array(power, dtype=np.float64)}
    return helper.make_graph(
        nodes,
        "one_column",
        [tensor("before", None, points), tensor("rows", None), tensor("points", points)],
        [tensor("after", None, points)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )


def _angles(scope: Any, container: Any, given: str, points: Array) -> str:
    """Return the name of one minus the cosines; a row without length has none, and is as far from all."""
    from sklearn.preprocessing import normalize

    length = node(scope, container, "ReduceL2", [given, constant(scope, container, np.array([1]))], keepdims=1)
    least = constant(scope, container, np.array([10 * np.finfo(np.float64).eps]))  # as scikit-learn asks it
    divisor = node(scope, container, "Where", [
        node(scope, container, "Less", [length, least]), constant(scope, container, np.ones(1)), length,
    ])  # fmt: skip
    whole = node(scope, container, "Div", [given, divisor])
    cosines = node(scope, container, "MatMul", [whole, constant(scope, container, normalize(points).T.copy())])
    apart = node(scope, container, "Sub", [constant(scope, container, np.ones(1)), cosines])
    nothing, most = (constant(scope, container, np.array(each)) for each in (0.0, 2.0))
    return node(scope, container, "Min", [node(scope, container, "Max", [apart, nothing]), most])
