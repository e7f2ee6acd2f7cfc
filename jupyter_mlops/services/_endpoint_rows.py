"""Rows of a notebook as requests to an endpoint, and its answers as arrays again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..entities import Cell, OnnxSignature
from ..exceptions import DeploymentError, UsageError

if TYPE_CHECKING:
    import numpy as np

    from ..deployment import EndpointClient
    from ..export import Table

_MOST_VALUES = 200_000
"""Of one request; its text stays well below what an endpoint reads."""


@dataclass(frozen=True)
class Said:
    """What an endpoint says of rows: its first output, and the others by name."""

    first: np.ndarray[Any, Any]
    others: dict[str, np.ndarray[Any, Any]]


def asked(client: EndpointClient, X: Any) -> Said:
    """Return what an endpoint says of rows, sent in as many requests as they need.

    Raises
    ------
    DeploymentError
        It refuses a row; the message names it.
    UsageError
        X is no rows.
    """
    import numpy as np

    from ..export import Table

    table = Table.of(X)
    step = max(1, _MOST_VALUES // max(1, table.width))
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


def body_of(table: Table, begin: int, end: int) -> bytes:
    """Return some rows as the JSON of a request."""
    from ..export import missing

    part = table.take(range(begin, end))
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
    from ..export import Table, missing

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
