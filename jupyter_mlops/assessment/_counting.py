"""Metrics of labels, told from how often each label was predicted for each other one: exact equals of the libraries'.

A bootstrap wants thousands of figures, and scikit-learn takes a millisecond for one, mostly to check what it is given.
Of counts, all resamples' figures are a few divisions. They are the libraries' own to the last digit because these
divide the same whole numbers; what adds up fractions is not here. `_resampling.py` uses a formula only where it gives,
on the data itself, what the library gave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ._metrics import Metric

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

Formula = Callable[["Numbers"], "Numbers"]
"""Of tables of counts, whose last two dimensions are the true and the predicted class."""

_MOST_AVERAGED = 7
"""Classes that numpy adds up one after the other; of more, it adds partial sums, in an order of its own."""


@dataclass(frozen=True, eq=False)
class LabelPairs:
    """What each row is and what a model says it is.

    Parameters
    ----------
    codes : array of int, one a row
        The number of the true class times `width`, plus that of the predicted one.
    width : int
        How many classes there are; 1 where nothing but rows is counted.
    """

    codes: Numbers
    width: int


def formula_of(metric: Metric, classes: int) -> Formula | None:
    """Return a metric as a function of counts; None where the library must be asked.

    Parameters
    ----------
    metric : Metric
        Without weights.
    classes : int
        How many the counts are of; 1 where they are of rows only.
    """
    inner: Any = metric.function
    keywords = inner.keywords if isinstance(inner, partial) else {}
    inner = inner.func if isinstance(inner, partial) else inner
    if metric.own or metric.wants != "labels" or not str(inner.__module__).startswith(("sklearn.", "fairlearn.")):
        return None
    name = inner.__name__
    if metric.of_class is not None:
        formula = None if keywords else _OF_TWO.get(name)
        return formula and partial(_against_the_rest, formula, metric.of_class)
    if keywords == {"average": "macro"}:
        return _AVERAGED.get(name) if 2 <= classes <= _MOST_AVERAGED else None
    return None if keywords else _formulas(classes).get(name)


def _formulas(classes: int) -> dict[str, Formula]:
    known: dict[str, Formula] = {"count": _count}
    if classes > 1:
        known["accuracy_score"] = _accuracy
    if 1 < classes <= _MOST_AVERAGED:
        known["balanced_accuracy_score"] = _balanced_accuracy
    return known | _OF_TWO if classes == 2 else known


def _against_the_rest(formula: Formula, number: int, counts: Numbers) -> Numbers:
    """Return what a formula of two classes makes of one class and all the others together."""
    import numpy as np

    both = counts[..., number, number]
    missed, wrong = counts[..., number, :].sum(-1) - both, counts[..., :, number].sum(-1) - both
    neither = _count(counts) - both - missed - wrong
    return formula(np.stack([np.stack([neither, wrong], -1), np.stack([missed, both], -1)], -2))


def _share(part: Numbers, whole: Numbers) -> Numbers:
    """Divide; a part of nothing is 0, by the convention of both libraries."""
    import numpy as np

    return np.asarray(np.divide(part, whole, out=np.zeros(whole.shape), where=whole != 0))


def _count(counts: Numbers) -> Numbers:
    rows: Numbers = counts.sum((-2, -1))
    return rows


def _accuracy(counts: Numbers) -> Numbers:
    return _share(_right(counts).sum(-1), _count(counts))


def _right(counts: Numbers) -> Numbers:
    return counts.diagonal(axis1=-2, axis2=-1)


def _precision(counts: Numbers) -> Numbers:
    """Return one figure a class."""
    return _share(_right(counts), counts.sum(-2))


def _recall(counts: Numbers) -> Numbers:
    return _share(_right(counts), counts.sum(-1))


def _f1(counts: Numbers) -> Numbers:
    return _share(2.0 * _right(counts), counts.sum(-1) + counts.sum(-2))


def _balanced_accuracy(counts: Numbers) -> Numbers:
    return _mean(_recall(counts), counts.sum(-1) > 0)


def _averaged(each: Formula) -> Formula:
    """Average over the classes that occur, be it as truth or as prediction."""
    return lambda counts: _mean(each(counts), counts.sum(-1) + counts.sum(-2) > 0)


def _mean(figures: Numbers, counted: Numbers) -> Numbers:
    """Return the mean of some figures along the last axis, added up from the first to the last."""
    total = sum((figures * counted)[..., place] for place in range(figures.shape[-1]))
    return _share(total, counted.sum(-1))  # type: ignore[arg-type]  # sum() may be 0 of nothing


def _row(truth: int, said: int) -> Formula:
    """Return the share of a true class that a class was predicted for."""
    return lambda counts: _share(counts[..., truth, said], counts[..., truth, :].sum(-1))


_OF_TWO: dict[str, Formula] = {
    "selection_rate": lambda counts: _share(counts[..., :, 1].sum(-1), _count(counts)),
    "true_positive_rate": _row(1, 1),
    "false_negative_rate": _row(1, 0),
    "false_positive_rate": _row(0, 1),
    "true_negative_rate": _row(0, 0),
    "precision_score": lambda counts: _precision(counts)[..., 1],
    "recall_score": lambda counts: _recall(counts)[..., 1],
    "f1_score": lambda counts: _f1(counts)[..., 1],
}

_AVERAGED: dict[str, Formula] = {
    "precision_score": _averaged(_precision),
    "recall_score": _averaged(_recall),
    "f1_score": _averaged(_f1),
}
