"""Requests and answers of the Open Inference Protocol v2: tensors as JSON, or as bytes behind it (binary extension)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._binary import from_bytes, to_bytes
from ._errors import RequestError
from ._feeds import Feeds, check_rows, check_shape, flat, same_rows
from ._model import ServedModel
from ._signature import DATATYPES, Signature, Tensor
from ._values import Place, elements_of, narrowed

HEADER = "Inference-Header-Content-Length"
"""How many bytes of a body are JSON, where tensors follow as bytes."""

_ELEMENTS = {datatype: element for element, datatype in DATATYPES.items()}


@dataclass(frozen=True)
class Question:
    """A request that was read.

    Parameters
    ----------
    outputs : tuple of str
        That are wanted, in this order.
    binary : frozenset of str
        Of these, those that are wanted as bytes.
    """

    feeds: Feeds
    outputs: tuple[str, ...]
    binary: frozenset[str] = frozenset()
    id: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def parse_json(data: bytes) -> Any:
    """Return the JSON that bytes hold.

    Raises
    ------
    RequestError
        They hold none.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
        raise RequestError(f"The body is no JSON: {said}.") from None


def read_question(body: bytes, json_length: str | None, signature: Signature, most_rows: int) -> Question:
    """Return what an inference request asks.

    Parameters
    ----------
    body : bytes
        JSON, and tensors behind it where `json_length` says so.
    json_length : str, optional
        What the header of that name says.
    signature : Signature
        Of the model.
    most_rows : int
        Of one request.

    Raises
    ------
    RequestError
        It is not as the protocol and the model have it.
    """
    cut = _cut(json_length, len(body))
    said, rest = parse_json(body[:cut]), memoryview(body)[cut:]
    if not isinstance(said, dict) or not isinstance(said.get("inputs"), list):
        raise RequestError("The body is an object with inputs, a list of tensors.")
    known = {tensor.name: tensor for tensor in signature.inputs}
    tensors: dict[str, np.ndarray[Any, Any]] = {}
    for each in said["inputs"]:
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or name not in known:
            raise RequestError(f"Tensor {str(name)[:80]!r} is unknown: the model takes {', '.join(known)}.")
        if name in tensors:
            raise RequestError(f"Tensor {name!r} is there twice.")
        tensors[name], rest = _tensor(each, known[name], signature, rest, most_rows)
    absent = [name for name in known if name not in tensors]
    if absent:
        raise RequestError(f"Tensor {', '.join(map(repr, absent))} is missing.")
    if len(rest):
        raise RequestError(f"{len(rest)} bytes follow that belong to no tensor.")
    outputs, binary = _wanted(said, signature)
    identity = said.get("id", "")
    if not isinstance(identity, str):
        raise RequestError("id is a text.")
    return Question(Feeds(tensors, same_rows(tensors)), outputs, binary, identity)


def answer(
    question: Question, model: ServedModel, found: Mapping[str, np.ndarray[Any, Any]]
) -> tuple[bytes, int | None]:
    """Return the body of an answer, and how many of its bytes are JSON where others follow."""
    types = {tensor.name: tensor.datatype for tensor in model.signature.outputs}
    outputs, pieces = [], []
    for name in question.outputs:
        array = found[name]
        each: dict[str, Any] = {"name": name, "datatype": types[name], "shape": list(array.shape)}
        if name in question.binary:
            pieces.append(to_bytes(array))
            each["parameters"] = {"binary_data_size": len(pieces[-1])}
        else:
            each["data"] = plain(array.ravel())
        outputs.append(each)
    said: dict[str, Any] = {"model_name": model.name, "model_version": model.version, "outputs": outputs}
    if question.id:
        said["id"] = question.id
    head = json.dumps(said, separators=(",", ":")).encode()
    return (b"".join([head, *pieces]), len(head)) if pieces else (head, None)


