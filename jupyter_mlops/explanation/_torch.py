"""A torch module as a network that is asked for outputs and gradients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ._network import BATCH, as_table

if TYPE_CHECKING:
    import numpy as np
    import torch

    Array = np.ndarray[Any, Any]


class TorchNetwork:
    """A torch module that takes one tensor of rows and columns.

    Parameters
    ----------
    module : torch.nn.Module
        Asked on its own device and in its own precision; its mode is what it was afterwards.
    """

    def __init__(self, module: torch.nn.Module) -> None:
        self._module = module
        self._like = next((value for value in module.parameters() if value.is_floating_point()), None)

    def predict(self, data: Any) -> Array:
        """Return the outputs of rows, one column an output."""
        import numpy as np
        import torch

        rows = as_table(data)
        with self._evaluating(), torch.no_grad():
            answers = [self._answer(self._tensor(rows[start : start + BATCH])) for start in range(0, len(rows), BATCH)]
        return np.concatenate([answer.cpu().numpy().astype(float) for answer in answers])

    def gradients(self, data: Array, output: int) -> Array:
        """Return the derivative of one output by each value of each row."""
        import numpy as np
        import torch

        found = []
        with self._evaluating():
            for start in range(0, len(data), BATCH):
                rows = self._tensor(data[start : start + BATCH]).requires_grad_()
                (slopes,) = torch.autograd.grad(self._answer(rows)[:, output].sum(), rows)
                found.append(slopes.cpu().numpy().astype(float))
        return np.concatenate(found)

    def _answer(self, rows: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self._module(rows)
        return answer[:, None] if answer.ndim == 1 else answer.reshape(len(rows), -1)

    def _tensor(self, rows: Array) -> torch.Tensor:
        import torch

        tensor = torch.from_numpy(rows.copy())
        return tensor if self._like is None else tensor.to(device=self._like.device, dtype=self._like.dtype)

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        """Switch dropout and batch statistics off meanwhile."""
        modes = [(module, module.training) for module in self._module.modules()]
        self._module.eval()
        try:
            yield
        finally:
            for module, training in modes:
                module.training = training
