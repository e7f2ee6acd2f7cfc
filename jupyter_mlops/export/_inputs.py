"""What the file takes: names, types and shapes from the notebook's own rows, and the rows as these tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..exceptions import UsageError
from ._table import Table

Element = str
"""A type as NumPy says it, or "str": of a table's columns float32, float64, int64, bool and str."""


@dataclass(frozen=True)
class InputTensor:
    """An input of the file.

    Parameters
    ----------
    name : str
        A frame's column where each has an input of its own; else `X`, or `text`.
    element : str
        Type of its elements.
    places : tuple of int
        The columns of the rows that it holds.
    flat : bool
        Whether it has one axis only: texts.
    sizes : tuple of int, optional
        The axes behind that of the rows, where they are not the columns: images, sequences. None is any length.
    """

    name: str
    element: Element
    places: tuple[int, ...]
    flat: bool = False
    sizes: tuple[int | None, ...] | None = None

    @property
    def shape(self) -> tuple[int | None, ...]:
        """None is the number of rows."""
        if self.sizes is not None:
            return (None, *self.sizes)
        return (None,) if self.flat else (None, len(self.places))


def inputs_of(
    table: Table, precision: Literal["float32", "float64"], *, whole: bool, apart: bool
) -> tuple[InputTensor, ...]:
    """Return what a file takes that is asked about such rows.

    Parameters
    ----------
    table : Table
        Rows.
    precision : str
        Type of numbers.
    whole : bool
        Whether whole numbers are `int64`; otherwise they are numbers as the others.
    apart : bool
        Whether the model tells a frame's columns apart by name. Otherwise columns of one type are one input.

    Raises
    ------
    UsageError
        A column is of no type that ONNX has.
    """
    if table.form == "texts":
        return (InputTensor("text", "str", (0,), flat=True),)
    elements = tuple(_element(table, place, precision, whole) for place in range(table.width))
    if table.form == "frame" and (apart or "str" in elements) and len(set(table.columns)) == table.width:
        return tuple(
            InputTensor(name, element, (place,))
            for place, (name, element) in enumerate(zip(table.columns, elements, strict=True))
        )
    kinds = set(elements)
    if len(kinds) > 1 and "str" in kinds:
        raise UsageError("The rows mix texts and numbers without names for their columns. Give a DataFrame.")
    one = elements[0] if len(kinds) == 1 else precision
    return (InputTensor("X", one, tuple(range(table.width))),)


def _element(table: Table, place: int, precision: Literal["float32", "float64"], whole: bool) -> Element:
    column = table.column(place)
    kind = column.dtype.kind
    if kind in "OUT":
        kind = _kind_of_objects(column, table.columns[place] if table.columns else str(place))
    if kind == "f" or (kind in "iu" and not whole):
        return precision
    return {"i": "int64", "u": "int64", "b": "bool", "s": "str"}[kind]


def _kind_of_objects(column: np.ndarray[Any, Any], name: str) -> str:
    present = [value for value in column if not missing(value)]
    if all(isinstance(value, str) for value in present):
        return "s" if present else "f"
    if all(isinstance(value, (bool, np.bool_)) for value in present):
        return "b"
    if all(isinstance(value, (int, float, np.number, bool)) for value in present):
        whole = len(present) == len(column) and all(isinstance(value, (int, np.integer)) for value in present)
        return "i" if whole else "f"
    kinds = ", ".join(sorted({type(value).__name__ for value in present})[:4])
    raise UsageError(
        f"Column {name!r} holds {kinds}, which no ONNX input can. Make it numbers or texts, or leave "
        "it out of X if the model does not read it."
    )


def missing(value: Any) -> bool:
    """Tell whether a value stands for none: None, NaN, NaT, pandas' NA."""
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def feeds_of(
    inputs: tuple[InputTensor, ...], table: Table
) -> tuple[dict[str, np.ndarray[Any, Any]], np.ndarray[Any, Any]]:
    """Return rows as tensors, and which rows the tensors can hold.

    A missing text has no place in a tensor of strings, nor a number beyond the range of its type; rounding is none of
    these. What cannot be held stands as an empty text or 0.
    """
    fits = np.ones(len(table), dtype=bool)
    feeds = {}
    for tensor in inputs:
        columns = []
        for place in tensor.places:
            values, held = _held(table.column(place), tensor.element)
            columns.append(values)
            fits &= held
        feeds[tensor.name] = columns[0] if tensor.flat else np.stack(columns, axis=1)
    return feeds, fits


def _held(column: np.ndarray[Any, Any], element: Element) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    if element == "str":
        held = np.array([isinstance(value, str) and _encodes(value) for value in column], dtype=bool)
        return np.where(held, column, "").astype(object), held
    numbers = np.array([np.nan if missing(value) else value for value in column], dtype=object)
    try:
        wide = numbers.astype(np.float64) if column.dtype.kind not in "iu" else column
    except (TypeError, ValueError, OverflowError):
        return np.zeros(len(column), dtype=element), np.zeros(len(column), dtype=bool)
    if element in ("int64", "bool"):
        held = ~np.isnan(wide) if wide.dtype.kind == "f" else np.ones(len(wide), dtype=bool)
        held &= (wide >= -(2**63)) & (wide < 2**63) & (np.trunc(wide) == wide)
        return np.where(held, wide, 0).astype(element), held
    with np.errstate(over="ignore"):
        values = wide.astype(element)
    return values, np.isfinite(values) | ~np.isfinite(wide.astype(np.float64))


def _encodes(text: str) -> bool:
    """A lone surrogate is no UTF-8, and ONNX' strings end at a NUL."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
