"""Rows of a notebook as requests to an endpoint, and its answers as arrays again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...entities import Cell, OnnxSignature, OnnxTensor
from ...exceptions import DeploymentError, UsageError

if TYPE_CHECKING:
    import numpy as np

    from ...deployment import EndpointClient
    from ...export import Table, Tensors

_MOST_VALUES = 200_000
"""Of one request; its text stays well below what an endpoint reads."""


@dataclass(frozen=True)
class Said:
    """What an endpoint says of rows: its first output, and the others by name."""

    first: np.ndarray[Any, Any]
    others: dict[str, np.ndarray[Any, Any]]


def rows_of(X: Any, inputs: Sequence[OnnxTensor]) -> Table | Tensors:
    """Return rows as a model takes them: a table, or an array an input by its name where it takes tensors.

    Raises
    ------
    UsageError
        X is no rows, or not as many arrays as there are inputs.
    """
    from ...export import Table, Tensors

    is_table = len(inputs) < 2 and all(len(tensor.shape) < 3 for tensor in inputs)
    if is_table or any(tensor.columns for tensor in inputs):
        return Table.of(X)
    found = Tensors.of(X, len(inputs))
    names = found.keys or tuple(tensor.name for tensor in inputs)
    if len(names) != len(found.arrays):
        said = f"The model takes {len(names)} arrays, and X has {len(found.arrays)}"
        raise UsageError(f"{said}: give {', '.join(names)} in a dict.")
    return Tensors(found.arrays, "named", names)


def asked(client: EndpointClient, X: Any, inputs: Sequence[OnnxTensor] = ()) -> Said:
    """Return what an endpoint says of rows, sent in as many requests as they need.

    Parameters
    ----------
    inputs : sequence of OnnxTensor
        That its model takes; rows are a table where it is not known.

    Raises
    ------
    DeploymentError
        It refuses a row; the message names it.
    UsageError
        X is no rows.
    """
    import numpy as np

    table = rows_of(X, inputs)
    step = step_of(table)
    firsts: list[Any] = []
    others: dict[str, list[Any]] = {}
    for begin in range(0, max(1, len(table)), step):
        reply = client.ask("POST", "/invocations", body_of(table, begin, min(begin + step, len(table))))
        if reply.problem:
            raise DeploymentError(f"The endpoint refuses this: {reply.problem}")
        firsts += reply.data["predictions"]
        for name, values in reply.data.get("outputs", {}).items():
            others.setdefault(name, []).extend(values)
    return Said(np.array(firsts), {name: np.array(values) for name, values in others.items()})


def step_of(rows: Table | Tensors) -> int:
    """Return how many rows go into one request."""
    from ...export import Tensors

    width = sum(array[:1].size for array in rows.arrays) if isinstance(rows, Tensors) else rows.width
    return max(1, _MOST_VALUES // max(1, width))


def body_of(table: Table | Tensors, begin: int, end: int) -> bytes:
    """Return some rows as the JSON of a request."""
    from ...export import Tensors, missing

    part = table.take(range(begin, end))
    if isinstance(part, Tensors):
        return _said({"inputs": dict(zip(part.keys, (array.tolist() for array in part.arrays), strict=True))})
    columns = [
        [None if missing(value) else value for value in part.column(place).tolist()] for place in range(part.width)
    ]
    rows = list(zip(*columns, strict=True))
    if table.columns:
        return _said({"dataframe_split": {"columns": table.columns, "data": rows}})
    return _said({"instances": [row[0] for row in rows] if table.form == "texts" else rows})


def _said(request: dict[str, Any]) -> bytes:
    return json.dumps(request, default=_plain).encode()


def _plain(value: Any) -> Any:
    """Return a NumPy number as Python's."""
    import numpy as np

    if isinstance(value, (np.number, np.bool_)):
        return value.item()
    raise UsageError(
        f"The rows hold {type(value).__name__}, and an endpoint takes numbers, texts, and true or false. "
        "Give the columns that the model was trained on, in their types."
    )


def example_of(X: Any, signature: OnnxSignature) -> dict[str, Cell]:
    """Return the first of some rows by the model's columns; nothing where there are none, or they have no names."""
    from ...export import Table, missing

    columns = [column for tensor in signature.inputs for column in tensor.columns]
    if X is None or not columns:
        return {}
    table = Table.of(X)
    if not len(table) or not set(columns) <= set(table.columns):
        return {}
    found: dict[str, Cell] = {}
    for name in columns:
        value = table.take([0]).column(table.columns.index(name)).tolist()[0]
        if not missing(value) and not isinstance(value, (str, int, float, bool)):
            return {}
        if isinstance(value, int) and not -(2**63) <= value < 2**64:
            return {}  # the record has no room for it
        found[name] = None if missing(value) else value
    return found
