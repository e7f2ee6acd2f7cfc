"""A table's columns as tensors, and the rows that no tensor can hold: an export's domain, column by column."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from ...entities import OnnxSignature, OnnxTensor
from ...exceptions import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from ._source import Source

Array = np.ndarray[Any, Any]

_MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "null", "none", "<na>", "#n/a", "-nan"})
"""Of a CSV file, where a number should be; lower case."""


_WHOLE = ("int", "uint")
_TRUTHS = {"true": 1.0, "false": 0.0}


@dataclass
class Rows:
    """A chunk as the model takes it.

    Parameters
    ----------
    feeds : dict
        Tensors of the rows that can be asked.
    held : ndarray of bool, optional
        Which of the chunk's rows these are; None for all.
    reasons : Counter
        Why the others cannot be asked.
    """

    feeds: dict[str, Array]
    held: Array | None = None
    reasons: Counter[str] = field(default_factory=Counter)


def columns_for(signature: OnnxSignature, source: Source) -> dict[str, tuple[str, ...]]:
    """Return, for each input, the columns of a table that it takes.

    Raises
    ------
    UsageError
        A column is not there, twice, or of a type that the model cannot take; or the model takes no tables.
    """
    found = {}
    for tensor in signature.inputs:
        names = _names_for(tensor, signature, source.names)
        for name in names:
            _refuse_type(name, tensor, source)
        found[tensor.name] = names
    return found


def find_column(name: str, names: tuple[str, ...], why: str) -> str:
    """Return a column's name, when there is exactly one.

    Raises
    ------
    UsageError
        There is none, or several.
    """
    if names.count(name) > 1:
        raise UsageError(f"There are {names.count(name)} columns {name!r}, {why}. Rename all but one.")
    if name not in names:
        near = get_close_matches(name, names, n=1, cutoff=0.6) or [
            each for each in names if each.lower() == name.lower()
        ]
        told = f" Did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"There is no column {name!r}, {why}.{told} There are: {_listed(names)}.")
    return name


@dataclass(frozen=True)
class Refused:
    """Columns of which the original refuses missing or infinite numbers, as the file says of itself.

    A model without names has numbers for them, from 0.
    """

    missing: frozenset[str] = frozenset()
    infinite: frozenset[str] = frozenset()

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> Refused:
        """Return what a bundle's facts say; a file of another program says nothing."""
        return cls(*(frozenset(_texts(facts.get(f"rejects_{what}", ""))) for what in ("missing", "infinite")))

    def problems(self, name: str, values: Array) -> list[tuple[str, Array]]:
        """Return which values of a column the original refuses, by reason."""
        if values.dtype.kind != "f":
            return []
        found = [("missing", np.isnan(values))] if name in self.missing else []
        found += [("infinite", np.isinf(values))] if name in self.infinite else []
        return [(reason, wrong) for reason, wrong in found if wrong.any()]


def rows_of(
    table: pa.Table, signature: OnnxSignature, columns: Mapping[str, tuple[str, ...]], refused: Refused | None = None
) -> Rows:
    """Return a chunk's rows as tensors, without those that the tensors cannot hold, or that the original refuses."""
    refused = refused or Refused()
    rows = Rows(feeds={})
    held = np.ones(table.num_rows, dtype=bool)
    for tensor in signature.inputs:
        names = columns[tensor.name]
        kind: Any = object if tensor.type == "str" else tensor.type
        values = np.empty((table.num_rows, len(names)), dtype=kind)
        for place, name in enumerate(names):
            problems = _fill(values[:, place], table.column(name), tensor.type)
            problems += refused.problems(tensor.columns[place] if tensor.columns else str(place), values[:, place])
            known = np.zeros(
                table.num_rows, dtype=bool
            )  # what has no place in the tensor stands there as NaN or infinite
            for reason, wrong in problems:
                rows.reasons[f"{name}: {reason}"] += int((wrong & ~known).sum())
                known |= wrong
            held &= ~known
        rows.feeds[tensor.name] = values[:, 0] if len(tensor.shape) == 1 else values
    rows.reasons = +rows.reasons
    if rows.reasons:
        rows.held = held
        rows.feeds = {name: values[held] for name, values in rows.feeds.items()}
    return rows


