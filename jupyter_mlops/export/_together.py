"""Rows that have several names in the notebook, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..exceptions import UsageError
from ._table import Table
from ._tensors import Tensors


def rows_together(values: Sequence[Any], names: Sequence[str]) -> Any:
    """Return several frames, arrays, lists of texts, or tuples or dicts of arrays as one, which a model takes.

    Arrays that differ in the length of an axis are `Tensors`: a network takes them one length after the other.

    Parameters
    ----------
    values : sequence
        One value is returned as it is.
    names : sequence of str
        What the user calls them.

    Raises
    ------
    UsageError
        They are not of one kind.
    """
    if len(values) == 1:
        return values[0]
    if any(_is_tensors(value) for value in values):
        tensors = Tensors.joined([Tensors.of(value) for value in values])
        return tensors if tensors.others else tensors.value
    tables = [Table.of(value) for value in values]
    if len({(table.form, table.columns, table.width) for table in tables}) > 1:
        raise UsageError(f"{', '.join(names)} have not the same columns. Name rows of one kind with -X.")
    return Table.joined(tables).value


def _is_tensors(value: Any) -> bool:
    """Tell whether a value is no table: several inputs, or more axes than rows and columns, or one of numbers."""
    if isinstance(value, (tuple, dict)) or hasattr(value, "detach"):
        return True
    axes = getattr(value, "ndim", 2)
    return axes > 2 or (axes == 1 and getattr(getattr(value, "dtype", None), "kind", "O") in "fiub")
