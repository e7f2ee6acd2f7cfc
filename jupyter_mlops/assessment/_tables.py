"""Fairlearn's answers as the report's tables. Imports Fairlearn: load it late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame

from ..entities import FairnessBootstrap, FairnessGrouping, FairnessResult, FairnessSpread, Figure, figure, figure_value
from ._grouping import RowGroups
from ._intervals import intervals_of
from ._measures import Measure, Measures
from ._metric_frame import disaggregate
from ._question import FairnessQuestion
from ._resampling import Partition, resample
from ._strata import Strata
from ._withholding import Withheld, withhold

Table = tuple[tuple[Figure, ...], ...]

_DISPARITIES = {
    "demographic_parity": ("selection_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "equal_opportunity": ("true_positive_rate",),
}
"""What Fairlearn's named disparities are of; of two metrics the worse case counts, as with Fairlearn's default."""


@dataclass(frozen=True)
class Undefined:
    """Groups in which scikit-learn gives a metric a value by convention, because it has none there."""

    grouping: int
    metric: str
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Tables:
    """All that was computed."""

    overall: tuple[FairnessSpread, ...]
    groupings: tuple[FairnessGrouping, ...]
    results: tuple[FairnessResult, ...]
    undefined: tuple[Undefined, ...]


def compare_groups(
    measures: Measures,
    groups: Sequence[RowGroups],
    strata: Strata,
    question: FairnessQuestion,
    bootstrap: FairnessBootstrap | None,
) -> Tables:
    """Return the metrics of each model in each partition, and what Fairlearn makes of them."""
    compared = [
        _Comparison(measures, part, strata, question, hidden, at)
        for part, hidden, at in zip(groups, withhold(groups, strata, question.min_group), _parts(groups), strict=True)
    ]
    if bootstrap is not None:
        samples = resample([each.partition for each in compared], bootstrap.samples, bootstrap.seed, question.tell)
        for comparison, figures in zip(compared, samples, strict=True):
            comparison.bounds = intervals_of(
                figures, (bootstrap.low, bootstrap.high), has_strata=strata.codes is not None
            )
    names = list(measures.outcome.answers)
    first = compared[0]
    return Tables(
        overall=tuple(first.overall(model) for model in range(len(names))),
        groupings=tuple(comparison.grouping() for comparison in compared),
        results=tuple(
            comparison.result(model, number)
            for number, comparison in enumerate(compared)
            for model in range(len(names))
        ),
        undefined=tuple(
            Undefined(number, measure.metric.key, tuple(sorted(comparison.places(measure.undefined))))
            for number, comparison in enumerate(compared)
            for measure in comparison.measures.values()
            if measure.undefined
        ),
    )


def _parts(groups: Sequence[RowGroups]) -> list[str]:
    """Return what is counted while a partition's groups are asked for."""
    count = len(groups)
    return ["groups" if count == 1 else f"groups (partition {number} of {count})" for number in range(1, count + 1)]


