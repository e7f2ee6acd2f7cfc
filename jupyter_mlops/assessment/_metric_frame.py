"""Fairlearn's MetricFrame over the numbers of rows. The one module that imports Fairlearn at its top: load it late.

MetricFrame rebuilds each argument of each metric with `numpy.stack`, which makes an array of every single value: a
second for a million rows, again for each metric and each group. Here a row's "outcome" is its number; the metric is
handed the rows' outcomes by one indexing operation, shared by all metrics of the group. Fairlearn still groups, calls
the metrics and compares. A Fairlearn that does not ask `_construct_annotated_metric_function` any more
makes the same numbers, only slower.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame

Positions = np.ndarray[Any, Any]
Measure = Callable[[Positions, Positions], float]

GROUP, STRATUM = "group", "stratum"


def disaggregate(
    measures: Mapping[str, Measure], groups: Positions, strata: Positions | None, tell: Callable[[int], None]
) -> MetricFrame:
    """Return Fairlearn's account of some measures of row numbers.

    Parameters
    ----------
    measures : Mapping
        Key to function of row numbers (given twice, for truth and prediction).
    groups, strata : array of int, one a row
        Group, and stratum of the control features where there are any.
    tell : callable
        Hears how many groups are done.
    """
    rows = np.arange(len(groups))
    with warnings.catch_warnings():
        # A group without any figure makes a mean of nothing; that it is NaN is what the report says.
        warnings.simplefilter("ignore", RuntimeWarning)
        return _PositionFrame(
            _LastRead(tell),
            metrics=dict(measures),
            y_true=rows,
            y_pred=rows,
            sensitive_features=pd.Series(groups, name=GROUP),
            control_features=None if strata is None else pd.Series(strata, name=STRATUM),
        )


class _PositionFrame(MetricFrame):  # type: ignore[misc]  # Fairlearn has no types
    """A MetricFrame whose outcomes and predictions are numbers of rows."""

    def __init__(self, last_read: _LastRead, **account: Any) -> None:
        self._last_read = last_read
        super().__init__(**account)

    def _construct_annotated_metric_function(self, func: Measure, name: str, **_data: object) -> _Reading:
        """Return what Fairlearn calls with the rows of a group."""
        return _Reading(func, name, self._last_read)


class _LastRead:
    """The frame that was read last and its row numbers: all metrics of a group are asked one after the other."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._read = 0
        self._frame: object = None
        self._positions: Positions = np.empty(0, dtype=np.int64)

    def positions(self, frame: pd.DataFrame) -> Positions:
        if frame is not self._frame:
            self._frame, self._positions = frame, frame["y_true"].to_numpy()
            self._tell(self._read)
            self._read += 1
        return self._positions


class _Reading:
    """One metric of a frame of rows; stands where Fairlearn has its AnnotatedMetricFunction."""

    def __init__(self, measure: Measure, name: str, last_read: _LastRead) -> None:
        self.name = name
        self._measure = measure
        self._last_read = last_read

    def __call__(self, frame: pd.DataFrame) -> float:
        positions = self._last_read.positions(frame)
        return self._measure(positions, positions)
