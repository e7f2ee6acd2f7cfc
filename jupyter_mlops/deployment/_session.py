"""A bundle's model in onnxruntime: opened from bytes that are still those that were checked."""

from __future__ import annotations

from typing import Any

from .._telemetry import deny_telemetry
from ..entities import Bundle
from ..exceptions import ExportError, MissingExtraError
from ._folder import model_bytes, weights_bytes

_ODD = {
    "undefined": "no tensor but a sequence or a map",
    "bfloat16": "bfloat16, which NumPy has not",
    "complex64": "a complex number",
    "complex128": "a complex number",
}


def session_of(bundle: Bundle) -> Any:
    """Return an onnxruntime session, quiet and on the processor.

    Raises
    ------
    ExportError
        The file has changed since it was checked, it takes or answers what is no tensor, or onnxruntime cannot run it.
    MissingExtraError
        onnxruntime is not installed.
    """
    deny_telemetry()
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError("This needs onnxruntime: pip install 'jupyter_mlops[onnx]'.") from error
    odd = next(
        (tensor for tensor in (*bundle.signature.inputs, *bundle.signature.outputs) if tensor.type in _ODD), None
    )
    if odd is not None:
        raise ExportError(
            f"{odd.name!r} of {bundle.label} is {_ODD[odd.type]}. Export it in another type, and without ZipMap."
        )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Threads that spin while they wait would take the cores of those that read.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    weights = weights_bytes(bundle)
    if weights:
        options.add_external_initializers_from_files_in_memory([bundle.weights], [weights], [len(weights)])
    try:
        return onnxruntime.InferenceSession(model_bytes(bundle), options, providers=["CPUExecutionProvider"])
    except ExportError:
        raise
    except Exception as error:  # onnxruntime has many kinds of error, and no root of its own
        raise ExportError(f"onnxruntime cannot run {bundle.label}: {' '.join(str(error).split())[:240]}") from error
