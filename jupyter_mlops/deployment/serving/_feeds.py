"""Rows by name, or nested lists by name, as the tensors that the model is fed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from ._errors import RequestError
from ._frames import Frame, Nested, is_of_tensors, width_of
from ._signature import Signature, Tensor
from ._values import Place, elements_of


class Feeds(NamedTuple):
    """Tensors by name, and how many rows they hold."""

    tensors: dict[str, np.ndarray[Any, Any]]
    rows: int


def feeds_of(content: Frame | Nested, signature: Signature, most_rows: int) -> Feeds:
    """Return what a request's rows are as tensors.

    Raises
    ------
    RequestError
        A column is missing, unknown or there twice, a value is not of its type, or there are too many rows.
    """
    if isinstance(content, Frame):
        return _of_frame(content, signature, most_rows)
    return _of_nested(content, signature, most_rows)


def flat(value: Any, name: str) -> tuple[list[Any], tuple[int, ...]]:
    """Return nested lists as one list, and the shape.

    Raises
    ------
    RequestError
        They are not equally long.
    """
    if not isinstance(value, list):
        raise RequestError(f"Tensor {name!r} is a list.")
    shape = [len(value)]
    while value and isinstance(value[0], list):
        width = len(value[0])
        if not all(isinstance(each, list) and len(each) == width for each in value):
            raise RequestError(f"Tensor {name!r}: its lists are not equally long.")
        shape.append(width)
        value = list(chain.from_iterable(value))
    return value, tuple(shape)


def check_rows(rows: int, most: int) -> None:
    """Refuse more rows than one request may have.

    Raises
    ------
    RequestError
        There are more; 413.
    """
    if rows > most:
        raise RequestError(f"A request has at most {most:,} rows; this one has {rows:,}. Send them in parts.", 413)


def _of_frame(frame: Frame, signature: Signature, most: int) -> Feeds:
    rows = frame.rows
    check_rows(len(rows), most)
    columns = signature.columns
    width = len(rows[0]) if rows else len(frame.names or columns)
    if frame.names is not None and len(frame.names) != width:
        raise RequestError(f"A row has {width} values, and there are {len(frame.names)} names of columns.")
    if not columns:
        return Feeds(_by_position(frame, signature, width), len(rows))
    places = _places(frame, columns, width)
    tensors, begin = {}, 0
    for tensor in signature.inputs:
        chosen = places[begin : begin + len(tensor.columns)]
        begin += len(tensor.columns)
        tensors[tensor.name] = _tensor(rows, chosen, width, tensor, signature)
    return Feeds(tensors, len(rows))


def _tensor(
    rows: Sequence[Sequence[Any]], chosen: list[int], width: int, tensor: Tensor, signature: Signature
) -> np.ndarray[Any, Any]:
    if chosen == list(range(width)):
        values = list(chain.from_iterable(rows))
    else:
        values = [row[place] for row in rows for place in chosen]
    elements = elements_of(values, Place(tensor, signature))
    return elements if len(tensor.shape) == 1 else elements.reshape(len(rows), len(chosen))


def _places(frame: Frame, columns: tuple[str, ...], width: int) -> list[int]:
    """Return where in a row each column of the model is."""
    if frame.names is None:
        if width != len(columns):
            raise RequestError(f"A row has {width} values, and the model takes {len(columns)}: {_listed(columns)}.")
        return list(range(width))
    if frame.names == columns:
        return list(range(width))
    found = {name: place for place, name in enumerate(frame.names)}
    if len(found) != width:
        twice = next(name for name in frame.names if frame.names.count(name) > 1)
        raise RequestError(f"Column {twice[:80]!r} is there twice.")
    absent = [column for column in columns if column not in found]
    if absent:
        raise RequestError(f"Missing in the request: {_columns(absent)}.")
    if len(found) > len(columns):
        known = set(columns)
        unknown = [name[:80] for name in frame.names if name not in known]
        raise RequestError(f"Unknown to the model: {_columns(unknown)}. It takes {_listed(columns)}.")
    return [found[column] for column in columns]


def _by_position(frame: Frame, signature: Signature, width: int) -> dict[str, np.ndarray[Any, Any]]:
    """Return the one tensor of a model whose columns have no names: the order counts."""
    if is_of_tensors(signature):
        named = _listed([tensor.name for tensor in signature.inputs])
        raise RequestError(f"The model takes no table. Send inputs, an object with a nested list for each of {named}.")
    (tensor,) = signature.inputs
    wanted = width_of(tensor)
    if wanted is not None and frame.rows and width != wanted:
        raise RequestError(f"A row has {width} values, and the model takes {wanted}.")
    elements = elements_of(list(chain.from_iterable(frame.rows)), Place(tensor, signature))
    shape = (len(frame.rows),) if len(tensor.shape) == 1 else (len(frame.rows), width)
    return {tensor.name: elements.reshape(shape)}


def _of_nested(nested: Nested, signature: Signature, most: int) -> Feeds:
    known = [tensor.name for tensor in signature.inputs]
    absent = [name for name in known if name not in nested]
    unknown = [str(name)[:80] for name in nested if name not in known]
    if absent or unknown:
        raise RequestError(
            f"Tensor {_listed(absent)} is missing." if absent else f"Tensor {_listed(unknown)} is unknown."
        )
    tensors = {}
    for tensor in signature.inputs:
        values, shape = flat(nested[tensor.name], tensor.name)
        check_shape(shape, tensor)
        check_rows(shape[0], most)
        tensors[tensor.name] = elements_of(values, Place(tensor, signature)).reshape(shape)
    return Feeds(tensors, same_rows(tensors))


def check_shape(shape: tuple[int, ...], tensor: Tensor) -> None:
    """Refuse a shape that the model does not take.

    Raises
    ------
    RequestError
        It has another number of axes, or one of another size.
    """
    wanted = tensor.shape
    if len(shape) != len(wanted) or any(want not in (None, size) for want, size in zip(wanted, shape, strict=True)):
        said = ", ".join(
            str(size) if size is not None else "any" if place else "rows" for place, size in enumerate(wanted)
        )
        raise RequestError(f"Tensor {tensor.name!r} has shape {list(shape)}, and the model takes [{said}].")


def same_rows(tensors: dict[str, np.ndarray[Any, Any]]) -> int:
    """Return how many rows all tensors have.

    Raises
    ------
    RequestError
        They differ.
    """
    counts = {name: array.shape[0] if array.ndim else 1 for name, array in tensors.items()}
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{name!r} {rows}" for name, rows in counts.items())
        raise RequestError(f"The tensors have different numbers of rows: {said}.")
    return next(iter(counts.values()), 0)


def _columns(names: Sequence[str]) -> str:
    return f"column{'s' if len(names) > 1 else ''} {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5:,} more"
