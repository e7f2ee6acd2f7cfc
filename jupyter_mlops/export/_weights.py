"""A model in two pieces, where one file cannot hold it: the graph, and its weights beside it.

The weights' file is called by the digest of what it holds. The graph names it, so who has compared the graph's digest
has compared the weights' too, and a file that is renamed, copied or written anew never has those of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import ExportError

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

LARGEST = 2**31 - 2**20
"""Bytes of weights that go into one file: a protobuf message holds 2 GB, and the graph needs some."""

NAME = re.compile(r"weights-[0-9a-f]{32}\.data")
"""What a file of weights is called."""

_FIELDS = ("raw_data", "float_data", "double_data", "int32_data", "int64_data", "uint64_data")
_SMALL = 1024
_GRAPH = 64 << 20
"""Bytes of a graph whose weights are beside it, at most: who has more has them within."""
_ALIGNED = 64


@dataclass(frozen=True)
class Pieces:
    """A model's file, and what stands beside it.

    Parameters
    ----------
    graph : bytes
        The file; for most models all of it.
    weights : bytes
        Of the file beside; empty where there is none.
    """

    graph: bytes
    weights: bytes | bytearray = b""

    @cached_property
    def name(self) -> str:
        """What the file beside is called; empty where there is none."""
        return name_of(self.weights) if self.weights else ""

    @property
    def size(self) -> int:
        """Bytes of both."""
        return len(self.graph) + len(self.weights)


def name_of(weights: bytes | bytearray) -> str:
    """Return what a file with these weights is called."""
    return f"weights-{sha256(weights).hexdigest()[:32]}.data"


def in_pieces(proto: ModelProto, most: int = LARGEST) -> Pieces:
    """Return a model as bytes. Where its weights are more than one file may hold, they leave the graph.

    Parameters
    ----------
    proto : ModelProto
        Its weights are taken out of it, in the second case.
    most : int
        Bytes of weights in one file.
    """
    if sum(map(_size, proto.graph.initializer)) <= most:
        return Pieces(proto.SerializeToString())
    weights = bytearray()
    moved = []
    for tensor in proto.graph.initializer:
        raw = _numbers(tensor) if _size(tensor) > _SMALL else b""
        if raw and len(raw) == _size(tensor):  # texts stay, and what is smaller than a byte
            weights += bytes(-len(weights) % _ALIGNED)
            moved.append((tensor, len(weights)))
            weights += raw
            for field in _FIELDS:
                tensor.ClearField(field)
    name = name_of(weights)
    for tensor, offset in moved:
        tensor.data_location = 1  # TensorProto.EXTERNAL
        for key, value in (("location", name), ("offset", offset), ("length", _size(tensor))):
            tensor.external_data.add(key=key, value=str(value))
    return Pieces(proto.SerializeToString(), weights)


def weights_name(proto: ModelProto, tensors: Iterable[TensorProto], called: str) -> str:
    """Return the name of the file that a graph's weights are in; empty where it has them all.

    Parameters
    ----------
    tensors : iterable
        All tensors of the model, those of graphs within too.

    Raises
    ------
    ExportError
        Data is elsewhere, or it is that of a graph within: we write no such file.
    """
    outside = [tensor for tensor in tensors if _is_outside(tensor)]
    names = {_place(tensor).get("location", "") for tensor in outside}
    own = sum(map(_is_outside, proto.graph.initializer))
    if outside and (len(names) > 1 or own != len(outside) or not NAME.fullmatch("".join(names))):
        raise ExportError(
            f"{called} keeps the data of {outside[0].name!r} in another file. Save it in one piece "
            "(onnx.save_model(..., save_as_external_data=False))."
        )
    return names.pop() if names else ""


def check_weights(proto: ModelProto, pieces: Pieces, called: str) -> None:
    """Look whether weights are those that the graph names, and hold each tensor of it.

    Raises
    ------
    ExportError
        They are others, or a tensor lies beyond them.
    """
    for tensor in filter(_is_outside, proto.graph.initializer):
        place = _place(tensor)
        if place["location"] != pieces.name:
            raise ExportError(
                f"{called}: its weights are not in {place['location']}, which has changed. Export it again."
            )
        offset, size = place.get("offset", ""), _size(tensor)
        is_whole = offset.isdecimal() and int(offset) + size <= len(pieces.weights)
        if not is_whole or place.get("length") != str(size):
            raise ExportError(
                f"{called}: the data of {tensor.name!r} lies beyond its file of weights. Export it again."
            )


def weights_named(path: Path) -> set[str]:
    """Return which files of weights beside it a file names; none where there is no file, or no such weights."""
    beside = [each.name for each in path.parent.glob("weights-*.data") if NAME.fullmatch(each.name)]
    if not beside or not path.is_file() or path.stat().st_size > _GRAPH:
        return set()
    graph = path.read_bytes()
    return {name for name in beside if name.encode() in graph}


def remove_weights(folder: Path, names: Iterable[str]) -> None:
    """Remove files of weights that no file in their folder names."""
    for name in names:
        others = (each for each in folder.iterdir() if not NAME.fullmatch(each.name))
        if not any(name in weights_named(each) for each in others):
            (folder / name).unlink(missing_ok=True)


def without_weights(proto: ModelProto) -> ModelProto:
    """Return a graph that takes as inputs what lies outside of it: onnx's checker opens no other file then."""
    from onnx import helper

    bare = type(proto).FromString(proto.SerializeToString())
    outside = [tensor for tensor in bare.graph.initializer if _is_outside(tensor)]
    bare.graph.input.extend(
        helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        for tensor in outside
        if tensor.name not in {given.name for given in bare.graph.input}
    )
    kept = [tensor for tensor in bare.graph.initializer if not _is_outside(tensor)]
    del bare.graph.initializer[:]
    bare.graph.initializer.extend(kept)
    return bare


def _is_outside(tensor: TensorProto) -> bool:
    return bool(tensor.external_data) or tensor.data_location == 1  # TensorProto.EXTERNAL


def _place(tensor: TensorProto) -> dict[str, str]:
    return {entry.key: entry.value for entry in tensor.external_data}


def _numbers(tensor: TensorProto) -> bytes:
    """Return the numbers of a tensor, in whichever of its fields they are."""
    from onnx import numpy_helper

    return bytes(tensor.raw_data) or numpy_helper.to_array(tensor).tobytes()


def _size(tensor: Any) -> int:
    """Return how many bytes a tensor's numbers take; texts, which no file beside can hold, count little."""
    from onnx import helper

    kind = helper.tensor_dtype_to_np_dtype(tensor.data_type)
    return 0 if kind.hasobject else int(prod(tensor.dims) * kind.itemsize)