def _names_for(tensor: OnnxTensor, signature: OnnxSignature, names: tuple[str, ...]) -> tuple[str, ...]:
    if len(tensor.shape) not in (1, 2) or tensor.shape[0] is not None:
        raise UsageError(f"The model's input {tensor.name!r} is no table. Ask it with onnxruntime, or an endpoint.")
    width = 1 if len(tensor.shape) == 1 else tensor.shape[1]
    if tensor.columns:
        return tuple(find_column(name, names, "which the model takes") for name in tensor.columns)
    if width == 1 and (tensor.name in names or len(names) > 1):
        return (find_column(tensor.name, names, "which the model takes"),)
    if len(signature.inputs) == 1 and (width is None or width == len(names)) and len(set(names)) == len(names):
        return names
    raise UsageError(
        f"The model takes {width} columns without names, and there are {len(names)}. "
        "Give a file with these alone, in their order; or export the model on a DataFrame, whose names it keeps."
    )


def _refuse_type(name: str, tensor: OnnxTensor, source: Source) -> None:
    import pyarrow as pa

    from ._source import plain_type

    kind = source.type_of(name)
    if kind is None:
        return
    plain, types = plain_type(kind), pa.types
    number = types.is_integer(plain) or types.is_floating(plain) or types.is_boolean(plain) or types.is_decimal(plain)
    text = types.is_string(plain) or types.is_large_string(plain) or types.is_string_view(plain)
    if not types.is_null(plain) and not (text if tensor.type == "str" else number):
        wanted = "texts" if tensor.type == "str" else "numbers"
        raise UsageError(f"Column {name!r} holds {kind}, and the model takes {wanted} there ({tensor.type}).")


def _fill(target: Array, column: pa.ChunkedArray, element: str) -> list[tuple[str, Array]]:
    """Put a column into a tensor; return which rows it cannot hold, by reason."""
    import pyarrow as pa

    if element == "str":
        return _fill_texts(target, column)
    if pa.types.is_null(column.type):
        column = column.cast(pa.float64())
    if pa.types.is_decimal(column.type):
        if element.startswith(_WHOLE):
            return _fill_exactly(target, column.to_pylist(), element, None)
        column = column.cast(pa.float64())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _fill_parsed(target, column, element)
    missing = None
    if column.null_count and not pa.types.is_floating(column.type):
        missing = column.is_null().to_numpy()
        column = column.fill_null(False if pa.types.is_boolean(column.type) else 0)
    return _fill_numbers(target, column.to_numpy(), missing, element, None)


