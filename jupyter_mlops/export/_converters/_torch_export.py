"""A module of tensors through torch's exporters, whatever stands behind it: a torch module, or Keras on torch."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from ...exceptions import ExportError
from .._inputs import InputTensor
from .._network import flattened, output_names
from .._protocol import Conversion, Variant
from .._reasons import reason_of
from .._repairs._missing_in_networks import keep_missing
from .._tensors import Tensors
from .._weights import LARGEST
from ._by_skl2onnx import demand

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 20
"""What torch's exporter writes without a conversion between versions, and onnxruntime runs."""


@dataclass(frozen=True, kw_only=True)
class TorchWay(Variant):
    """A variant, with what is done differently.

    Parameters
    ----------
    missing : bool
        Keep missing values in LSTM and GRU, and where the largest is chosen.
    traced : bool
        Ask the older exporter, which follows two rows on their way.
    """

    missing: bool = False
    traced: bool = False


WHOLE = TorchWay(name="torch.export")
MISSING = TorchWay(name="torch.export, missing values stay missing", missing=True)
TRACED = TorchWay(name="traced", traced=True)
TRACED_MISSING = TorchWay(name="traced, missing values stay missing", traced=True, missing=True)


WAYS = (WHOLE, MISSING, TRACED, TRACED_MISSING)
"""Those to try, the cheapest first."""


def arrays_of(answer: Any) -> Any:
    """Return an answer of torch's tensors, in whatever form, as one of arrays."""
    if hasattr(answer, "items"):
        return {key: arrays_of(value) for key, value in answer.items()}
    if isinstance(answer, (tuple, list)):
        return [arrays_of(value) for value in answer]
    return answer.detach().cpu().numpy() if hasattr(answer, "detach") else answer


def flat_module(called: Callable[[Any], Any], *parts: Any) -> Any:
    """Return a module that takes tensors one after the other, and answers them so: no exporter sees a dict.

    Parameters
    ----------
    called : callable
        Answers tensors.
    parts : torch.nn.Module
        What it is made of.
    """
    import torch

    class Flat(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(parts)

        def words(self, tensors: Any) -> tuple[str, ...]:
            return tuple(name for name, _ in flattened(called(tensors)))

        def forward(self, *tensors: Any) -> Any:
            return tuple(value for _, value in flattened(called(tensors)))

    return Flat().eval()


def exported(flat: Any, rows: Tensors, conversion: Conversion) -> ModelProto:
    """Return a module of tensors as ONNX, with the conversion's names of inputs.

    Parameters
    ----------
    flat : torch.nn.Module
        At inference; it takes and answers tensors one after the other, and says what they are called.
    rows : Tensors
        Two rows to follow.
    conversion : Conversion
        Names of inputs, variant and opset.

    Raises
    ------
    ExportError
        It cannot be exported, or is larger than one file can be.
    MissingExtraError
        onnxscript is not installed.
    """
    import torch

    demand("onnx")
    way = conversion.variant if isinstance(conversion.variant, TorchWay) else WHOLE
    if not way.traced:
        demand("onnxscript")
    size = sum(value.numel() * value.element_size() for value in (*flat.parameters(), *flat.buffers()))
    if size > LARGEST and way.traced:
        raise ExportError(f"its weights are {size / 1e9:.1f} GB, and torch's older exporter writes 2 at most")
    rows = rows.take([0, len(rows) - 1])
    tensors = tuple(torch.from_numpy(array.copy()) for array in rows.arrays)
    names = tuple(tensor.name for tensor in conversion.inputs)
    with torch.no_grad(), _silent():
        outputs = output_names(flat.words(tensors), names)
        try:
            export = _traced if way.traced else _by_dynamo
            proto = export(flat, tensors, conversion, outputs)
        except Exception as error:  # whatever an exporter raises means that it cannot
            raise ExportError(_told(error)) from error
    if way.missing:
        keep_missing(proto)
    return proto


def _by_dynamo(flat: Any, tensors: Any, conversion: Conversion, outputs: Any) -> ModelProto:
    import torch

    batch, any_length = torch.export.Dim("rows"), torch.export.Dim.DYNAMIC
    free = tuple({0: batch, **dict.fromkeys(_free(tensor), any_length)} for tensor in conversion.inputs)
    program = torch.onnx.export(
        flat,
        tensors,
        dynamo=True,
        dynamic_shapes=(free,),
        input_names=[tensor.name for tensor in conversion.inputs],
        output_names=list(outputs),
        opset_version=conversion.opset or OPSET,
        external_data=False,
        verbose=False,
    )
    if program is None:
        raise ExportError("torch gave no program")
    proto: ModelProto = program.model_proto
    return proto


def _free(tensor: InputTensor) -> list[int]:
    """Return the axes of an input whose length is free, beside that of the rows."""
    return [axis for axis, size in enumerate(tensor.shape) if axis and size is None]


def _traced(flat: Any, tensors: Any, conversion: Conversion, outputs: Any) -> ModelProto:
    import onnx
    import torch

    free = {each.name: {0: "rows", **{at: f"{each.name}_{at}" for at in _free(each)}} for each in conversion.inputs}
    file = BytesIO()
    torch.onnx.export(
        flat,
        tensors,
        file,
        dynamo=False,
        dynamic_axes={name: {0: "rows"} for name in outputs} | free,
        input_names=[tensor.name for tensor in conversion.inputs],
        output_names=list(outputs),
        opset_version=min(conversion.opset or OPSET, OPSET),
        verbose=False,
    )
    return onnx.load_model_from_string(file.getvalue())


@contextmanager
def _silent() -> Iterator[None]:
    """Let the exporter tell nobody what it does; what goes wrong is in what it raises."""
    known = list(logging.root.manager.loggerDict.items())
    loggers = [
        each for name, each in known if name.startswith(("torch", "onnxscript")) and isinstance(each, logging.Logger)
    ]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), _graphs_unsaid(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _graphs_unsaid() -> Iterator[None]:
    """Let the older exporter print no graph: it does so in C++, past Python's streams, and has no switch for it."""
    import torch

    told = torch._C._jit_onnx_log
    torch._C._jit_onnx_log = lambda *_: None
    try:
        yield
    finally:
        torch._C._jit_onnx_log = told


def _told(error: Exception) -> str:
    """Return torch's own reason in one line, and what to do where it is known."""
    text = str(error)
    summary = re.match(r"\s*<class '[^']*?(\w+)'>: ?(.*)", text.partition("## Exception summary")[2], re.DOTALL)
    kind, words = summary.groups() if summary else ("", text)
    reason = reason_of(words.partition("\n\nThe error above")[0].strip() or kind or error)
    if "data-dependent" in text or "DataDependent" in text:
        reason += "; what is done depends on the values: use torch.where or torch.cond in place of `if`"
    elif "Constraint" in text or "specialized" in text:
        reason += "; the number of rows must be free: keep it out of shapes (x.shape[0], view with -1)"
    return reason
