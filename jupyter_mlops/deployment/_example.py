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
    """Return the example row so many times, as onnxruntime takes it; numbers grow from row to row.

    An input that fixes its rows gets as many as it takes; one without an axis gets one value.
    """
    import numpy as np

    feeds = {}
    for tensor, values in zip(signature.inputs, example_row(signature, given), strict=True):
        count = (tensor.shape[0] or rows) if tensor.shape else 1
        shape = (count, *(size or 1 for size in tensor.shape[1:])) if tensor.shape else ()
        table = np.array([values] * count, dtype=object)
        if tensor.type not in ("str", "bool"):
            numbers = table.astype(np.float64) if "float" in tensor.type else table
            table = numbers + np.arange(count)[:, np.newaxis]
        feeds[tensor.name] = table.astype(object if tensor.type == "str" else tensor.type).reshape(shape)
    return feeds


def _made_up(kind: str, place: int) -> Value:
    if kind == "str":
        return "text"
    if kind == "bool":
        return place % 2 == 0
    return round(0.5 + place / 10, 1) if "float" in kind else place + 1
