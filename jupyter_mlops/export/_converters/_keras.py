"""Keras 3 models on TensorFlow or torch: asked as `predict` asks them, exported by the backend's way."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...exceptions import ExportError
from .._lengths import other_lengths
from .._network import Network
from .._protocol import Conversion, Variant, with_fixed_lengths
from .._tensors import Tensors
from ._keras_tensorflow import MENDED, WHOLE, exported_by_tensorflow
from ._torch_export import WAYS, exported, flat_module

if TYPE_CHECKING:
    from onnx import ModelProto


class KerasConverter:
    """Converts Keras' models: Sequential, functional, and those with a class of their own."""

    name = "keras"

    def suits(self, model: Any) -> bool:
        """Tell whether it is a Keras model."""
        keras = sys.modules.get("keras")
        return keras is not None and isinstance(model, keras.Model)

    def subject(self, model: Any) -> KerasNetwork:
        """Return the model as it is asked."""
        return KerasNetwork(model)

    def variants(self, model: Any) -> tuple[Variant, ...]:  # noqa: ARG002  the backend tells
        """Return the backend's own way, then repairs."""
        return with_fixed_lengths(WAYS if _backend() == "torch" else (WHOLE, MENDED))

    def convert(self, conversion: Conversion) -> ModelProto:
        """Return the model as its backend's exporter writes it.

        Raises
        ------
        ExportError
            It cannot, or Keras runs on a backend that has none.
        MissingExtraError
            tf2onnx or onnxscript is not installed.
        """
        network = KerasNetwork(conversion.model)
        rows = network.rows(conversion.sample)
        called = network.called(rows)
        if _backend() == "torch":
            return exported(flat_module(called, conversion.model), rows, conversion)
        if _backend() == "tensorflow":
            return exported_by_tensorflow(called, conversion)
        raise ExportError(f"Keras on {_backend()} has no exporter here. Use KERAS_BACKEND=tensorflow or torch")


class KerasNetwork(Network):
    """A Keras model. One that was never called is built by calling it."""

    def rows(self, X: Any) -> Tensors:
        """Return arrays of the types that the model's inputs have."""
        specs = self._specs()
        rows = Tensors.of(X, len(specs) or None)
        if rows.form == "named":
            elements = [specs.get(key) for key in rows.keys]
        else:
            elements = list(specs.values()) if len(specs) == len(rows.arrays) else [None] * len(rows.arrays)
        return rows.cast([element if element != "string" else None for element in elements])

    def other_lengths(self, real: Tensors) -> tuple[Tensors, ...]:
        """Return rows of other lengths, where the model declares none for an axis."""
        return other_lengths(real, self._free(real))

    def _free(self, rows: Tensors) -> list[list[int]]:
        """Return of each input the axes for which the model declares no length."""
        shapes = {name: tuple(spec.shape) for name, spec in self._declared().items()}
        found = [shapes.get(key, ()) for key in rows.keys] if rows.form == "named" else list(shapes.values())
        found = found if len(found) == len(rows.arrays) else [()] * len(rows.arrays)
        return [
            [axis for axis, size in enumerate(shape) if axis and size is None] if len(shape) == array.ndim else []
            for shape, array in zip(found, rows.arrays, strict=True)
        ]

    def names(self, rows: Tensors) -> tuple[str, ...]:
        """Return the dict's keys, or the names of the model's inputs; `X` for one."""
        if rows.form == "named":
            return rows.keys
        if rows.form == "one":
            return ("X",)
        names = tuple(self._specs())
        return names if len(names) == len(rows.arrays) else tuple(f"X{place}" for place in range(len(rows.arrays)))

    def _specs(self) -> dict[str, str]:
        """Return names and types of the inputs, in order; nothing for a model that does not declare them."""
        return {name: str(spec.dtype) for name, spec in self._declared().items()}

    def _declared(self) -> dict[str, Any]:
        """Return names and specs of the inputs, in order."""
        structure = getattr(self.model, "_inputs_struct", None)
        if isinstance(structure, dict):
            return {str(key): spec for key, spec in structure.items()}
        inputs = getattr(self.model, "inputs", None) or ()
        return {str(spec.name): spec for spec in inputs}

    def called(self, rows: Tensors) -> Callable[[Any], Any]:
        """Return the model as a function of its backend's tensors, which are given in the form of the rows."""
        if rows.form == "several":
            return lambda tensors: self.model(list(tensors), training=False)
        return lambda tensors: self.model(rows.packed(tensors), training=False)

    def answer(self, rows: Tensors) -> Any:
        """Return what the model answers, as arrays."""
        import keras

        tensors = [keras.ops.convert_to_tensor(array) for array in rows.arrays]
        with _without_gradients():
            found = self.called(rows)(tensors)
            return dict_of(found, keras.ops.convert_to_numpy)


def dict_of(answer: Any, changed: Callable[[Any], Any]) -> Any:
    """Return an answer in its form, with each tensor changed."""
    if isinstance(answer, dict):
        return {key: dict_of(value, changed) for key, value in answer.items()}
    if isinstance(answer, (tuple, list)):
        return [dict_of(value, changed) for value in answer]
    return None if answer is None else changed(answer)


def _without_gradients() -> Any:
    from contextlib import nullcontext

    return sys.modules["torch"].no_grad() if _backend() == "torch" else nullcontext()


def _backend() -> str:
    import keras

    return str(keras.backend.backend())
