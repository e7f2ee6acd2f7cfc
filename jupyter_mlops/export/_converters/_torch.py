"""torch modules by torch's own exporter: dynamic batch, everything in one piece."""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...exceptions import UsageError
from .._network import Network
from .._protocol import Conversion, Variant
from .._tensors import Tensors
from ._torch_export import WAYS, arrays_of, exported, flat_module

if TYPE_CHECKING:
    import torch
    from onnx import ModelProto


class TorchConverter:
    """Converts modules, with what is derived from them."""

    name = "torch"

    def suits(self, model: Any) -> bool:
        """Tell whether it is a module; a Keras model on torch is Keras'."""
        torch = sys.modules.get("torch")
        keras = sys.modules.get("keras")
        return (
            torch is not None and isinstance(model, torch.nn.Module) and not (keras and isinstance(model, keras.Layer))
        )

    def subject(self, model: Any) -> TorchNetwork:
        """Return the module as it is asked."""
        return TorchNetwork(model)

    def variants(self, model: Any) -> tuple[Variant, ...]:  # noqa: ARG002  all are exported alike
        """Return torch's exporter, then the older one, which follows two rows on their way."""
        return WAYS

    def convert(self, conversion: Conversion) -> ModelProto:
        """Return the module as torch's exporter writes it.

        Raises
        ------
        ExportError
            It cannot; in torch's words, and with what to do.
        MissingExtraError
            onnxscript is not installed.
        """
        network = TorchNetwork(conversion.model)
        rows = network.rows(conversion.sample)
        with network.at_rest() as module:
            return exported(flat_module(network.called(module, rows), module), rows, conversion)


class TorchNetwork(Network):
    """A module, asked on the processor: one that is elsewhere is copied."""

    def rows(self, X: Any) -> Tensors:
        """Return arrays; floats are of the type of the module's own."""
        rows = Tensors.of(X)
        own = next((value.dtype for value in self.model.parameters() if value.is_floating_point()), None)
        element = str(own).removeprefix("torch.") if own is not None else None
        if element == "bfloat16":
            raise UsageError("The module computes in bfloat16, which ONNX' operators have not. Use module.float().")
        return rows.cast([element if array.dtype.kind == "f" else None for array in rows.arrays])

    def names(self, rows: Tensors) -> tuple[str, ...]:
        """Return the dict's keys, or the names of what `forward` takes; `X` for one."""
        if rows.form == "named":
            return rows.keys
        if rows.form == "one":
            return ("X",)
        known = [each.name for each in self._parameters() if each.kind is not inspect.Parameter.VAR_POSITIONAL]
        return tuple(known[place] if place < len(known) else f"X{place}" for place in range(len(rows.arrays)))

    def called(self, module: Any, rows: Tensors) -> Callable[[Any], Any]:
        """Return the module as a function of its tensors, which are given in the form of the rows.

        A dict goes by the names of what `forward` takes, where these are its keys; otherwise it is one argument.
        """
        if rows.form == "several":
            return lambda tensors: module(*tensors)
        parameters = self._parameters()
        names = {each.name for each in parameters}
        free = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters)
        if rows.form == "named" and (free or set(rows.keys) <= names):
            return lambda tensors: module(**rows.packed(tensors))
        return lambda tensors: module(rows.packed(tensors))

    def _parameters(self) -> list[inspect.Parameter]:
        return list(inspect.signature(self.model.forward).parameters.values())

    def answer(self, rows: Tensors) -> Any:
        """Return what the module answers, as arrays."""
        import torch

        with self.at_rest() as module, torch.no_grad():
            return arrays_of(self.called(module, rows)([torch.from_numpy(array.copy()) for array in rows.arrays]))

    @contextmanager
    def at_rest(self) -> Iterator[torch.nn.Module]:
        """Give the module as it predicts, on the processor; afterwards it is in the mode in which it was."""
        module = getattr(self.model, "_orig_mod", self.model)  # compiled, it would be so anew for each number of rows
        places = {value.device.type for value in (*module.parameters(), *module.buffers())}
        if places - {"cpu"}:
            module = copy.deepcopy(module).cpu()
        modes = [(part, part.training) for part in module.modules()]
        module.eval()
        try:
            yield module
        finally:
            for part, training in modes:
                part.training = training
