"""Metrics as functions of row numbers: what Fairlearn's MetricFrame calls with the rows of each group."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from ._counting import LabelPairs, formula_of
from ._metrics import Metric
from ._outcome import Outcome
from ._ranking import quick_equal
from ._sparing import CHECKED, Answer, Case, Sparing, case_of_labels, case_of_ranks
from ._withholding import Withheld

if TYPE_CHECKING:
    import numpy as np


_Remember = Callable[[Callable[[], float]], float]


class Measures:
    """The metrics of some models over one set of rows.

    Parameters
    ----------
    outcome : Outcome
        Truth and answers.
    metrics : sequence of Metric
        In the order of the report.
    weights : array, optional
        Of the rows.
    """

    def __init__(self, outcome: Outcome, metrics: Sequence[Metric], weights: np.ndarray[Any, Any] | None) -> None:
        self.outcome = outcome
        self.metrics = tuple(metrics)
        self.weights = weights
        self._of_all_rows: dict[str, float] = {}
        self._pairs = {name: outcome.pairs(name) for name in outcome.answers}

    @property
    def asked_anew(self) -> float:
        """How many of the measures a resample must ask a library for; one without the library's checks is a fifth."""
        return sum(
            0 if self._is_plain(metric) and formula_of(metric, pairs.width) else 0.2 if quick_equal(metric) else 1
            for pairs in self._pairs.values()
            for metric in self.metrics
        )

    def _is_plain(self, metric: Metric) -> bool:
        return self.weights is None or not metric.weighs

    def over(self, groups: np.ndarray[Any, Any], hidden: Withheld) -> dict[str, Measure]:
        """Return a function of row numbers for each model and metric.

        Parameters
        ----------
        groups : array of int, one a row
            Which cell of the report a row is in.
        hidden : Withheld
            Whose figures must not be known: they come out as NaN, and so take no part in any comparison.
        """
        rows = _Rows(groups, hidden)
        asked = ((number, name, metric) for number, name in enumerate(self.outcome.answers) for metric in self.metrics)
        measures: dict[str, Measure] = {}
        for number, name, metric in asked:
            key = f"{number}/{metric.key}"
            arrays, pairs = self.outcome.arrays(metric, name), self._pairs[name]
            measures[key] = Measure(metric, arrays, self.weights, rows, partial(self._remember, key), pairs)
        return measures

    def _remember(self, key: str, compute: Callable[[], float]) -> float:
        """Return a metric of all rows, which every partition asks for, and which is computed once."""
        if key not in self._of_all_rows:
            self._of_all_rows[key] = compute()
        return self._of_all_rows[key]


class Measure:
    """One metric of one model. Called with the numbers of rows, it takes what belongs to them and asks the metric.

    `formula` gives the same of counts of `pairs`; it is None where only the metric knows.
    """

    def __init__(
        self,
        metric: Metric,
        arrays: tuple[Any, Any],
        weights: Any,
        rows: _Rows,
        remember: _Remember,
        pairs: LabelPairs,
    ) -> None:
        self.metric = metric
        self.pairs = pairs
        self.undefined: set[int] = set()
        self._truth, self._said = arrays
        self._weights = weights if metric.weighs else None
        self.formula = formula_of(metric, pairs.width) if self._weights is None else None
        self._quick = quick_equal(metric) if self._weights is None and pairs.width == 2 else None
        self._rows = rows
        self._remember = remember
        self._has_worked = False
        self._sparing = Sparing() if rows.cells > CHECKED else None

    def quickly(self) -> Measure | None:
        """Return the same measure without the library's checks; None where there is nothing to save."""
        if self._quick is None:
            return None
        quick = copy(self)
        quick.metric = replace(self.metric, function=self._quick)
        quick._sparing = None
        return quick

    def __call__(self, positions: np.ndarray[Any, Any], _same: object) -> float:
        if self._rows.are_withheld(positions):
            return float("nan")
        if self._rows.are_all(positions):
            value = self._remember(partial(self._measure, positions))
            self._has_worked = True
            return value
        return self._measure(positions)

    def _measure(self, positions: np.ndarray[Any, Any]) -> float:
        case = self._case(positions) if self._sparing else None
        answer = self._sparing.answer(case, partial(self._told, positions)) if self._sparing and case else None
        answer = answer or self._told(positions)
        if answer.is_undefined:
            self.undefined |= self._rows.whole_cell(positions)
        return answer.value

    def _case(self, positions: np.ndarray[Any, Any]) -> Case | None:
        """Return what the figure of some rows follows from; None where only the library knows."""
        take, (labels, width) = self._rows.take, (self.pairs.codes, self.pairs.width)
        if self.formula is not None:
            return case_of_labels(take(labels, positions), width, self.formula)
        if self._quick is not None:
            return case_of_ranks(take(self._truth, positions), take(self._said, positions), self._quick)
        return None

    def _told(self, positions: np.ndarray[Any, Any]) -> Answer:
        """Ask the metric itself."""
        take = self._rows.take
        weights = {} if self._weights is None else {"sample_weight": take(self._weights, positions)}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            value = self._ask(take(self._truth, positions), take(self._said, positions), weights)
        told = " ".join(str(warning.message) for warning in caught)
        self._has_worked = True
        return Answer(value, is_undefined="ill-defined" in told or "not defined" in told)

    def _ask(self, truth: Any, said: Any, weights: dict[str, Any]) -> float:
        try:
            with _unchecked() if self._has_worked else nullcontext():
                value = self.metric.function(truth, said, **weights)
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            # MetricFrame begins with all rows: what fails there fails for a reason that the user must hear.
            if self._has_worked:
                return float("nan")
            words = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            raise UsageError(f"{self.metric.key} cannot be computed: {words}") from error
        try:
            return float(value)
        except (TypeError, ValueError):
            raise UsageError(
                f"{self.metric.key} returns a {type(value).__name__}, and one number is wanted. "
                "Give a function of y_true and y_pred that returns a number."
            ) from None


