"""A row that a model takes: the user's own where one was named, else one made up from the signature."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..entities import OnnxSignature, OnnxTensor

if TYPE_CHECKING:
    import numpy as np

Value = bool | int | float | str
"""Of a cell in a table."""


def width_of(tensor: OnnxTensor) -> int:
    """Return how many values a row has in a tensor; an axis whose size is free counts as one."""
    return math.prod(size or 1 for size in tensor.shape[1:])


def example_row(signature: OnnxSignature, given: tuple[Value, ...] = ()) -> list[tuple[Value, ...]]:
    """Return one row's values for each input.

    Parameters
    ----------
    signature : OnnxSignature
        Of the model.
    given : tuple
        A row, its values in the order of the inputs' columns; taken when it has as many as the model wants.
    """
    widths = [width_of(tensor) for tensor in signature.inputs]
    values = list(given) if len(given) == sum(widths) else []
    if not values:
        values = [
            _made_up(tensor.type, place)
            for tensor, n in zip(signature.inputs, widths, strict=True)
            for place in range(n)
        ]
    row, start = [], 0
    for width in widths:
        row.append(tuple(values[start : start + width]))
        start += width
    return row


def example_feeds(
    signature: OnnxSignature, rows: int, given: tuple[Value, ...] = ()
) -> dict[str, np.ndarray[Any, Any]]:
    """Return the example row so many times, as onnxruntime takes it; numbers grow from row to row."""
    import numpy as np

    feeds = {}
    for tensor, values in zip(signature.inputs, example_row(signature, given), strict=True):
        shape = (rows, *(size or 1 for size in tensor.shape[1:]))
        table = np.array([values] * rows, dtype=object).reshape(shape)
        if tensor.type == "str":
            feeds[tensor.name] = table
        else:
            steps = np.arange(rows).reshape(rows, *[1] * (len(shape) - 1))
            numbers = table.astype(np.float64) if "float" in tensor.type else table
            feeds[tensor.name] = (
                numbers.astype(tensor.type) if tensor.type == "bool" else (numbers + steps).astype(tensor.type)
            )
    return feeds


def _made_up(kind: str, place: int) -> Value:
    if kind == "str":
        return "text"
    if kind == "bool":
        return place % 2 == 0
    return round(0.5 + place / 10, 1) if "float" in kind else place + 1
