"""One variant of a conversion, made ready to be compared: its outputs sorted by what they answer, its facts written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..entities import OnnxParity, OnnxSignature
from ..exceptions import ExportError
from ._files import check_onnx, open_session
from ._graph import add_metadata, only_outputs
from ._inputs import InputTensor, inputs_of
from ._original import Original
from ._parity import Candidate, Compared, Tolerance
from ._protocol import Conversion, Converter, Variant
from ._signature import KEY, signature_for

if TYPE_CHECKING:
    from onnx import ModelProto


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A variant that could be converted, and how it compares.

    Parameters
    ----------
    data : bytes
        The file, as it was compared.
    left_out : tuple of str
        Outputs of the library that answer no method of the original.
    """

    variant: Variant
    proto: ModelProto
    data: bytes
    candidate: Candidate
    parity: OnnxParity
    real: Compared
    signature: OnnxSignature
    left_out: tuple[str, ...]


def inputs_for(original: Original, variant: Variant) -> tuple[InputTensor, ...]:
    """Return what a file takes, in a variant's types."""
    apart = tells_columns_apart(original.model)
    return inputs_of(original.real.table, variant.precision, whole=variant.whole_numbers, apart=apart)


def tells_columns_apart(model: object) -> bool:
    """Tell whether a model chooses columns by name: it has a ColumnTransformer at its front."""
    if hasattr(model, "transformers_"):
        return True
    steps = getattr(model, "steps", None)
    inner = [steps[0][1]] if steps else [part for _, part in getattr(model, "transformer_list", None) or ()]
    inner += [getattr(model, name) for name in ("best_estimator_", "estimator_") if hasattr(model, name)]
    fitted = getattr(model, "estimators_", ())
    inner += list(fitted)[:1] if isinstance(fitted, (list, tuple)) else []
    return any(tells_columns_apart(part) for part in inner if not isinstance(part, (str, list)))


def attempt(
    converter: Converter,
    original: Original,
    variant: Variant,
    opset: int | None,
    tolerance: Tolerance,
    facts: Mapping[str, str],
) -> Tried:
    """Convert in one way, and compare.

    Raises
    ------
    ExportError
        It cannot be converted in this way, or onnxruntime cannot run what came of it.
    """
    inputs = inputs_for(original, variant)
    proto = converter.convert(Conversion(model=original.model, inputs=inputs, variant=variant, opset=opset))
    inputs = _as_named(proto, inputs)
    whole = Candidate(open_session(_checked(proto)), inputs, {})
    outputs = _outputs(proto, whole, original, tolerance)
    left_out = tuple(output.name for output in proto.graph.output if output.name not in outputs)
    if left_out:
        only_outputs(proto, tuple(outputs))
    signature = signature_for(original, inputs, outputs, whole.session)
    add_metadata(proto, {**facts, KEY: signature.to_json()})
    data = _checked(proto)
    candidate = Candidate(open_session(data), inputs, outputs)
    parity, real = candidate.parity(original, tolerance)
    return Tried(
        variant=variant,
        proto=proto,
        data=data,
        candidate=candidate,
        parity=parity,
        real=real,
        signature=signature,
        left_out=left_out,
    )


def _as_named(proto: ModelProto, inputs: tuple[InputTensor, ...]) -> tuple[InputTensor, ...]:
    """Return the inputs that the file has, by its names: skl2onnx writes `a_b` for a column `a b`."""
    names = [given.name for given in proto.graph.input]
    if len(names) == len(inputs) and set(names) != {tensor.name for tensor in inputs}:
        return tuple(replace(tensor, name=name) for tensor, name in zip(inputs, names, strict=True))
    return tuple(tensor for tensor in inputs if tensor.name in names)


def _checked(proto: ModelProto) -> bytes:
    data: bytes = proto.SerializeToString()
    check_onnx(data, "What the converter made")
    return data


def _outputs(proto: ModelProto, whole: Candidate, original: Original, tolerance: Tolerance) -> dict[str, str]:
    """Return which method each output answers; the first one, and a classifier's probabilities, must.

    Any other is left out of the file when it answers none.
    """
    names = [output.name for output in proto.graph.output]
    found = {names[0]: original.first}
    rest = [method for method in original.methods if method != original.first]
    for name in names[1:]:
        if "predict_proba" in rest and original.has_labels:
            found[name] = "predict_proba"
            rest.remove("predict_proba")
            continue
        for method in rest:
            alone = Candidate(whole.session, whole.inputs, {name: method})
            if not alone.compared(original, original.real, tolerance).rows.differing:
                found[name] = method
                rest.remove(method)
                break
    if original.has_labels and len(names) == 1 and "predict_proba" in rest:
        raise ExportError("what came of it has no probabilities")
    return found
