"""What the reports of a run say in a few figures: enough to lay runs side by side, where reports would not fit."""

from __future__ import annotations

from typing import Literal

import msgspec

from ._figures import Figure


class FairnessGap(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a run's model in one grouping. Where control features are, the stratum with the largest difference.

    Parameters
    ----------
    metric, label, of_class, better, kind : str
        As in `FairnessMetric`.
    by : str
        The sensitive features that group the rows: "sex and race".
    stratum : str
        Values of the control features; empty without them.
    overall : Figure
        Over all rows, or all of the stratum.
    minimum, maximum, difference, ratio : Figure
        Over the groups.
    low, high : Figure, optional
        Bounds of the bootstrap interval of the difference; None without bootstrap.
    """

    metric: str
    label: str
    of_class: str = ""
    better: Literal["higher", "lower", ""] = ""
    kind: Literal["share", "count", "value"] = "value"
    by: str
    stratum: str = ""
    overall: Figure
    minimum: Figure
    maximum: Figure
    difference: Figure
    ratio: Figure
    low: Figure | None = None
    high: Figure | None = None


class FairnessSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A run's fairness report in short. Only summaries of the same `task` and `fingerprint` are about the same rows.

    Parameters
    ----------
    model : str
        The run's model, as the report calls it.
    mitigator : str
        The Fairlearn class by which it was mitigated; empty for an ordinary model.
    gaps : tuple of FairnessGap
        Metrics in the order of the report, groupings within each; of bounded number.
    total : int
        Gaps that the report has.
    """

    task: Literal["binary", "multiclass", "regression", "score"]
    made_at: str
    rows: int
    fingerprint: str = ""
    model: str
    mitigator: str = ""
    sensitive: tuple[str, ...]
    control: tuple[str, ...] = ()
    min_group: int = 0
    gaps: tuple[FairnessGap, ...]
    total: int


class ExplanationSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A run's explanation in short. Scores are comparable only where `measure` is the same.

    Parameters
    ----------
    names : tuple of str
        The most important terms, at most so many as a table holds.
    scores, low, high : tuple of Figure
        One a term; `low` and `high` are empty where the method gives no interval.
    total : int
        Terms that the report has.
    """

    method: str
    method_title: str
    task: Literal["binary", "multiclass", "regression", "clustering"]
    made_at: str = ""
    rows: int = 0
    fingerprint: str = ""
    measure: str
    interval: str = ""
    names: tuple[str, ...]
    scores: tuple[Figure, ...]
    low: tuple[Figure, ...] = ()
    high: tuple[Figure, ...] = ()
    total: int


class RunReports(msgspec.Struct, frozen=True, kw_only=True):
    """What a run keeps of reports.

    Parameters
    ----------
    fairness, explanation : optional
        None where the run has none.
    problems : tuple of str
        Why a report that is there cannot be shown, in sentences.
    """

    run_id: str
    fairness: FairnessSummary | None = None
    explanation: ExplanationSummary | None = None
    problems: tuple[str, ...] = ()
