"""A model repository for NVIDIA Triton's ONNX Runtime backend.

Triton adds the batch itself: `dims` have no rows. A tensor that is rows alone, such as labels or texts, has
`dims: [ 1 ]` there and is reshaped to nothing.
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping

from ..entities import Bundle, OnnxTensor, Package
from ..exceptions import ExportError
from ._folder import Draft, drafted
from ._names import file_name
from ._protocol import PackageWish

MOST_ROWS = 1024
"""Triton's `max_batch_size`: rows of one request, and of requests that it puts together."""

_TYPES: Mapping[str, str] = {
    "bool": "TYPE_BOOL",
    "uint8": "TYPE_UINT8",
    "uint16": "TYPE_UINT16",
    "uint32": "TYPE_UINT32",
    "uint64": "TYPE_UINT64",
    "int8": "TYPE_INT8",
    "int16": "TYPE_INT16",
    "int32": "TYPE_INT32",
    "int64": "TYPE_INT64",
    "float16": "TYPE_FP16",
    "bfloat16": "TYPE_BF16",
    "float32": "TYPE_FP32",
    "float64": "TYPE_FP64",
    "str": "TYPE_STRING",
}


class TritonTarget:
    """Packs a model repository."""

    name = "triton"

    def package(self, bundle: Bundle, wish: PackageWish) -> Package:
        """Write `NAME/1/model.onnx` and `NAME/config.pbtxt`.

        Raises
        ------
        ExportError
            Triton has no word for a type of the model, or takes no tensor of such a shape.
        UsageError
            The folder cannot be written.
        """
        name = file_name(wish.name)
        with drafted(wish.directory, self.name) as draft:
            write_repository(draft, bundle, name)
            files = draft.files
        folder = shlex.quote(str(wish.directory.absolute()))
        run = "nvcr.io/nvidia/tritonserver:25.03-py3 tritonserver --model-repository=/models"
        served = shutil.which("tritonserver")
        return Package(
            target=self.name,
            name=name,
            directory=wish.directory,
            files=files,
            commands=(
                f"tritonserver --model-repository={folder}"
                if served
                else f"docker run --rm -p 8000:8000 -v {folder}:/models {run}",
                f"curl localhost:8000/v2/models/{name}/config",
            ),
            notes=("Not served here: Triton itself was not asked whether it takes this configuration.",),
        )


def write_repository(draft: Draft, bundle: Bundle, name: str, folder: str = "") -> None:
    """Write the model repository below a folder of a draft.

    Raises
    ------
    ExportError
        Triton has no word for a type of the model, or takes no tensor of such a shape.
    """
    draft.write(f"{folder}{name}/config.pbtxt", config_text(bundle, name), "what Triton has to know of the model")
    draft.copy_model(bundle, f"{folder}{name}/1/model.onnx")


def config_text(bundle: Bundle, name: str) -> str:
    """Return `config.pbtxt`.

    Raises
    ------
    ExportError
        Triton has no word for a type of the model, or takes no tensor of such a shape.
    """
    tensors = (*bundle.signature.inputs, *bundle.signature.outputs)
    batched = all(tensor.shape[:1] == (None,) for tensor in tensors)
    lines = [
        f"name: {_text(name)}",
        'backend: "onnxruntime"',
        f"max_batch_size: {MOST_ROWS if batched else 0}",
        *(_tensor("input", tensor, batched) for tensor in bundle.signature.inputs),
        *(_tensor("output", tensor, batched) for tensor in bundle.signature.outputs),
        *(["dynamic_batching { }"] if batched else []),
    ]
    return "\n".join(lines) + "\n"


def _tensor(kind: str, tensor: OnnxTensor, batched: bool) -> str:
    if tensor.type not in _TYPES:
        raise ExportError(f"Triton has no type for {tensor.name!r}, which is {tensor.type}. Deploy it elsewhere.")
    if not tensor.shape or 0 in tensor.shape:
        what = "a place of no size" if tensor.shape else "a single value, and not rows of them"
        raise ExportError(f"Triton takes no {tensor.name!r}: it is {what}. Deploy it elsewhere.")
    sizes = [-1 if size is None else size for size in tensor.shape[1 if batched else 0 :]]
    dims = ", ".join(map(str, sizes or [1]))
    reshape = "" if sizes else "\n  reshape { shape: [ ] }"
    return (
        f"{kind} {{\n  name: {_text(tensor.name)}\n  data_type: {_TYPES[tensor.type]}\n  dims: [ {dims} ]{reshape}\n}}"
    )


def _text(text: str) -> str:
    """Return a text as protobuf's text format writes it: JSON's escapes, but bytes for what is not ASCII."""
    letters = [json.dumps(letter)[1:-1] if letter.isascii() and letter >= " " else _bytes(letter) for letter in text]
    return f'"{"".join(letters)}"'


def _bytes(letter: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in letter.encode("utf-8", "surrogatepass"))
