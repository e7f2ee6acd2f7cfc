"""Rows that belong together stand in one order: where pandas' indexes say otherwise, the numbers would be wrong."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from ...exceptions import UsageError

if TYPE_CHECKING:
    import pandas as pd


def demand_one_order(columns: Mapping[str, Any]) -> None:
    """Refuse columns whose labels say that they are not about the same rows in the same order.

    Libraries put them together by position, whatever their indexes say. Rows that are merely numbered from 0 say
    nothing of where they come from, and are taken as they stand.

    Parameters
    ----------
    columns : Mapping
        Name to rows, outcome, feature or weights. What is not pandas' has no labels; lengths are told of elsewhere.

    Raises
    ------
    UsageError
        Two of them hold the same labels at different places, or labels of other rows.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return
    labels = {name: rows.index for name, rows in columns.items() if isinstance(rows, pandas.DataFrame | pandas.Series)}
    for (one, those), (other, these) in combinations(labels.items(), 2):
        if len(those) == len(these) and not those.equals(these):
            _demand_one_order(one, those, other, these)


def _demand_one_order(one: str, those: pd.Index, other: str, these: pd.Index) -> None:
    are_shared = those.isin(these)
    is_numbered = _is_numbered(those) or _is_numbered(these)
    if is_numbered and not (are_shared.all() and those.is_unique):
        return
    as_it_is = f"or give {other}.to_numpy() where it is right as it is."
    if are_shared.any():
        raise UsageError(
            f"{other} is not in the order of {one}: rows of the same label stand at different places. "
            f"Order it alike, as {other}.loc[{one}.index] does, {as_it_is}"
        )
    raise UsageError(
        f"{other} is about other rows than {one}, as their indexes say. Take both from the same split, {as_it_is}"
    )


def _is_numbered(labels: pd.Index) -> bool:
    """Whether labels are what pandas gives to rows without any."""
    import pandas as pd

    return isinstance(labels, pd.RangeIndex) and labels.start == 0 and labels.step == 1