def _unchecked() -> AbstractContextManager[Any]:
    """Let scikit-learn believe that numbers are finite and options right.

    Both were checked with all rows; a bootstrap asks thousands of times about some of them, and checking took a third.
    """
    from sklearn import config_context

    context: AbstractContextManager[Any] = config_context(assume_finite=True, skip_parameter_validation=True)
    return context


class _Rows:
    """Indexes arrays by row numbers, each array once for all metrics that are asked about the same rows."""

    def __init__(self, groups: np.ndarray[Any, Any], hidden: Withheld) -> None:
        self._groups = groups
        self._hidden = hidden
        self.cells = hidden.cells.size
        self._positions: object = None
        self._are_all = False
        self._taken: dict[int, Any] = {}

    def take(self, array: Any, positions: np.ndarray[Any, Any]) -> Any:
        """Return the entries of some rows; of all rows in their order the array itself."""
        if self.are_all(positions):
            return array
        if id(array) not in self._taken:
            self._taken[id(array)] = array[positions]
        return self._taken[id(array)]

    def are_withheld(self, positions: np.ndarray[Any, Any]) -> bool:
        """Whether the rows are a cell's, or a stratum's, whose figures must not be known."""
        cell = self._groups[positions[0]]
        of_cell, of_stratum = bool(self._hidden.cells[cell]), self._hidden.hides_stratum_of(cell)
        if of_cell == of_stratum:
            return of_cell
        return of_cell if bool((self._groups[positions] == cell).all()) else of_stratum

    def whole_cell(self, positions: np.ndarray[Any, Any]) -> set[int]:
        """Return the cell that has exactly these rows; none for a resample of it, or for rows of several."""
        cell = int(self._groups[positions[0]])
        is_whole = _in_order(positions) and bool((self._groups[positions] == cell).all())
        return {cell} if is_whole and len(positions) == int((self._groups == cell).sum()) else set()

    def are_all(self, positions: np.ndarray[Any, Any]) -> bool:
        """Whether these are all rows in their order; a resample is not."""
        if positions is not self._positions:
            self._positions, self._taken = positions, {}
            is_long = len(positions) == len(self._groups)
            self._are_all = is_long and _in_order(positions)
        return self._are_all


def _in_order(positions: np.ndarray[Any, Any]) -> bool:
    """Whether rows stand as in the data; those of a resample do not."""
    return bool((positions[:-1] < positions[1:]).all())


def shared_metrics(outcome: Outcome, metrics: Iterable[Metric], *, is_asked: bool) -> list[Metric]:
    """Return the metrics that every model can answer; those that the user asked for must be among them.

    Raises
    ------
    UsageError
        A metric that was asked for is of scores that a model does not give.
    """
    metrics = list(metrics)
    if is_asked:
        for metric in metrics:
            for name in outcome.answers:
                outcome.arrays(metric, name)
        return metrics
    return [metric for metric in metrics if all(outcome.can(metric, name) for name in outcome.answers)]
