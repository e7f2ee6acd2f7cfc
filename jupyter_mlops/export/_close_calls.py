"""Rows at which a model is nearest to another answer: two classes with as many votes, a figure of which little is left.

Rounding decides such a row, and hardly any other; among a few hundred real rows there need be none, and among a
million that somebody sends there are some. They are sought among mixtures of real rows, by what the model says itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._quiet import answer_or_error

if TYPE_CHECKING:
    from ._estimator import Estimator
    from ._table import Table

    Array = np.ndarray[Any, Any]

_PORTION, _PORTIONS = 128, 8
_MOST = 32
"""So many of the mixtures are compared."""


def close_calls(subject: Estimator, real: Table, seed: int = 0) -> list[Table]:
    """Return the mixtures of real rows at which the model hesitates most; none where it takes none.

    Parameters
    ----------
    subject : Estimator
        Asked about portions of mixtures; one that it does not take is left out.
    real : Table
        Each value of a mixture is that of some row in the same column, or lies between two.
    seed : int
        Of everything that is drawn.
    """
    method = subject.telling
    if not len(real) or method is None:
        return []
    draw = np.random.default_rng(seed)
    rows: list[Table] = []
    certainty: list[Array] = []
    for _ in range(_PORTIONS):
        mixed = real.mixed(draw, _PORTION)
        said = answer_or_error(lambda mixed=mixed: subject.said((method,), mixed)[method])  # type: ignore[misc]  # mypy and defaults
        if not isinstance(said, Exception) and said.dtype.kind == "f" and said.shape[1]:
            rows.append(mixed)
            certainty.append(_certainty(said, method, labels=subject.has_labels))
    if not rows:
        return []
    nearest = np.argsort(np.concatenate(certainty), kind="stable")[:_MOST]
    return [type(real).joined(rows).take(np.sort(nearest))]


def _certainty(said: Array, method: str, *, labels: bool) -> Array:
    """Return how far each row is from another answer."""
    if labels and said.shape[1] > 1:
        scores = np.sort(-said if method == "transform" else said, axis=1)  # of clusters, the distances
        return np.asarray(scores[:, -1] - scores[:, -2])
    sizes = np.abs(said)
    return np.asarray(np.where(sizes > 0, sizes, np.inf).min(axis=1))  # zero is what an encoder says
