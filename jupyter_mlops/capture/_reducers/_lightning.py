"""PyTorch Lightning: a trainer, its model and its profiler refer to each other, and pickle parts them."""

from __future__ import annotations

import copyreg
import importlib
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers(package: str = "lightning.pytorch") -> Mapping[type, Reducer]:
    """Return the reducers of this library, which goes by two names."""
    library: Any = importlib.import_module(package)
    return {library.Trainer: _reduce_trainer, library.profilers.Profiler: _reduce_profiler}


def _reduce_trainer(trainer: Any, _pickler: ValuePickler) -> Any:
    model = trainer.strategy._lightning_module
    # A model leaves its trainer behind: on its own it would take all of the training along.
    attached = model if getattr(model, "_trainer", None) is trainer else None
    return copyreg.__newobj__, (type(trainer),), (vars(trainer), attached), None, None, attach  # type: ignore[attr-defined]


def _reduce_profiler(profiler: Any, _pickler: ValuePickler) -> Any:
    constructor, args, state, *rest = profiler.__reduce_ex__(5)
    if not isinstance(state, dict):
        return NotImplemented
    # A weak reference to the model, which only its trainer can give back.
    return (constructor, args, {**state, "_lightning_module": None}, *rest)


def attach(trainer: Any, state: tuple[dict[str, Any], Any]) -> None:
    """Give a trainer its state, and its model and profiler what they knew of each other."""
    attributes, attached = state
    vars(trainer).update(attributes)
    model = trainer.strategy._lightning_module
    if attached is not None:
        attached.trainer = trainer
    if model is not None:
        trainer.profiler._lightning_module = weakref.proxy(model)
