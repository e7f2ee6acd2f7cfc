"""Labels and shares of several targets, as the outputs of a file have them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import constant, node


def write_targets(
    scope: Any, container: Any, outputs: Any, labels: list[str], shares: list[str], *, alike: bool
) -> None:
    """Write a column of labels for each target, and their tables of shares, one behind the other.

    Parameters
    ----------
    outputs : list
        The operator's: labels and shares.
    labels, shares : list of str
        One of each target: shapes (rows, 1) and (rows, classes).
    alike : bool
        Whether all have as many classes. Otherwise the tables stand side by side, which no array of the original is:
        they are left out of the file.
    """
    label, share = (output.full_name for output in outputs)
    node(scope, container, "Concat", labels, label, axis=1)
    if not alike:
        node(scope, container, "Concat", shares, share, axis=1)
        return
    first = constant(scope, container, np.array([0]))
    tables = [node(scope, container, "Unsqueeze", [table, first]) for table in shares]
    node(scope, container, "Concat", tables, share, axis=0)
