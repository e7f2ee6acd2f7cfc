"""What the original says of the rows: asked once, whatever is tried afterwards."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..exceptions import UsageError
from ._table import Table

METHODS = ("predict", "predict_proba", "decision_function", "score_samples", "transform")
"""What an output of a file can be the answer to, in the order in which it is sought."""


@dataclass(frozen=True)
class Answers:
    """Answers to some rows.

    Parameters
    ----------
    table : Table
        The rows.
    answered : ndarray of bool
        Which of them the original takes.
    by_method : dict of str to ndarray
        Of the answered rows, in order: shape (answered, figures).
    rejected : dict of str to int
        Reasons of those that it does not take.
    """

    table: Table
    answered: np.ndarray[Any, Any]
    by_method: dict[str, np.ndarray[Any, Any]]
    rejected: dict[str, int]


@dataclass(frozen=True)
class Original:
    """A model with its answers to real rows and to generated ones.

    Parameters
    ----------
    has_labels : bool
        Whether `predict` names something, where nothing is near: a class, a cluster, an outlier.
    """

    model: Any
    methods: tuple[str, ...]
    has_labels: bool
    real: Answers
    edge: Answers

    @classmethod
    def asked(cls, model: Any, real: Table, edge: Table) -> Original:
        """Ask a model.

        Raises
        ------
        UsageError
            It answers none of the real rows.
        """
        from sklearn.base import is_classifier, is_clusterer, is_outlier_detector

        methods = tuple(name for name in METHODS if hasattr(model, name))
        if not methods:
            raise UsageError(f"{type(model).__name__} neither predicts nor transforms: nothing could be compared.")
        methods = _that_answer(model, real, methods)
        answers = ask(model, real, methods)
        if not answers.answered.any():
            reason = next(iter(answers.rejected), "there are no rows")
            raise UsageError(f"The model answers no row of X: {reason}. Give rows as it takes them, with -X.")
        labels = "predict" in methods and any(
            kind(model) for kind in (is_classifier, is_clusterer, is_outlier_detector)
        )
        return cls(model, methods, labels, answers, ask(model, edge, methods))

    @property
    def first(self) -> str:
        """The method that a file's first output answers."""
        return self.methods[0]


def ask(model: Any, table: Table, methods: tuple[str, ...]) -> Answers:
    """Return what a model says of rows. Rows that one of the methods rejects are found by halves."""
    reasons: Counter[str] = Counter()
    answered = np.zeros(len(table), dtype=bool)

    def taken(rows: np.ndarray[Any, Any]) -> list[dict[str, np.ndarray[Any, Any]]]:
        if not len(rows):
            return []
        try:
            found = {method: said(model, method, table.take(rows)) for method in methods}
        except Exception as error:  # noqa: BLE001  whatever a model raises, it does not take the row
            if len(rows) == 1:
                reasons[_reason(error)] += 1
                return []
            middle = len(rows) // 2
            return taken(rows[:middle]) + taken(rows[middle:])
        answered[rows] = True
        return [found]

    pieces = taken(np.arange(len(table)))
    by_method = {method: np.concatenate([piece[method] for piece in pieces]) for method in methods if pieces}
    return Answers(table, answered, by_method, dict(reasons))


def _that_answer(model: Any, table: Table, methods: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first method and those others that answer rows which it answers: some are there, and cannot."""
    first, *others = methods
    answers = ask(model, table, (first,))
    if not answers.answered.any():
        return (first,)
    accepted = table.take(answers.answered)
    working = [first]
    for method in others:
        try:
            said(model, method, accepted)
        except Exception:  # noqa: BLE001  it has the method and cannot: then no output is its answer
            continue
        working.append(method)
    return tuple(working)


def said(model: Any, method: str, table: Table) -> np.ndarray[Any, Any]:
    """Return what one method says, rows first: shape (rows, figures)."""
    with quiet():
        answer = getattr(model, method)(table.value)
    if hasattr(answer, "toarray"):
        answer = answer.toarray()
    if isinstance(answer, list) and answer and all(getattr(each, "ndim", 0) > 1 for each in answer):
        answer = np.stack(answer, axis=1)  # of several targets, one array each
    return rows_first(np.asarray(answer), len(table))


def rows_first(answer: np.ndarray[Any, Any], rows: int) -> np.ndarray[Any, Any]:
    """Return an answer as a table, one row a row that was asked about."""
    if answer.ndim > 1 and answer.shape[0] != rows and answer.shape[1] == rows:
        answer = np.moveaxis(answer, 1, 0)
    if answer.ndim == 0 or answer.shape[0] != rows:
        raise ValueError(f"an answer of shape {answer.shape} to {rows} rows")
    return answer.reshape(rows, -1) if rows else answer.reshape(0, int(np.prod(answer.shape[1:])))


class quiet(warnings.catch_warnings):
    """Nothing is said about overflows and old habits of a model: its answers are compared as they are."""

    def __enter__(self) -> Any:
        """Begin to be quiet."""
        entered = super().__enter__()
        warnings.simplefilter("ignore")
        self._numpy = np.errstate(all="ignore")
        self._numpy.__enter__()
        return entered

    def __exit__(self, *of: Any) -> None:
        """Warn again."""
        self._numpy.__exit__(*of)
        super().__exit__(*of)


def _reason(error: Exception) -> str:
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return line[:120].rstrip(". ")
