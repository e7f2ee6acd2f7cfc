"""Rows by column names, in the forms that MLflow's `/invocations` takes: one of four kinds of JSON, or CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ._errors import RequestError
from ._signature import Signature, Tensor

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
"""Keys of a body, of which one must be there."""


@dataclass(frozen=True)
class Frame:
    """Rows and what their columns are called.

    Parameters
    ----------
    names : tuple of str, optional
        None where the client gave none: then the order counts.
    rows : sequence of sequences
        Equally long.
    """

    names: tuple[str, ...] | None
    rows: Sequence[Sequence[Any]]


_SPARSE_CELLS, _SPARSE_SHARE = 1_000_000, 100
"""A table that records would fill with what none of them has: a small body must not become a large one."""

Nested = dict[str, Any]
"""Nested lists by the names of tensors."""


def parsed(body: Any, signature: Signature) -> Frame | Nested:
    """Return what a JSON body of `/invocations` holds.

    Raises
    ------
    RequestError
        It has none of the forms, or not as it should be.
    """
    if not isinstance(body, dict):
        raise RequestError(f"The body is an object with one of {', '.join(FORMS)}.")
    forms = [form for form in FORMS if form in body]
    unknown = sorted(str(key) for key in body if key not in (*FORMS, "params"))
    if len(forms) != 1 or unknown:
        said = f"; {unknown[0][:80]!r} is unknown" if unknown else ""
        raise RequestError(f"The body has exactly one of {', '.join(FORMS)}{said}.")
    if body.get("params"):
        raise RequestError("This model takes no params.")
    return _READERS[forms[0]](body[forms[0]], signature)


def parsed_csv(text: str) -> Frame:
    """Return the rows of a CSV text: its first line names the columns, an empty field is missing.

    Raises
    ------
    RequestError
        It is none.
    """
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        raise RequestError(f"The body is no CSV: {error}.") from None
    if not lines:
        raise RequestError("The CSV is empty: its first line names the columns.")
    names, rows = tuple(lines[0]), lines[1:]
    for number, row in enumerate(rows):
        if len(row) != len(names):
            raise RequestError(f"The CSV's row {number} has {len(row)} fields, its first line names {len(names)}.")
    return Frame(names, rows)


def typed(frame: Frame, signature: Signature) -> Frame:
    """Return the rows of a CSV with the types that the model's columns have; texts that are none stay texts."""
    types = {column: tensor.type for tensor in signature.inputs for column in tensor.columns}
    kinds = [types.get(name) for name in frame.names or ()]
    if not types:
        kinds = [signature.inputs[0].type] * len(frame.names or ())
    return Frame(
        frame.names, [[_typed(text, kind) for text, kind in zip(row, kinds, strict=True)] for row in frame.rows]
    )


def _typed(text: str, kind: str | None) -> Any:
    if kind == "str" or kind is None:
        return text
    word = text.strip().lower()
    if not word or word in ("nan", "na", "null", "none"):
        return None
    if word in ("true", "false"):
        return word == "true"
    if len(word) > 400 or "_" in word:  # which Python would take for a separator of digits
        return text
    try:
        return float(word) if kind.startswith("float") or not word.lstrip("+-").isdecimal() else int(word)
    except ValueError:
        return text


def _split(value: Any, _signature: Signature) -> Frame:
    if not isinstance(value, dict) or not set(value) <= {"columns", "index", "data"} or "data" not in value:
        raise RequestError("dataframe_split is an object with columns and data (and index).")
    names = value.get("columns")
    if names is not None and not isinstance(names, list):
        raise RequestError("columns of dataframe_split is a list of names.")
    return Frame(None if names is None else tuple(map(str, names)), _rows(value["data"], "data of dataframe_split"))


def _records(value: Any, _signature: Signature) -> Frame:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise RequestError("dataframe_records is a list of objects, one a row.")
    names = tuple(dict.fromkeys(name for record in value for name in record))
    cells = len(names) * len(value)
    if cells > max(_SPARSE_CELLS, _SPARSE_SHARE * sum(map(len, value))):
        raise RequestError(
            f"The objects of dataframe_records have {len(names):,} columns in all, and hardly one in common. "
            "Give each row all columns of the model."
        )
    return Frame(names, [[record.get(name) for name in names] for record in value])


def _instances(value: Any, signature: Signature) -> Frame | Nested:
    if not isinstance(value, list):
        raise RequestError("instances is a list, one entry a row.")
    if value and isinstance(value[0], dict):
        if is_of_tensors(signature):
            keys = list(value[0])
            if all(isinstance(each, dict) and list(each) == keys for each in value):
                return {key: [each[key] for each in value] for key in keys}
        return _records(value, signature)
    if is_of_tensors(signature):
        return {signature.inputs[0].name: value}
    return Frame(None, _rows(value, "instances"))


def _inputs(value: Any, signature: Signature) -> Frame | Nested:
    if not isinstance(value, dict):
        return _instances(value, signature)
    if is_of_tensors(signature):
        return value
    if not all(isinstance(each, list) for each in value.values()):
        raise RequestError("inputs is an object of lists, one a column.")
    lengths = {name: len(each) for name, each in value.items()}
    if len(set(lengths.values())) > 1:
        raise RequestError(f"The columns of inputs are not equally long: {_shown(lengths)}.")
    columns = [[_only(each) for each in column] for column in value.values()]
    return Frame(tuple(value), list(zip(*columns, strict=True)))


_READERS = {"dataframe_split": _split, "dataframe_records": _records, "instances": _instances, "inputs": _inputs}


def is_of_tensors(signature: Signature) -> bool:
    """Tell whether a model takes more than one table: several inputs, or one with more than two axes."""
    return not signature.columns and (len(signature.inputs) > 1 or len(signature.inputs[0].shape) > 2)


def width_of(tensor: Tensor) -> int | None:
    """Return how many values a row of a tensor has; None where any number is right."""
    sizes = tensor.shape[1:]
    return None if None in sizes else math.prod(size or 0 for size in sizes)


def _rows(value: Any, what: str) -> Sequence[Sequence[Any]]:
    if not isinstance(value, list):
        raise RequestError(f"{what} is a list of rows.")
    rows = value if all(isinstance(row, list) for row in value) else [[row] for row in value]
    if any(isinstance(cell, (list, dict)) for row in rows[:1] for cell in row):
        raise RequestError(f"{what} is a list of rows, and a row a list of values.")
    if len(set(map(len, rows))) > 1:
        number = next(number for number, row in enumerate(rows) if len(row) != len(rows[0]))
        raise RequestError(f"{what}: row {number} has {len(rows[number])} values, row 0 has {len(rows[0])}.")
    return rows


def _only(cell: Any) -> Any:
    """Return what a list of one holds: some clients send columns as tensors."""
    return cell[0] if isinstance(cell, list) and len(cell) == 1 else cell


def _shown(lengths: Mapping[str, int]) -> str:
    return ", ".join(f"{name[:60]!r} {length}" for name, length in list(lengths.items())[:3])