def plain(array: np.ndarray[Any, Any]) -> list[Any]:
    """Return an array as lists for JSON, which has no word for NaN and the infinite: they become null."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        boxed = array.astype(object)
        boxed[~np.isfinite(array)] = None
        array = boxed
    listed: Any = array.tolist()
    return listed if isinstance(listed, list) else [listed]


def _cut(text: str | None, size: int) -> int:
    if text is None:
        return size
    if not text.isascii() or not text.isdecimal() or len(text) > 12 or int(text) > size:
        raise RequestError(f"{HEADER} is {text[:40]!r}, and the body has {size} bytes.")
    return int(text)


def _tensor(
    said: dict[str, Any], tensor: Tensor, signature: Signature, rest: memoryview, most_rows: int
) -> tuple[np.ndarray[Any, Any], memoryview]:
    """Return a tensor of a request, and the bytes that follow it."""
    shape, datatype = said.get("shape"), said.get("datatype")
    if not isinstance(shape, list) or not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise RequestError(f"Tensor {tensor.name!r}: shape is a list of whole numbers.")
    _check_datatype(datatype, tensor)
    check_shape(tuple(shape), tensor)
    check_rows(shape[0] if shape else 1, most_rows)
    place, total = Place(tensor, signature), math.prod(shape)
    parameters = said.get("parameters") or {}
    size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
    if size is not None:
        if type(size) is not int or not 0 <= size <= len(rest):
            raise RequestError(f"Tensor {tensor.name!r}: binary_data_size is not what follows the JSON.")
        array = from_bytes(rest[:size], _ELEMENTS[str(datatype)], total, tensor.name)
        return _held(array, place).reshape(shape), rest[size:]
    values, nested = flat(said.get("data"), tensor.name)
    if len(values) != total or (len(nested) > 1 and nested != tuple(shape)):
        raise RequestError(f"Tensor {tensor.name!r} has {len(values)} values, and shape {shape} says {total}.")
    return elements_of(values, place).reshape(shape), rest


def _check_datatype(datatype: Any, tensor: Tensor) -> None:
    """Refuse a type whose values the model's type does not hold: numbers of another width are looked at one by one."""
    kinds = {"FP": "floats", "IN": "whole numbers", "UI": "whole numbers", "BO": "booleans", "BY": "texts"}
    given = kinds.get(str(datatype)[:2]) if datatype in _ELEMENTS else None
    wanted = kinds.get(tensor.datatype[:2])
    if given != wanted and not (wanted == "floats" and given == "whole numbers"):
        raise RequestError(
            f"Tensor {tensor.name!r} has datatype {str(datatype)[:20]}, and the model takes {tensor.datatype}."
        )


def _held(array: np.ndarray[Any, Any], place: Place) -> np.ndarray[Any, Any]:
    """Return an array that came as bytes in the tensor's own type."""
    element = place.tensor.type
    if array.dtype.kind in "fiu" and element.startswith("float"):
        return narrowed(array, place)
    if array.dtype == np.dtype(element if element != "str" else object) and array.dtype.kind != "O":
        return array
    return elements_of(array.tolist(), place)


def _wanted(said: dict[str, Any], signature: Signature) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return which outputs are wanted, and which of them as bytes."""
    known = [tensor.name for tensor in signature.outputs]
    parameters = said.get("parameters") or {}
    all_binary = isinstance(parameters, dict) and parameters.get("binary_data_output") is True
    asked = said.get("outputs")
    if not asked:
        return tuple(known), frozenset(known if all_binary else ())
    if not isinstance(asked, list) or not all(isinstance(each, dict) for each in asked):
        raise RequestError("outputs is a list of tensors by name.")
    names = [each.get("name") for each in asked]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RequestError(f"Output {str(unknown[0])[:80]!r} is unknown: the model gives {', '.join(known)}.")
    said_of = {str(each["name"]): each.get("parameters") or {} for each in asked}
    odd = [name for name, said in said_of.items() if not isinstance(said, dict)]
    if odd:
        raise RequestError(f"Output {odd[0]!r}: parameters is an object.")
    binary = frozenset(name for name, said in said_of.items() if said.get("binary_data", all_binary) is True)
    return tuple(map(str, names)), binary
