"""What the original says of the rows: asked once, whatever is tried afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..exceptions import UsageError
from ._quiet import answer_or_error
from ._reasons import reason_of
from ._subject import Rows, Subject

ALONE = 16
"""So many rows are also asked one by one."""


@dataclass(frozen=True)
class Answers:
    """Answers to some rows.

    Parameters
    ----------
    rows : Rows
        What was asked about.
    answered : ndarray of bool
        Which of them the original takes.
    by_method : dict of str to ndarray
        Of the answered rows, in order: shape (answered, ...).
    rejected : dict of str to int
        Reasons of those that it does not take.
    """

    rows: Rows
    answered: np.ndarray[Any, Any]
    by_method: dict[str, np.ndarray[Any, Any]]
    rejected: dict[str, int]


@dataclass(frozen=True)
class Lengths:
    """Answers to rows of other lengths than the real ones.

    Parameters
    ----------
    answers : tuple of Answers
        One of each length.
    given : bool
        Whether the user gave the rows: a file must take them. Otherwise they are made, where the model says that it
        takes them.
    """

    answers: tuple[Answers, ...] = ()
    given: bool = False

    @classmethod
    def asked(cls, subject: Subject, real: Rows, methods: tuple[str, ...]) -> Lengths:
        """Ask a model.

        Raises
        ------
        UsageError
            It takes none of those that the user gave.
        """
        answers = [ask(subject, other, methods) for other in real.others or subject.other_lengths(real)]
        refused = next((each for each in answers if not each.answered.any()), None)
        if real.others and refused is not None:
            reason = next(iter(refused.rejected), "there are no rows")
            raise UsageError(f"The model takes no rows of another length: {reason}. Name those that it takes with -X.")
        return cls(tuple(each for each in answers if each.answered.any()), bool(real.others))


@dataclass(frozen=True)
class Original:
    """A model with its answers to real rows and to generated ones.

    Parameters
    ----------
    empty : dict of str to tuple
        The shapes that it answers to a batch of no rows, by method; nothing where it takes none.
    lengths : Lengths
        Answers to rows of other lengths.
    alone : tuple of Answers
        To some of the real rows, one by one, where what stands beside a row could decide; nothing elsewhere.
    """

    subject: Subject
    methods: tuple[str, ...]
    real: Answers
    edge: Answers
    empty: dict[str, tuple[int, ...]] = field(default_factory=dict)
    lengths: Lengths = field(default_factory=lambda: Lengths())
    alone: tuple[Answers, ...] = ()

    @classmethod
    def asked(cls, subject: Subject, real: Rows, edge: Rows) -> Original:
        """Ask a model.

        Raises
        ------
        UsageError
            It answers none of the real rows.
        """
        methods = subject.methods(real)
        answers = ask(subject, real, methods)
        if not answers.answered.any():
            reason = next(iter(answers.rejected), "there are no rows")
            raise UsageError(f"The model answers no row of X: {reason}. Give rows as it takes them, with -X.")
        lengths = Lengths.asked(subject, real, methods)
        alone = _alone(subject, answers, methods) if subject.is_followed else ()
        answers = replace(answers, rows=real.with_others([each.rows for each in lengths.answers]))
        edges = ask(subject, edge, methods)
        return cls(subject, methods, answers, edges, _empty(subject, real, methods), lengths, alone)

    @property
    def model(self) -> Any:
        """The model itself."""
        return self.subject.model

    @property
    def has_labels(self) -> bool:
        """Whether `predict` names something."""
        return self.subject.has_labels

    @property
    def first(self) -> str:
        """The method that a file's first output answers."""
        return self.methods[0]


def ask(subject: Subject, rows: Rows, methods: tuple[str, ...]) -> Answers:
    """Return what a model says of rows. Rows that one of the methods rejects are found by halves."""
    reasons: Counter[str] = Counter()
    answered = np.zeros(len(rows), dtype=bool)

    def taken(places: np.ndarray[Any, Any]) -> list[dict[str, np.ndarray[Any, Any]]]:
        if not len(places):
            return []
        found = answer_or_error(lambda: subject.said(methods, rows.take(places)))
        if isinstance(found, Exception):
            if len(places) == 1:
                reasons[reason_of(found, 120)] += 1
                return []
            middle = len(places) // 2
            return taken(places[:middle]) + taken(places[middle:])
        answered[places] = True
        return [found]

    pieces = taken(np.arange(len(rows)))
    for method in methods:
        shapes = sorted({str(piece[method].shape[1:]) for piece in pieces})
        if len(shapes) > 1:
            raise UsageError(f"The model's answers have the shapes {' and '.join(shapes)}: no file could give both.")
    by_method = {method: np.concatenate([piece[method] for piece in pieces]) for method in methods if pieces}
    return Answers(rows, answered, by_method, dict(reasons))


def _alone(subject: Subject, real: Answers, methods: tuple[str, ...]) -> tuple[Answers, ...]:
    """Return answers to real rows that are asked one by one."""
    taken = np.flatnonzero(real.answered)
    places = taken[np.unique(np.linspace(0, len(taken) - 1, min(len(taken), ALONE)).astype(int))]
    return tuple(ask(subject, real.rows.take([place]), methods) for place in places)


def _empty(subject: Subject, real: Rows, methods: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    found = answer_or_error(lambda: subject.said(methods, real.take([])))
    if isinstance(found, Exception):
        return {}
    return {method: answer.shape for method, answer in found.items()}
