"""Of thousands of groups, the library is asked about those that tell it something new.

A figure of labels follows from how often each class was predicted for each other one, and an area under a curve from
two columns. Where both are as they should be (`is_plain`), a formula says the same to the last digit; it is believed
after it has said the same as the library of `CHECKED` groups, and never again once it has not. What is not plain, such
as a group of one outcome, is the library's to judge: it is asked once for each such case, and its answer, with whether
it warned, is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

CHECKED = 200
"""Groups of which formula and library must say the same. A report of fewer groups is the library's alone."""


@dataclass(frozen=True)
class Case:
    """What a figure of some rows follows from.

    Parameters
    ----------
    is_plain : bool
        Whether the formula is for it.
    key : hashable
        The same for cases of which a library says the same; looked at where the case is not plain.
    compute : callable
        The formula.
    """

    is_plain: bool
    key: Hashable
    compute: Callable[[], float]


@dataclass(frozen=True)
class Answer:
    """A figure, and whether the library warned that it is not defined."""

    value: float
    is_undefined: bool = False


class Sparing:
    """What a library need not be asked about one measure any more."""

    def __init__(self) -> None:
        self._agreed: float = 0
        self._known: dict[Hashable, Answer] = {}

    def answer(self, case: Case, ask: Callable[[], Answer]) -> Answer:
        """Return what the library says of a case, without asking where that is known."""
        if not case.is_plain:
            if case.key not in self._known:
                self._known[case.key] = ask()
            return self._known[case.key]
        if self._agreed >= CHECKED:
            return Answer(case.compute())
        asked = ask()
        self._agreed = self._agreed + 1 if _is_same(case.compute(), asked) else -math.inf
        return asked


def case_of_labels(pairs: Numbers, width: int, formula: Callable[[Numbers], Numbers]) -> Case:
    """Return the case of rows' labels: plain where each class occurs, both as truth and as prediction."""
    import numpy as np

    counts = np.bincount(pairs, minlength=width**2).reshape(width, width)
    is_plain = bool(counts.any(0).all() and counts.any(1).all())
    return Case(is_plain, counts.tobytes(), lambda: float(formula(counts[None])[0]))


def case_of_ranks(truth: Numbers, scores: Numbers, function: Callable[[Numbers, Numbers], float]) -> Case:
    """Return the case of scores: plain where both classes occur; of one alone, the scores mean nothing."""
    is_plain = bool(truth.min() != truth.max())
    return Case(is_plain, int(truth[0]), lambda: function(truth, scores))


def _is_same(value: float, asked: Answer) -> bool:
    return not asked.is_undefined and (value == asked.value or (math.isnan(value) and math.isnan(asked.value)))
