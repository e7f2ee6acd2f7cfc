"""A Keras model as a network that is asked for outputs and gradients, on the TensorFlow or torch backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from ._network import BATCH, as_table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


class KerasNetwork:
    """A Keras model that takes one tensor of rows and columns.

    Parameters
    ----------
    model : keras.Model
        Built; asked as at inference.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def predict(self, data: Any) -> Array:
        """Return the outputs of rows, one column an output."""
        import keras
        import numpy as np

        rows = as_table(data)
        answers = [
            keras.ops.convert_to_numpy(self._model(rows[start : start + BATCH], training=False))
            for start in range(0, len(rows), BATCH)
        ]
        return np.concatenate(answers).astype(float).reshape(len(rows), -1)

    def gradients(self, data: Array, output: int) -> Array:
        """Return the derivative of one output by each value of each row.

        Raises
        ------
        UsageError
            Keras runs on a backend whose gradients are not known here.
        """
        import keras
        import numpy as np

        backend = keras.backend.backend()
        slopes = {"tensorflow": self._slopes_tensorflow, "torch": self._slopes_torch}.get(backend)
        if slopes is None:
            raise UsageError(
                f"Gradients of Keras on {backend} are not known. Use --method permutation, or the TensorFlow or torch "
                "backend."
            )
        parts = [slopes(data[start : start + BATCH], output) for start in range(0, len(data), BATCH)]
        return np.concatenate(parts).astype(float)

    def _slopes_tensorflow(self, rows: Array, output: int) -> Array:
        import tensorflow as tf

        inputs = tf.convert_to_tensor(rows)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            answer = tf.reshape(self._model(inputs, training=False), (len(rows), -1))[:, output]
        slopes: Array = tape.gradient(answer, inputs).numpy()
        return slopes

    def _slopes_torch(self, rows: Array, output: int) -> Array:
        import torch

        inputs = torch.from_numpy(rows.copy()).requires_grad_()
        answer = self._model(inputs, training=False).reshape(len(rows), -1)[:, output]
        (slopes,) = torch.autograd.grad(answer.sum(), inputs)
        found: Array = slopes.cpu().numpy()
        return found