class _Comparison:
    """One MetricFrame, read as tables: rows are metrics; columns are groups, or strata."""

    def __init__(
        self,
        measures: Measures,
        groups: RowGroups,
        strata: Strata,
        question: FairnessQuestion,
        hidden: Withheld,
        what: str,
    ) -> None:
        self._groups = groups
        self._strata = strata
        self._keys = [metric.key for metric in measures.metrics]
        cells = strata.cells(groups)
        counts = np.bincount(cells, minlength=len(groups) * max(1, len(strata.levels)))
        self._cells = np.flatnonzero(counts)
        self._sizes = counts[self._cells]
        self._withheld = hidden.cells[self._cells]
        is_unsure = (self._sizes < question.uncertain_below) | _of_one_class(measures, cells, counts)[self._cells]
        self._uncertain = is_unsure & ~self._withheld
        self.measures: dict[str, Measure] = measures.over(cells, hidden)
        self._frame: MetricFrame = disaggregate(
            self.measures,
            groups.codes,
            strata.codes,
            # All rows are one more, or as many as there are strata.
            lambda done: question.tell(what, done, len(self._cells) + max(1, len(strata.levels))),
        )
        self.bounds: dict[str, np.ndarray[Any, Any]] = {}
        shape = (max(1, len(strata.levels)), len(groups))
        self.partition = Partition(
            measures=self.measures,
            cells=cells,
            strata=shape[0],
            groups=shape[1],
            hidden=hidden,
            overall=self._frame.overall[list(self.measures)].to_numpy(dtype=float).reshape(shape[0], -1),
            by_group=self._of_cells(np.arange(len(counts))).reshape(*shape, -1),
        )

    def grouping(self) -> FairnessGrouping:
        """Return which groups there are, and how sure they are."""
        members = self._cells % len(self._groups)
        return FairnessGrouping(
            features=self._groups.features,
            levels=tuple(tuple(map(int, column[members])) for column in self._groups.levels),
            strata=() if self._strata.codes is None else tuple(map(int, self._cells // len(self._groups))),
            sizes=tuple(
                None if hidden else int(size) for size, hidden in zip(self._sizes, self._withheld, strict=True)
            ),
            uncertain=tuple(map(int, np.flatnonzero(self._uncertain))),
            suppressed=tuple(map(int, np.flatnonzero(self._withheld))),
            total=len(self._cells),
        )

    def places(self, cells: set[int]) -> list[int]:
        """Return the numbers of some cells among those that occur."""
        return [int(np.searchsorted(self._cells, cell)) for cell in cells]

    def overall(self, model: int) -> FairnessSpread:
        """Return a model's metrics of all rows, by stratum where there are any."""
        return self._spread(model, "overall", self._frame.overall)

    def result(self, model: int, number: int) -> FairnessResult:
        """Return a model's metrics by group, and what lies between the groups."""
        frame = self._frame
        place = self._of_model(model)
        bounds = [bound.reshape(-1, bound.shape[-1])[self._cells, place] for bound in self.bounds.get("by_group", ())]
        low, high = (_table(bound.T) for bound in bounds) if bounds else ((), ())
        difference = self._spread(model, "difference", frame.difference(method="between_groups"))
        ratio = self._spread(model, "ratio", frame.ratio(method="between_groups"))
        return FairnessResult(
            model=model,
            grouping=number,
            by_group=_table(self._of_cells(self._cells)[:, place].T),
            low=low,
            high=high,
            minimum=self._spread(model, "minimum", frame.group_min()),
            maximum=self._spread(model, "maximum", frame.group_max()),
            difference=difference,
            ratio=ratio,
            difference_to_overall=self._spread(model, "difference_to_overall", frame.difference(method="to_overall")),
            ratio_to_overall=self._spread(model, "ratio_to_overall", frame.ratio(method="to_overall")),
            disparities=self._disparities(difference, ratio),
        )

    def _spread(self, model: int, name: str, answer: pd.Series | pd.DataFrame) -> FairnessSpread:
        """Return a statistic: Fairlearn gives a series by metric, or a frame with a row a stratum."""
        figures = answer[list(self.measures)].to_numpy(dtype=float)
        place = self._of_model(model)
        values = _table(np.atleast_2d(figures)[:, place].T)
        if not self.bounds:
            return FairnessSpread(values=values)
        low, high = (_table(bound[:, place].T) for bound in self.bounds[name])
        return FairnessSpread(values=values, low=low, high=high)

    def _of_model(self, model: int) -> slice:
        """Return where a model's figures stand among those of all."""
        return slice(model * len(self._keys), (model + 1) * len(self._keys))

    def _of_cells(self, cells: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return figures by cell and measure; Fairlearn has a row for each group of each stratum, also without rows."""
        members, strata = cells % len(self._groups), cells // len(self._groups)
        index = members if self._strata.codes is None else pd.MultiIndex.from_arrays([strata, members])
        figures: np.ndarray[Any, Any] = self._frame.by_group[list(self.measures)].reindex(index).to_numpy(dtype=float)
        return figures

    def _disparities(self, difference: FairnessSpread, ratio: FairnessSpread) -> dict[str, tuple[Figure, ...]]:
        found: dict[str, tuple[Figure, ...]] = {}
        for name, keys in _DISPARITIES.items():
            if set(keys) <= set(self._keys):
                rows = [self._keys.index(key) for key in keys]
                found[f"{name}_difference"] = _worst(max, difference, rows)
                found[f"{name}_ratio"] = _worst(min, ratio, rows)
        return found


def _worst(choose: Callable[..., Any], spread: FairnessSpread, rows: list[int]) -> tuple[Figure, ...]:
    columns = zip(*(spread.values[row] for row in rows), strict=True)
    # As Fairlearn does it, in its order, and by the same `max` and `min`: NaN counts only where it stands first.
    return tuple(figure(choose(map(figure_value, column))) for column in columns)


def _of_one_class(measures: Measures, cells: np.ndarray[Any, Any], counts: np.ndarray[Any, Any]) -> Any:
    """Return for each cell whether its rows have all the same outcome: half of the rates mean nothing there."""
    if measures.outcome.task not in ("binary", "score"):
        return np.zeros(len(counts), dtype=bool)
    positives = np.bincount(cells[measures.outcome.truth == 1], minlength=len(counts))
    return (positives == 0) | (positives == counts)


def _table(figures: np.ndarray[Any, Any]) -> Table:
    return tuple(tuple(map(figure, row)) for row in figures.tolist())
