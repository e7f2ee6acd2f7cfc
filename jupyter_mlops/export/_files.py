"""ONNX files: looked at before onnxruntime sees them, and written so that nobody sees half of one.

A file can name others beside it, or anywhere, as its weights; it can be a link to what somebody else changes. None of
these is opened.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._telemetry import deny_telemetry
from ..exceptions import ExportError, UsageError
from ._converters._by_skl2onnx import demand
from ._graph import all_nodes
from ._reasons import reason_of
from ._weights import Pieces, check_weights, remove_weights, weights_name, weights_named, without_weights

if TYPE_CHECKING:
    from onnx import ModelProto

GRAPH_LARGEST = 2**31 - 1
"""Bytes that one protobuf message can hold."""


def check_onnx_file(path: str | Path) -> Pieces:
    """Return what an ONNX file holds that may be opened: one regular file with all in it, or with its weights beside.

    Raises
    ------
    ExportError
        It is a link, has other names, keeps data elsewhere, or is no valid ONNX.
    """
    place = Path(path)
    graph = _read(place, GRAPH_LARGEST)
    name = weights_name(parsed := _parsed(graph, str(path)), _tensors(parsed), str(path))
    pieces = Pieces(graph, _read(place.with_name(name)) if name else b"")
    _check(parsed, pieces, str(path))
    return pieces


def check_onnx(pieces: Pieces, name: str) -> ModelProto:
    """Return the graph of a model, when it is valid and keeps nothing elsewhere.

    Raises
    ------
    ExportError
        It does, or is not.
    """
    proto = _parsed(pieces.graph, name)
    weights_name(proto, _tensors(proto), name)
    _check(proto, pieces, name)
    return proto


def open_session(model: Pieces | bytes | str | Path) -> Any:
    """Return an onnxruntime session for checked bytes, or for a file, which is checked first.

    Raises
    ------
    ExportError
        The file may not be opened, or onnxruntime cannot run it.
    """
    deny_telemetry()
    runtime = demand("onnxruntime")
    pieces = Pieces(model) if isinstance(model, bytes) else model
    pieces = pieces if isinstance(pieces, Pieces) else check_onnx_file(pieces)
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    if pieces.weights:
        # From memory: onnxruntime itself opens no file.
        options.add_external_initializers_from_files_in_memory([pieces.name], [pieces.weights], [len(pieces.weights)])
    try:
        return runtime.InferenceSession(pieces.graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has many kinds of error, and no root of its own
        raise ExportError(f"onnxruntime cannot run it: {reason_of(error)}") from error


def write_onnx(pieces: Pieces, path: Path) -> None:
    """Put a file in its place: written beside it, checked and opened there, then renamed.

    Weights of their own are there before, and gone when the rest fails. What was there before stays whole until then,
    because weights of another content have another name; afterwards its own are gone, unless another file names them.

    Raises
    ------
    ExportError
        What was written may not be opened.
    UsageError
        There is no place for it.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a directory. Name a file: -o {path}/model.onnx")
    beside = path.with_name(pieces.name) if pieces.weights else None
    was_there = beside is not None and beside.exists()
    try:
        earlier = weights_named(path)
        with _temporary(path) as graph:
            _write(graph, pieces.graph)
            if beside is not None:
                with _temporary(beside) as weights:
                    _write(weights, pieces.weights)
                    weights.rename(beside)
            try:
                open_session(graph)
                graph.rename(path)
            except BaseException:  # an interrupt too
                if beside is not None and not was_there:
                    beside.unlink(missing_ok=True)
                raise
        remove_weights(path.parent, earlier - {pieces.name})
    except OSError as error:
        raise UsageError(f"Cannot write {path}: {error.strerror}. Choose another place with -o.") from error


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Give a name beside a place; whatever bears it in the end is removed."""
    found = path.with_name(f".onnx-{os.getpid()}-{secrets.token_hex(8)}.tmp")
    try:
        yield found
    finally:
        found.unlink(missing_ok=True)


def _write(path: Path, data: bytes | bytearray) -> None:
    with open(path, "xb", opener=_opened) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _parsed(graph: bytes, name: str) -> ModelProto:
    onnx = demand("onnx")
    from google.protobuf.message import DecodeError

    try:
        proto: ModelProto = onnx.load_model_from_string(graph)
    except DecodeError as error:
        raise ExportError(f"{name} is no ONNX model, or only a part of one ({error}). Export it again.") from None
    return proto


def _check(proto: ModelProto, pieces: Pieces, name: str) -> None:
    """Look whether a graph is valid, and its weights are its own."""
    onnx = demand("onnx")
    check_weights(proto, pieces, name)
    try:
        onnx.checker.check_model(without_weights(proto) if pieces.weights else proto)
    except onnx.checker.ValidationError as error:
        raise ExportError(f"{name} is no valid ONNX: {str(error).splitlines()[0][:200]}.") from None


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags, 0o644)


def _read(path: Path, most: int | None = None) -> bytes:
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
        if most is not None and facts.st_size > most:
            raise ExportError(f"{path} has {facts.st_size:,} bytes; one piece of ONNX has at most {most:,}.")
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
