"""Fairlearn's bootstrap, all partitions at once: the same resamples, the same figures, without a frame for each.

Fairlearn draws the rows of each resample again for each partition, groups a frame, and asks each metric anew. Here a
resample is drawn once; metrics of labels are told from counts (`_counting.py`), others are asked with the rows that
Fairlearn would hand them, in its order. A formula that does not give on the data what the library gave is not used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._counting import Formula, LabelPairs
from ._measures import Measure
from ._question import Tell
from ._withholding import Withheld

Numbers = np.ndarray[Any, Any]
_MOST_COUNTS = 4_000_000
"""Of a table of counts; larger ones would cost more than they save."""


@dataclass(frozen=True)
class Partition:
    """Rows in groups, what is measured of them, and what Fairlearn said of all rows.

    Parameters
    ----------
    measures : Mapping
        Functions of row numbers; their order is that of the figures.
    cells : array of int, one a row
        Stratum times `groups`, plus group.
    strata, groups : int
        How many; one stratum where there are no control features.
    hidden : Withheld
        Cells and strata without figures.
    overall, by_group : array
        What is known: a figure by stratum and measure; by stratum, group and measure.
    """

    measures: Mapping[str, Measure]
    cells: Numbers
    strata: int
    groups: int
    hidden: Withheld
    overall: Numbers
    by_group: Numbers


@dataclass(frozen=True)
class Samples:
    """Figures of all resamples; NaN for what does not occur in one.

    Parameters
    ----------
    overall : array
        By resample, stratum and measure.
    by_group : array
        By resample, stratum, group and measure.
    """

    overall: Numbers
    by_group: Numbers


def resample(partitions: Sequence[Partition], times: int, seed: int, tell: Tell) -> list[Samples]:
    """Return the figures of each partition in each of Fairlearn's resamples."""
    rows = len(partitions[0].cells)
    drawers = [_Drawer(partition, times) for partition in partitions]
    seeds = np.random.default_rng(seed).integers(0, np.iinfo(np.uint32).max, size=times, dtype=np.uint32)
    for number, one in enumerate(seeds):
        tell("resamples", number, times)
        drawn = np.random.RandomState(one).choice(rows, size=rows, replace=True)
        for drawer in drawers:
            drawer.draw(number, drawn, drawers[0].samples.overall[number])
    tell("resamples", times, times)
    return [drawer.samples for drawer in drawers]


class _Drawer:
    """Fills the tables of one partition, resample by resample."""

    def __init__(self, partition: Partition, times: int) -> None:
        self._partition = partition
        self._shape = (partition.strata, partition.groups)
        self.samples = Samples(
            overall=np.full((times, partition.strata, len(partition.measures)), np.nan),
            by_group=np.full((times, *self._shape, len(partition.measures)), np.nan),
        )
        self._told: dict[int, tuple[LabelPairs, Formula]] = {}
        self._asked: dict[int, Measure] = {}
        everything = np.arange(len(partition.cells))
        tables = self._tables(everything, partition.cells, {measure.pairs for measure in partition.measures.values()})
        for place, measure in enumerate(partition.measures.values()):
            formula, counts = measure.formula, tables.get(measure.pairs)
            if (
                formula is not None
                and counts is not None
                and self._is_exact(place, formula(counts), formula(counts.sum(1)))
            ):
                self._told[place] = (measure.pairs, formula)
            else:
                self._asked[place] = measure
        self._asked |= self._quick(everything)
        self._counted = {pairs for pairs, _ in self._told.values()}

    def draw(self, number: int, drawn: Numbers, of_first: Numbers) -> None:
        """Write the figures of a resample; those of all its rows are what the first partition was told."""
        part, overall, by_group = self._partition, self.samples.overall[number], self.samples.by_group[number]
        cells = part.cells[drawn]
        tables = self._tables(drawn, cells, self._counted)
        for place, (pairs, formula) in self._told.items():
            by_group[..., place], overall[:, place] = formula(tables[pairs]), formula(tables[pairs].sum(1))
        if self._asked:
            _ask(self._asked, drawn, cells, by_group.reshape(-1, by_group.shape[-1]))
            if np.shares_memory(overall, of_first):
                _ask(self._asked, drawn, cells // part.groups, overall)
            else:
                overall[:, list(self._asked)] = of_first[:, list(self._asked)]
        occurs = (np.bincount(cells, minlength=part.strata * part.groups) > 0).reshape(self._shape)
        is_withheld = occurs & part.hidden.cells.reshape(self._shape)
        by_group[~occurs | is_withheld] = np.nan
        # A stratum without rows, or with rows of one cell only, whose figures must not be known.
        overall[~occurs.any(1) | part.hidden.strata | ((occurs.sum(1) == 1) & is_withheld.any(1))] = np.nan

    def _quick(self, rows: Numbers) -> dict[int, Measure]:
        """Return what can be asked in a quicker way."""
        part = self._partition
        quick = {place: found for place, measure in self._asked.items() if (found := measure.quickly())}
        by_group, overall = np.full_like(part.by_group, np.nan), np.full_like(part.overall, np.nan)
        _ask(quick, rows, part.cells, by_group.reshape(-1, by_group.shape[-1]))
        _ask(quick, rows, part.cells // part.groups, overall)
        return {
            place: measure
            for place, measure in quick.items()
            if self._is_exact(place, by_group[..., place], overall[:, place])
        }

    def _tables(self, rows: Numbers, cells: Numbers, wanted: set[LabelPairs]) -> dict[LabelPairs, Numbers]:
        """Return how often each label met each other one, by stratum and group; nothing that is too large."""
        count = self._shape[0] * self._shape[1]
        return {
            pairs: np.bincount(cells * pairs.width**2 + pairs.codes[rows], minlength=count * pairs.width**2).reshape(
                *self._shape, pairs.width, pairs.width
            )
            for pairs in wanted
            if count * pairs.width**2 <= _MOST_COUNTS
        }

    def _is_exact(self, place: int, by_group: Numbers, overall: Numbers) -> bool:
        """Whether figures are what the library gave, of each group that has one and of all rows."""
        part = self._partition
        occurs = np.bincount(part.cells, minlength=part.hidden.cells.size) > 0
        known, seen = (occurs & ~part.hidden.cells).reshape(self._shape), ~part.hidden.strata
        return np.array_equal(by_group[known], part.by_group[known][:, place], equal_nan=True) and np.array_equal(
            overall[seen], part.overall[seen, place], equal_nan=True
        )


def _ask(measures: Mapping[int, Measure], rows: Numbers, cells: Numbers, figures: Numbers) -> None:
    """Write what measures say of the rows of each cell, in the order in which the rows are given."""
    order = np.argsort(cells, kind="stable")
    starts = np.flatnonzero(np.diff(cells[order], prepend=-1))
    for cell, positions in zip(cells[order][starts], np.split(rows[order], starts[1:]), strict=True):
        for place, measure in measures.items():
            figures[cell, place] = measure(positions, positions)
