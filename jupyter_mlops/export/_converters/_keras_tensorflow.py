"""A Keras model on TensorFlow through tf2onnx, which takes it as a function with a signature.

Two things are mended. TensorFlow's `Erfc`, of which exact GELU is made, has no counterpart, and tf2onnx writes a file
that is none without saying so. And what a layer has learned from data, such as Normalization's means, is a captured
constant, which tf2onnx leaves as an input that nobody can give.
"""

from __future__ import annotations

import logging
import math
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...exceptions import ExportError, MissingExtraError
from .._graph import named, one_opset_a_domain
from .._network import flattened, output_names
from .._protocol import Conversion, Variant
from .._reasons import named_reason
from .._repairs._missing_in_networks import as_tensorflow
from ._by_skl2onnx import demand

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 18
"""The newest that tf2onnx writes."""

_LARGEST = 2**31 - 2**20


@dataclass(frozen=True, kw_only=True)
class TensorflowWay(Variant):
    """A variant, with whether missing and infinite values go through the layers as in TensorFlow."""

    mended: bool = False


WHOLE = TensorflowWay(name="tf2onnx")
MENDED = TensorflowWay(name="tf2onnx, missing and infinite values as TensorFlow's layers have them", mended=True)


def exported_by_tensorflow(called: Callable[[Any], Any], conversion: Conversion) -> ModelProto:
    """Return a function of tensors as ONNX, with the conversion's names of inputs.

    Parameters
    ----------
    called : callable
        Answers tensors in any form.
    conversion : Conversion
        Inputs, variant and opset.

    Raises
    ------
    ExportError
        It cannot be converted, or is larger than one file can be.
    MissingExtraError
        tf2onnx is not installed.
    """
    size = sum(math.prod(weight.shape) * (8 if weight.dtype == "float64" else 4) for weight in conversion.model.weights)
    if size > _LARGEST:
        raise ExportError(f"its weights are {size / 1e9:.1f} GB, and one ONNX file holds 2. Export a smaller model")
    words: list[str] = []

    def flat(*tensors: Any) -> dict[str, Any]:
        import tensorflow

        found = list(flattened(called(tensors)))
        words[:] = [name for name, _ in found]
        return {_at(place, "out"): tensorflow.identity(value) for place, (_, value) in enumerate(found)}

    with _silent():
        try:
            proto = _converted(flat, conversion, min(conversion.opset or OPSET, OPSET))
        except MissingExtraError:
            raise
        except Exception as error:  # whatever a converter raises means that it cannot
            raise ExportError(named_reason(error)) from error
    names = tuple(tensor.name for tensor in conversion.inputs)
    outputs = output_names(tuple(words), names)
    named(
        proto,
        {_at(place, "in"): name for place, name in enumerate(names)},
        {_at(place, "out"): name for place, name in enumerate(outputs)},
    )
    one_opset_a_domain(proto)
    way = conversion.variant if isinstance(conversion.variant, TensorflowWay) else WHOLE
    if way.mended:
        as_tensorflow(proto)
    return proto


def _converted(flat: Callable[..., Any], conversion: Conversion, opset: int) -> ModelProto:
    demand("onnx")
    tf2onnx = demand("tf2onnx")
    import tensorflow
    from keras.src.export.tf2onnx_lib import patch_tf2onnx

    patch_tf2onnx()  # tf2onnx 1.17 speaks of what NumPy 2 has no more
    signature = [
        tensorflow.TensorSpec(tensor.shape, tensor.element, name=_at(place, "in"))
        for place, tensor in enumerate(conversion.inputs)
    ]
    function = tensorflow.function(flat, input_signature=signature, autograph=False)
    handlers: dict[str, Any] = {"Erfc": (_one_minus_erf, [])}
    proto: ModelProto
    proto, _ = tf2onnx.convert.from_function(function, signature, opset=opset, custom_op_handlers=handlers)
    _keep_constants(proto, function.get_concrete_function())
    return proto


def _at(place: int, side: str) -> str:
    """Return a name by which TensorFlow keeps the order."""
    return f"{side}{place:04}"


def _one_minus_erf(context: Any, node: Any, _name: str, _args: Any) -> None:
    """Write `Erfc` as what it is: 1 - Erf."""
    import numpy as np
    from tf2onnx.utils import make_name, map_onnx_to_numpy_type

    output, given = node.output[0], node.input[0]
    kind, shape = context.get_dtype(output), context.get_shape(output)
    context.remove_node(node.name)
    one = context.make_const(make_name("one"), np.array(1, dtype=map_onnx_to_numpy_type(kind)))
    erf = context.make_node("Erf", [given], dtypes=[kind], shapes=[shape])
    context.make_node("Sub", [one.output[0], erf.output[0]], outputs=[output], dtypes=[kind], shapes=[shape])


def _keep_constants(proto: ModelProto, function: Any) -> None:
    """Give captured constants their values: tf2onnx made inputs of them."""
    from onnx import numpy_helper

    values = {inner.name: outer for outer, inner in function.graph.captures if outer.dtype.name != "resource"}
    for given in [given for given in proto.graph.input if given.name in values]:
        proto.graph.initializer.append(numpy_helper.from_array(values[given.name].numpy(), given.name))
        proto.graph.input.remove(given)


@contextmanager
def _silent() -> Iterator[None]:
    """Let tf2onnx tell nobody what it does; what goes wrong is in what it raises."""
    logger = logging.getLogger("tf2onnx")
    level, told = logger.level, os.environ.get("TF_CPP_MIN_LOG_LEVEL")
    logger.setLevel(logging.CRITICAL)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
        os.environ.pop("TF_CPP_MIN_LOG_LEVEL") if told is None else os.environ.update(TF_CPP_MIN_LOG_LEVEL=told)
