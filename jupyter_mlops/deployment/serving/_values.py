"""Values of a request as tensors, or a refusal that names column and row: what the file's types can hold, and no more.

The rules are the export's: rounding to float32 is fine, a number beyond its range is not; whole numbers may be written
`5` or `5.0`; a missing number is NaN where the model takes it; a missing text has no place in a tensor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._errors import RequestError
from ._signature import Signature, Tensor

_WORDS = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
_NUMBERS = {int, float, bool}


@dataclass(frozen=True)
class Place:
    """Where the values of a tensor come from: tells a client which of them is wrong, and what the model takes there.

    Parameters
    ----------
    tensor : Tensor
        Its values come row by row.
    signature : Signature
        Knows in which columns the original rejects what.
    """

    tensor: Tensor
    signature: Signature

    def named(self, index: int) -> str:
        """Return where the value of a number is, as the beginning of a sentence."""
        columns = self.tensor.columns
        if columns:
            return f"Column {columns[index % len(columns)]!r}, row {index // len(columns)}"
        return f"Tensor {self.tensor.name!r}, value {index}"

    def takes(self, index: int, *, infinite: bool) -> bool:
        """Tell whether the model takes a missing number there, or an infinite one."""
        rejected = self.signature.rejects_infinite if infinite else self.signature.rejects_missing
        columns = self.tensor.columns
        width = len(columns) or math.prod(size or 1 for size in self.tensor.shape[1:])
        place = index % max(1, width)
        return (columns[place] if columns else str(place)) not in rejected


def elements_of(values: Sequence[Any], place: Place) -> np.ndarray[Any, Any]:
    """Return values as the elements of a tensor: one axis, row by row.

    Parameters
    ----------
    values : sequence
        As JSON or CSV gave them: numbers, texts, booleans, None.
    place : Place
        Where they come from.

    Raises
    ------
    RequestError
        A value is of another type, or beyond the range of the tensor's.
    """
    element = place.tensor.type
    if element == "str":
        return _texts(values, place)
    if element == "bool":
        return _booleans(values, place)
    if not set(map(type, values)) <= _NUMBERS:
        values = _numbers(values, place)
    if element.startswith("float"):
        return _floats(values, place)
    return _whole(values, place)


def narrowed(wide: np.ndarray[Any, Any], place: Place) -> np.ndarray[Any, Any]:
    """Return numbers as a tensor's floats, in the shape in which they come.

    Raises
    ------
    RequestError
        One is beyond the range, or is missing or infinite where the model takes no such number.
    """
    with np.errstate(over="ignore"):
        values = wide.astype(place.tensor.type, copy=False)
    if np.isfinite(values).all():
        return values
    flat, source = values.ravel(), wide.ravel()
    for index in np.flatnonzero(~np.isfinite(flat)).tolist():
        if np.isfinite(source[index]):
            raise RequestError(f"{place.named(index)}: the number is beyond the range of {place.tensor.type}.")
        if np.isnan(flat[index]) and not place.takes(index, infinite=False):
            raise RequestError(f"{place.named(index)}: it is missing, and the model takes no missing value there.")
        if np.isinf(flat[index]) and not place.takes(index, infinite=True):
            raise RequestError(f"{place.named(index)}: it is infinite, which the model does not take there.")
    return values


def _texts(values: Sequence[Any], place: Place) -> np.ndarray[Any, Any]:
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise RequestError(f"{place.named(index)}: it holds texts, and this {_word(value)}.")
        if "\x00" in value or (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)):
            raise RequestError(f"{place.named(index)}: the text has characters that a tensor cannot hold.")
    return np.array(values, dtype=object)


def _booleans(values: Sequence[Any], place: Place) -> np.ndarray[Any, Any]:
    for index, value in enumerate(values):
        if type(value) is not bool and not (type(value) in _NUMBERS and value in (0, 1)):
            raise RequestError(f"{place.named(index)}: it holds true or false, and this {_word(value)}.")
    return np.array(values, dtype=bool)


def _numbers(values: Sequence[Any], place: Place) -> list[Any]:
    """Return the values with NaN for what is missing."""
    for index, value in enumerate(values):
        if value is not None and type(value) not in _NUMBERS:
            raise RequestError(f"{place.named(index)}: it holds numbers, and this {_word(value)}.")
    return [math.nan if value is None else value for value in values]


def _floats(numbers: Sequence[Any], place: Place) -> np.ndarray[Any, Any]:
    try:
        return narrowed(np.array(numbers, dtype=np.float64), place)
    except OverflowError:
        index = next(index for index, number in enumerate(numbers) if abs(number) > 10**308)
        raise RequestError(f"{place.named(index)}: the number is beyond the range of {place.tensor.type}.") from None


def _whole(numbers: Sequence[Any], place: Place) -> np.ndarray[Any, Any]:
    bounds = np.iinfo(place.tensor.type)
    for index, number in enumerate(numbers):
        if number != number:
            raise RequestError(f"{place.named(index)}: it is missing, and whole numbers have no word for that.")
        if isinstance(number, float) and not number.is_integer():
            raise RequestError(f"{place.named(index)}: it holds whole numbers, and this is none.")
        if not bounds.min <= number <= bounds.max:
            raise RequestError(f"{place.named(index)}: the number is beyond the range of {place.tensor.type}.")
    return np.array([int(number) for number in numbers], dtype=place.tensor.type)


def _word(value: Any) -> str:
    return "is missing" if value is None else f"is {_WORDS.get(type(value), 'something else')}"
