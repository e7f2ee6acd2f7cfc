"""Keras objects as the graph of objects that they are: weights, optimizer slots, metrics, history and aliases at once.

Keras pickles a model as an archive of its own, which rebuilds it from its configuration: that draws random numbers,
numbers layers anew, and forgets who else holds a layer or an optimizer. Here constructors are not called; compiled
functions are left out, Keras makes them again; and what Keras keeps by `id()` is computed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import _rebuild as rebuild

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer

_SYMBOLIC = "SymbolicTensor"
_COMPILED = ("train_function", "test_function", "predict_function")


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    from keras.src.backend.common.variables import Variable
    from keras.src.ops.function import Function
    from keras.src.optimizers.base_optimizer import BaseOptimizer
    from keras.src.saving.keras_saveable import KerasSaveable
    from keras.src.utils import backend_utils, tracking

    return {
        KerasSaveable: _reduce_saveable,
        Function: _reduce_saveable,
        BaseOptimizer: _reduce_optimizer,
        Variable: _reduce_plain,
        backend_utils.DynamicBackend: _reduce_plain,
        tracking.Tracker: _reduce_tracker,
        tracking.TrackedList: _reduce_container,
        tracking.TrackedDict: _reduce_container,
        tracking.TrackedOrderedDict: _reduce_container,
        tracking.TrackedSet: _reduce_container,
    }


def _reduce_plain(value: Any, _pickler: ValuePickler) -> Any:
    return rebuild.make_bare, (type(value),), dict(vars(value)), None, None, rebuild.set_attributes


def _reduce_saveable(value: Any, _pickler: ValuePickler) -> Any:
    state = dict(vars(value))
    for name in _COMPILED:
        if callable(state.get(name)):
            state[name] = None
    losses = state.get("_losses")
    if losses and any(type(loss).__name__ == _SYMBOLIC for loss in losses):
        # Left by the trace of a compiled function; the next call starts a new list.
        state["_losses"] = type(losses)([loss for loss in losses if type(loss).__name__ != _SYMBOLIC])
    return rebuild.make_bare, (type(value),), state, None, None, set_saveable


def set_saveable(value: Any, state: dict[str, Any]) -> None:
    """Give a layer, metric or loss its attributes."""
    rebuild.set_attributes(value, state)
    if state.get("_loss_ids"):
        rebuild.when_loaded(lambda: _renew_loss_ids(value))
    if "_nodes_by_depth" in state:
        rebuild.when_loaded(lambda: _renew_nodes(value))


def _renew_loss_ids(layer: Any) -> None:
    layer._loss_ids.clear()
    layer._loss_ids.update(map(id, layer._losses))


def _renew_nodes(function: Any) -> None:
    from keras.src.ops.function import make_node_key

    nodes = [node for level in function._nodes_by_depth.values() for node in level]
    keys = {make_node_key(node.operation, node.operation._inbound_nodes.index(node)) for node in nodes}
    vars(function)["_nodes"] = keys


def _reduce_optimizer(optimizer: Any, _pickler: ValuePickler) -> Any:
    return rebuild.make_bare, (type(optimizer),), dict(vars(optimizer)), None, None, set_optimizer


def set_optimizer(optimizer: Any, state: dict[str, Any]) -> None:
    """Give an optimizer its attributes."""
    rebuild.set_attributes(optimizer, state)
    rebuild.when_loaded(lambda: _renew_indices(optimizer))


def _renew_indices(optimizer: Any) -> None:
    indices = getattr(optimizer, "_trainable_variables_indices", None)
    if indices:
        indices.clear()
        for number, variable in enumerate(optimizer._trainable_variables):
            indices[optimizer._var_key(variable)] = number


def _reduce_tracker(tracker: Any, _pickler: ValuePickler) -> Any:
    state = {name: value for name, value in vars(tracker).items() if name != "stored_ids"}
    return rebuild.make_bare, (type(tracker),), state, None, None, set_tracker


def set_tracker(tracker: Any, state: dict[str, Any]) -> None:
    """Give a tracker its attributes."""
    rebuild.set_attributes(tracker, state)
    tracker.stored_ids = {name: set() for name in tracker.config}
    rebuild.when_loaded(lambda: _renew_stored_ids(tracker))


def _renew_stored_ids(tracker: Any) -> None:
    for name, (_is_kind, held) in tracker.config.items():
        tracker.stored_ids[name] = set(map(id, held))


def _reduce_container(container: Any, _pickler: ValuePickler) -> Any:
    kind = type(container)
    base = next(base for base in (list, dict, set) if issubclass(kind, base))
    items = list(dict.items(container)) if base is dict else list(container)
    return make_container, (kind,), (base.__name__, items, dict(vars(container))), None, None, set_container


def make_container(kind: Any) -> Any:
    """Return an empty tracked container."""
    return kind.__new__(kind)


def set_container(container: Any, state: tuple[str, list[Any], dict[str, Any]]) -> None:
    """Fill a tracked container without telling its tracker, which knows."""
    base, items, attributes = state
    vars(container).update(attributes)
    fill: Any = {"list": list.extend, "dict": dict.update, "set": set.update}[base]
    fill(container, items)
