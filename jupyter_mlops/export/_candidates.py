"""One variant of a conversion, made ready to be compared: its outputs sorted by what they answer, its facts written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from msgspec import structs

from ..entities import OnnxParity, OnnxSignature
from ._files import check_onnx, open_session
from ._graph import add_metadata, only_outputs, operators_of
from ._inputs import InputTensor
from ._original import Original
from ._parity import Candidate, Compared, Tolerance
from ._protocol import Conversion, Converter, Variant
from ._signature import KEY, signature_for
from ._weights import LARGEST, Pieces, in_pieces

if TYPE_CHECKING:
    from onnx import ModelProto


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A variant that could be converted, and how it compares.

    Parameters
    ----------
    pieces : Pieces
        The file, as it was compared.
    left_out : tuple of str
        Outputs of the library that answer no method of the original.
    """

    variant: Variant
    proto: ModelProto
    pieces: Pieces
    candidate: Candidate
    parity: OnnxParity
    real: Compared
    signature: OnnxSignature
    left_out: tuple[str, ...]


def attempt(
    converter: Converter,
    original: Original,
    variant: Variant,
    opset: int | None,
    tolerance: Tolerance,
    facts: Mapping[str, str],
    most: int = LARGEST,
) -> Tried:
    """Convert in one way, and compare. Weights of more than `most` bytes go beside the graph.

    Raises
    ------
    ExportError
        It cannot be converted in this way, or onnxruntime cannot run what came of it.
    """
    rows = original.real.rows
    inputs = original.subject.inputs(rows, variant)
    sample = rows.take(np.flatnonzero(original.real.answered)[:2]).value
    proto = converter.convert(
        Conversion(model=original.model, inputs=inputs, variant=variant, opset=opset, sample=sample)
    )
    inputs = _as_named(proto, inputs)
    pieces = _checked(in_pieces(proto, most))
    whole = Candidate(open_session(pieces), inputs, {})
    outputs = _outputs(proto, whole, original, tolerance)
    left_out = tuple(output.name for output in proto.graph.output if output.name not in outputs)
    if left_out:
        only_outputs(proto, tuple(outputs))
    signature = signature_for(original, inputs, outputs, whole.session)
    add_metadata(proto, {**facts, KEY: signature.to_json()})
    pieces = _checked(Pieces(proto.SerializeToString(), pieces.weights))
    candidate = Candidate(open_session(pieces), inputs, outputs)
    parity, real = candidate.parity(original, tolerance)
    if original.empty and candidate.answers_none(original, operators_of(proto)):
        parity = structs.replace(parity, batches=(0, *parity.batches))
    return Tried(
        variant=variant,
        proto=proto,
        pieces=pieces,
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


def _checked(pieces: Pieces) -> Pieces:
    check_onnx(pieces, "What the converter made")
    return pieces


def _outputs(proto: ModelProto, whole: Candidate, original: Original, tolerance: Tolerance) -> dict[str, str]:
    """Return which method each output answers; the others are left out of the file."""

    def alike(name: str, method: str) -> bool:
        alone = Candidate(whole.session, whole.inputs, {name: method})
        return not alone.compared(original, original.real, tolerance).rows.differing

    names = tuple(output.name for output in proto.graph.output)
    return original.subject.answered_by(names, original.methods, alike)
