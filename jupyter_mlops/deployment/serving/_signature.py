"""What the model takes and answers: as the file's own metadata says, else as its graph declares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

_KEY = "jupyter_mlops.signature"
_REJECTS = {"missing": "jupyter_mlops.rejects_missing", "infinite": "jupyter_mlops.rejects_infinite"}
_ELEMENTS: Mapping[str, str] = {"float": "float32", "double": "float64", "string": "str"}

DATATYPES: Mapping[str, str] = {
    "float32": "FP32",
    "float64": "FP64",
    "float16": "FP16",
    "int64": "INT64",
    "int32": "INT32",
    "int16": "INT16",
    "int8": "INT8",
    "uint64": "UINT64",
    "uint32": "UINT32",
    "uint16": "UINT16",
    "uint8": "UINT8",
    "bool": "BOOL",
    "str": "BYTES",
}
"""Of the Open Inference Protocol, by NumPy's words."""


@dataclass(frozen=True)
class Tensor:
    """An input or output.

    Parameters
    ----------
    type : str
        Of its elements, as NumPy says it, or `str`.
    shape : tuple of int or None
        None is a free size; the first is the number of rows, which an input may fix.
    columns : tuple of str
        Of an input: the columns that it holds; of probabilities: the classes.
    method : str
        Of an output: the method of the original that says the same.
    """

    name: str
    type: str
    shape: tuple[int | None, ...]
    columns: tuple[str, ...] = ()
    method: str = ""

    @property
    def datatype(self) -> str:
        """Its type in the words of the Open Inference Protocol."""
        return DATATYPES.get(self.type, self.type.upper())


@dataclass(frozen=True)
class Signature:
    """All inputs and outputs, and the columns in which the original takes no missing or infinite number."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    rejects_missing: frozenset[str] = field(default=frozenset())
    rejects_infinite: frozenset[str] = field(default=frozenset())

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that all inputs hold together; empty where one of them has no names."""
        if not all(tensor.columns for tensor in self.inputs):
            return ()
        return tuple(column for tensor in self.inputs for column in tensor.columns)


def signature_of(session: Any) -> Signature:
    """Return what the model of an onnxruntime session takes and answers."""
    facts = session.get_modelmeta().custom_metadata_map
    inputs = tuple(map(_declared, session.get_inputs()))
    outputs = tuple(_with_free_rows(_declared(value)) for value in session.get_outputs())
    said = _said(facts.get(_KEY, ""))
    if said is not None and _names(*said) == _names(inputs, outputs):
        inputs, outputs = said
    missing, infinite = (frozenset(_texts(facts.get(key, ""))) for key in _REJECTS.values())
    return Signature(inputs, outputs, missing, infinite)


def _said(text: str) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]] | None:
    """Return what the metadata says; None where there is none of a form that we know."""
    try:
        data = json.loads(text)
        if data.get("version", 1) > 1:
            return None
        inputs, outputs = (
            tuple(
                Tensor(
                    name=str(each["name"]),
                    type=str(each["type"]),
                    shape=tuple(None if size is None else int(size) for size in each["shape"]),
                    columns=tuple(map(str, each.get("columns", ()))),
                    method=str(each.get("method", "")),
                )
                for each in data[side]
            )
            for side in ("inputs", "outputs")
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return inputs, outputs


def _texts(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _names(inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> list[tuple[str, str]]:
    return [(tensor.name, tensor.type) for tensor in (*inputs, *outputs)]


def _declared(value: Any) -> Tensor:
    word = str(value.type).removeprefix("tensor(").removesuffix(")")
    sizes = tuple(size if isinstance(size, int) else None for size in value.shape)
    return Tensor(name=value.name, type=_ELEMENTS.get(word, word), shape=sizes)


def _with_free_rows(output: Tensor) -> Tensor:
    """Return an output whose first size is the number of rows, whatever a converter wrote there."""
    return replace(output, shape=(None, *output.shape[1:]) if output.shape else ())
