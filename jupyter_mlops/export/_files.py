"""ONNX files: looked at before onnxruntime sees them, and written so that nobody sees half of one.

A file can name others beside it, or anywhere, as its weights; it can be a link to what somebody else changes. None of
these is opened.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import ExportError, UsageError
from ._by_skl2onnx import demand
from ._graph import all_nodes

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

LARGEST = 2**31 - 1
"""Bytes that one protobuf message can hold."""


def check_onnx_file(path: str | Path) -> bytes:
    """Return the bytes of an ONNX file that may be opened: one regular file with everything in it.

    Raises
    ------
    ExportError
        It is a link, has other names, keeps data outside of itself, or is no valid ONNX.
    """
    data = _read(Path(path))
    check_onnx(data, str(path))
    return data


def check_onnx(data: bytes, name: str) -> ModelProto:
    """Return the model that bytes hold, when it is valid and keeps nothing outside of itself.

    Raises
    ------
    ExportError
        It does, or is not.
    """
    onnx = demand("onnx")
    from google.protobuf.message import DecodeError

    try:
        proto: ModelProto = onnx.load_model_from_string(data)
    except DecodeError as error:
        raise ExportError(f"{name} is no ONNX model, or only a part of one ({error}). Export it again.") from None
    outside = next((tensor.name for tensor in _tensors(proto) if _is_outside(tensor)), None)
    if outside is not None:
        raise ExportError(
            f"{name} keeps the data of {outside!r} in another file. Save it in one piece "
            "(onnx.save_model(..., save_as_external_data=False))."
        )
    try:
        onnx.checker.check_model(proto)
    except onnx.checker.ValidationError as error:
        raise ExportError(f"{name} is no valid ONNX: {str(error).splitlines()[0][:200]}.") from None
    return proto


def open_session(data: bytes | str | Path) -> Any:
    """Return an onnxruntime session for checked bytes, or for a file, which is checked first.

    Raises
    ------
    ExportError
        The file may not be opened, or onnxruntime cannot run it.
    """
    runtime = demand("onnxruntime")
    content = data if isinstance(data, bytes) else check_onnx_file(data)
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    try:
        return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has many kinds of error, and no root of its own
        raise ExportError(f"onnxruntime cannot run it: {' '.join(str(error).split())[:240]}") from error


def write_onnx(data: bytes, path: Path) -> None:
    """Put a file in its place: written beside it, checked and opened there, then renamed.

    Raises
    ------
    ExportError
        What was written may not be opened.
    UsageError
        There is no place for it.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a directory. Name a file: -o {path}/model.onnx")
    temporary = path.with_name(f".onnx-{os.getpid()}-{secrets.token_hex(8)}.tmp")
    try:
        try:  # around the opening too: an interrupt right after it leaves nothing
            with open(temporary, "xb", opener=_opened) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            open_session(temporary)
            temporary.rename(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"Cannot write {path}: {error.strerror}. Choose another place with -o.") from error


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags, 0o644)


def _read(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ExportError(f"{path} cannot be opened as a file of its own: {error.strerror}.") from None
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise ExportError(f"{path} is no regular file.")
    with os.fdopen(descriptor, "rb") as file:
        if facts.st_nlink != 1:
            raise ExportError(
                f"{path} has {facts.st_nlink} names (hard links): who has another can change it. Copy it: "
                f"cp --remove-destination."
            )
        if facts.st_size > LARGEST:
            raise ExportError(f"{path} has {facts.st_size:,} bytes; one piece of ONNX has at most {LARGEST:,}.")
        return file.read()


def _tensors(proto: ModelProto) -> Any:
    graphs = [proto.graph, *(graph for node in all_nodes(proto.graph) for graph in _graphs(node))]
    for graph in graphs:
        yield from graph.initializer
        for sparse in graph.sparse_initializer:
            yield from (sparse.values, sparse.indices)
    nodes = [*all_nodes(proto.graph), *(node for function in proto.functions for node in function.node)]
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _graphs(node: Any) -> Any:
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _is_outside(tensor: TensorProto) -> bool:
    return bool(tensor.external_data) or tensor.data_location == 1  # TensorProto.EXTERNAL
