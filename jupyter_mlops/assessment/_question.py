"""What a fairness analysis is asked, checked for what can be told without looking at a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..exceptions import UsageError

MetricName: TypeAlias = str | Callable[..., Any]
"""A metric by its name in scikit-learn or Fairlearn, or the function itself."""

Tell: TypeAlias = Callable[[str, int, int], None]
"""Hears what is counted, and how many of how many are done."""


def _nobody(_what: str, _done: int, _steps: int) -> None:
    """Hear nothing."""


@dataclass(frozen=True, kw_only=True)
class FairnessQuestion:
    """What a fairness analysis is asked.

    Parameters
    ----------
    models : Mapping
        Name to model, to a function of `X`, or to predictions.
    X : array or DataFrame, optional
        What the models predict from; not needed for predictions.
    y : array
        The outcome.
    sensitive, control : Mapping
        Name to column: the features to compare, and those to hold fixed.
    metrics : tuple
        By name, or functions; empty for the standard set of the task.
    weights : array, optional
        Of the rows.
    positive : object, optional
        The class that counts as selected; by default the second of two.
    bins : int
        Into how many parts of equal size a continuous feature is cut; 0 leaves its values as they are.
    min_group : int
        Withhold the figures of groups of fewer rows.
    uncertain_below : int
        Mark groups of fewer rows.
    boot : int, optional
        Resamples for intervals; None for 100 where that takes seconds.
    seed : int
        Of the resamples, and of models that predict at random.
    data : Mapping
        Under which names the data came, for the report.
    run_ids : Mapping
        Name of a model to the run that made it.
    tell : callable
        Hears what is counted, "groups" or "resamples", and how many of how many are done.
    """

    models: Mapping[str, Any]
    y: Any
    sensitive: Mapping[str, Any]
    X: Any = None
    control: Mapping[str, Any] = field(default_factory=dict)
    metrics: tuple[MetricName, ...] = ()
    weights: Any = None
    positive: Any = None
    bins: int = 4
    min_group: int = 0
    uncertain_below: int = 30
    boot: int | None = None
    seed: int = 0
    data: Mapping[str, str] = field(default_factory=dict)
    run_ids: Mapping[str, str] = field(default_factory=dict)
    tell: Tell = field(default=_nobody, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.models:
            raise UsageError("There is no model. Name one, or give predictions.")
        if not self.sensitive:
            raise UsageError("There is no sensitive feature. Name the columns to compare groups by, such as sex.")
        twice = sorted(self.sensitive.keys() & self.control.keys())
        if twice:
            raise UsageError(f"{twice[0]} is both a sensitive and a control feature. Name it once.")
        for name in ("boot", "min_group", "uncertain_below", "bins", "seed"):
            figure = getattr(self, name)
            if figure is not None and figure < 0:
                raise UsageError(f"{name} is {figure}; it cannot be negative.")
