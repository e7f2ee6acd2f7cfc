"""What a file takes and answers, written into the file itself, so that whoever serves it needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import OnnxSignature, OnnxTensor
from ..exceptions import UsageError
from ._inputs import InputTensor
from ._original import Original

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

KEY = "jupyter_mlops.signature"
"""Of the file's metadata."""

_TYPES: Mapping[str, str] = {"float": "float32", "double": "float64", "string": "str"}


def signature_for(
    original: Original, inputs: tuple[InputTensor, ...], methods: Mapping[str, str], session: Any
) -> OnnxSignature:
    """Return what a converted model takes and answers.

    Parameters
    ----------
    original : Original
        Tells the columns of the rows, and the classes of probabilities.
    inputs : tuple of InputTensor
        Of the file.
    methods : Mapping
        Which method of the original each output answers; other outputs are left out.
    session : onnxruntime.InferenceSession
        Tells types and shapes of outputs.
    """
    columns = original.real.rows.columns
    return OnnxSignature(
        inputs=tuple(
            OnnxTensor(
                name=tensor.name,
                type=tensor.element,
                shape=tensor.shape,
                columns=tuple(columns[place] for place in tensor.places) if columns else (),
            )
            for tensor in inputs
        ),
        outputs=tuple(
            OnnxTensor(
                name=output.name,
                type=_type(output.type),
                shape=tuple(
                    size if isinstance(size, int) and place else None for place, size in enumerate(output.shape)
                ),
                columns=_classes(original.model) if methods[output.name] == "predict_proba" else (),
                method=methods[output.name],
            )
            for output in session.get_outputs()
            if output.name in methods
        ),
    )


def signature_of(proto: ModelProto) -> OnnxSignature:
    """Return what a file takes and answers: what it says of itself where that is so, else what its graph declares."""
    outputs = tuple(_with_free_rows(tensor) for tensor in _declared(proto, proto.graph.output))
    declared = OnnxSignature(inputs=_declared(proto, proto.graph.input), outputs=outputs)
    told = next((entry.value for entry in proto.metadata_props if entry.key == KEY), "")
    try:
        said = OnnxSignature.from_json(told)
    except UsageError:  # another's file, or one of an older version
        return declared
    return said if _names(said) == _names(declared) else declared


def _names(signature: OnnxSignature) -> list[tuple[str, str]]:
    return [(tensor.name, tensor.type) for tensor in (*signature.inputs, *signature.outputs)]


def _declared(proto: ModelProto, values: Any) -> tuple[OnnxTensor, ...]:
    constants = {tensor.name for tensor in proto.graph.initializer}
    return tuple(_tensor(value) for value in values if value.name not in constants)


def _tensor(value: ValueInfoProto) -> OnnxTensor:
    from onnx import TensorProto

    kind = value.type.tensor_type
    sizes = tuple(axis.dim_value if axis.HasField("dim_value") else None for axis in kind.shape.dim)
    word = TensorProto.DataType.Name(kind.elem_type).lower()
    return OnnxTensor(name=value.name, type=_TYPES.get(word, word), shape=sizes)


def _with_free_rows(output: OnnxTensor) -> OnnxTensor:
    """Return an output whose first size is the number of rows, whatever a converter wrote there."""
    return msgspec.structs.replace(output, shape=(None, *output.shape[1:]) if output.shape else ())


def _type(word: str) -> str:
    kind = word.removeprefix("tensor(").removesuffix(")")
    return _TYPES.get(kind, kind)


def _classes(model: Any) -> tuple[str, ...]:
    classes = getattr(model, "classes_", ())
    return () if isinstance(classes, list) else tuple(str(each) for each in classes)