def _fill_texts(target: Array, column: pa.ChunkedArray) -> list[tuple[str, Array]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    problems = []
    column = column.cast(pa.large_string())
    if column.null_count:
        problems.append(("missing", column.is_null().to_numpy()))
        column = column.fill_null("")
    ends = pc.match_substring(column, "\x00")
    if pc.any(ends).as_py():
        problems.append(("a NUL in the text", ends.to_numpy()))
    target[:] = column.to_numpy()
    return problems


def _fill_parsed(target: Array, column: pa.ChunkedArray, element: str) -> list[tuple[str, Array]]:
    """Put a CSV file's texts into a tensor of numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = element.startswith(_WHOLE)
    # Arrow takes 0x10 for a whole number, which nothing else here does.
    if not (whole and pc.any(pc.match_substring(column, "x", ignore_case=True)).as_py()):
        try:
            kind = pa.int64() if whole else pa.bool_() if element == "bool" else pa.float64()
            return _fill(target, column.cast(kind), element)
        except pa.ArrowInvalid:  # some are none; which, is found one by one
            pass
    numbers: list[Any] = [None] * len(column)
    wrong = np.zeros(len(column), dtype=bool)
    for place, text in enumerate(column.to_pylist()):
        word = (text or "").strip().lower()
        if word in _MISSING_WORDS:
            continue
        try:
            numbers[place] = _TRUTHS[word] if word in _TRUTHS else _number(word.replace("_", "x"))
        except ValueError:
            wrong[place] = True
    if whole:
        return _fill_exactly(target, numbers, element, wrong)
    figures = np.array([np.nan if number is None else float(number) for number in numbers], dtype=np.float64)
    return _fill_numbers(target, figures, None, element, wrong)


def _number(word: str) -> int | float:
    """Return what a text says, a whole number as it is: a float has no room for all of them."""
    if word.lstrip("+-").isdecimal() and len(word) < 40:
        return int(word)
    return float(word)


def _fill_numbers(
    target: Array, numbers: Array, missing: Array | None, element: str, wrong: Array | None
) -> list[tuple[str, Array]]:
    """Put numbers into a tensor; NaN has a place among floats only."""
    problems = [("no number", wrong)] if wrong is not None and wrong.any() else []
    if "float" in element:
        with np.errstate(over="ignore"):
            target[:] = numbers
        if missing is not None:
            target[missing] = np.nan
        if np.isinf(target).any():
            beyond = np.isinf(target) & ~np.isinf(numbers)
            problems += [(f"beyond {element}", beyond)] if beyond.any() else []
        return problems
    absent = np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(len(numbers), dtype=bool)
    absent = absent if missing is None else absent | missing
    held = _whole_within(numbers, element)
    with np.errstate(invalid="ignore"):
        target[:] = np.where(held, numbers, 0)
    return problems + _others(absent, held, wrong, element)


def _fill_exactly(target: Array, numbers: list[Any], element: str, wrong: Array | None) -> list[tuple[str, Array]]:
    """Put numbers of any size into a tensor of whole ones, none of them by way of a float."""
    least, most = (int(bound) for bound in (np.iinfo(element).min, np.iinfo(element).max))
    absent = np.array([number is None or number != number for number in numbers], dtype=bool)
    held = np.array(
        [
            not gone and least <= number <= most and number == int(number)
            for number, gone in zip(numbers, absent, strict=True)
        ],
        dtype=bool,
    )
    target[:] = [int(number) if fits else 0 for number, fits in zip(numbers, held, strict=True)]
    problems = [("no number", wrong)] if wrong is not None and wrong.any() else []
    return problems + _others(absent, held, wrong, element)


def _others(absent: Array, held: Array, wrong: Array | None, element: str) -> list[tuple[str, Array]]:
    """Return which rows of a tensor without NaN are missing, and which are of another type."""
    absent = absent if wrong is None else absent & ~wrong
    other = ~held & ~absent if wrong is None else ~held & ~absent & ~wrong
    found = [("missing", absent), ("neither true nor false" if element == "bool" else f"no {element}", other)]
    return [(reason, rows) for reason, rows in found if rows.any()]


def _whole_within(numbers: Array, element: str) -> Array:
    """Tell which numbers are whole and within a type."""
    if element == "bool":
        return np.asarray((numbers == 0) | (numbers == 1))
    least, most = np.iinfo(element).min, np.iinfo(element).max
    if numbers.dtype.kind == "f":  # the largest as a float is one more than it is
        return np.asarray((numbers >= least) & (numbers < float(int(most) + 1)) & (np.trunc(numbers) == numbers))
    return (
        np.asarray((numbers >= least) & (numbers <= most)) if numbers.dtype.kind != "b" else np.ones(len(numbers), bool)
    )


def _texts(text: str) -> list[str]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:12])
    return f"{shown} and {len(names) - 12} more" if len(names) > 12 else shown
