"""The analysis: question in, report out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..entities import FairnessBootstrap, FairnessMetric, FairnessModel, FairnessReport
from ..exceptions import MissingExtraError, UsageError
from ._columns import Column, read_column
from ._grouping import RowGroups, row_groups
from ._measures import Measures, shared_metrics
from ._metrics import resolve_metrics
from ._mitigation import is_private, mitigations, mitigator_of, why_none
from ._notes import notes_of
from ._outcome import Outcome, read_outcome
from ._predictions import Predictions, predict, type_name
from ._question import FairnessQuestion
from ._strata import Strata, read_strata

if TYPE_CHECKING:
    import numpy as np

QUANTILES = (0.025, 0.975)
"""Bounds of an interval: between them lie 95 % of the resamples."""

MOST_CELLS = 100_000
"""Groups, in all strata, that one partition may have."""

DEFAULT_BOOT = 100
MOST_SECONDS = 15.0
"""Intervals that would take longer are left out unless they are asked for."""


@dataclass(frozen=True)
class Read:
    """A question whose data has been read: columns as numbers, answers as labels and scores."""

    outcome: Outcome
    sensitive: tuple[Column, ...]
    control: tuple[Column, ...]
    strata: Strata
    weights: np.ndarray[Any, Any] | None


def analyse(question: FairnessQuestion) -> FairnessReport:
    """Return what a fairness analysis finds.

    Raises
    ------
    UsageError
        Data, models or metrics do not fit each other; the message names what and says what to do.
    MissingExtraError
        Fairlearn is not installed.
    """
    _demand_fairlearn()
    from ._tables import compare_groups

    said = {
        name: predict(name, model, question.X, question.sensitive, question.seed)
        for name, model in question.models.items()
    }
    read = _read(question, said)
    resolved = resolve_metrics(question.metrics, read.outcome.task, _texts(read.outcome))
    metrics = shared_metrics(read.outcome, resolved, is_asked=bool(question.metrics))
    measures = Measures(read.outcome, metrics, read.weights)
    groups = row_groups(read.sensitive)
    _demand_groups(groups, read)
    boot, notes = _resamples(question, read, groups, measures)
    bootstrap = (
        FairnessBootstrap(samples=boot, low=QUANTILES[0], high=QUANTILES[1], seed=question.seed) if boot else None
    )
    tables = compare_groups(measures, groups, read.strata, question, bootstrap)
    report = FairnessReport(
        task=read.outcome.task,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=len(read.outcome.truth),
        positive=_texts(read.outcome)[1] if read.outcome.task in ("binary", "score") else "",
        classes=_texts(read.outcome),
        weighted=read.weights is not None,
        sensitive=tuple(column.feature for column in read.sensitive),
        control=tuple(column.feature for column in read.control),
        strata=read.strata.levels,
        metrics=tuple(
            FairnessMetric(
                key=metric.key,
                label=metric.label,
                of_class="" if metric.of_class is None else _texts(read.outcome)[metric.of_class],
                better=metric.better,
                kind=metric.kind,
            )
            for metric in metrics
        ),
        models=_models(question, read),
        overall=tables.overall,
        groupings=tables.groupings,
        results=tables.results,
        bootstrap=bootstrap,
        min_group=question.min_group,
        uncertain_below=question.uncertain_below,
        fingerprint=_fingerprint(read),
        data=dict(question.data),
    )
    return notes_of(report, tables, [*notes, *_privacy(question)])


def _demand_fairlearn() -> None:
    from importlib.util import find_spec

    missing = [name for name in ("fairlearn", "sklearn", "pandas") if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"A fairness report needs {' and '.join(missing)}. Install with pip install 'jupyter_mlops[responsible]'."
        )


def _read(question: FairnessQuestion, said: Mapping[str, Predictions]) -> Read:
    outcome = read_outcome(question.y, said, question.positive)
    rows = len(outcome.truth)
    sensitive = tuple(read_column(name, values, rows, question.bins) for name, values in question.sensitive.items())
    control = tuple(read_column(name, values, rows, question.bins) for name, values in question.control.items())
    return Read(outcome, sensitive, control, read_strata(control, rows), _weights(question.weights, rows))


def _weights(weights: Any, rows: int) -> np.ndarray[Any, Any] | None:
    import numpy as np

    if weights is None:
        return None
    try:
        array = np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        raise UsageError("The weights are not numbers. Give one number a row.") from None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (rows,):
        raise UsageError(f"The weights have the shape {array.shape}, and y has {rows:,} rows. Give one weight a row.")
    if not np.isfinite(array).all() or (array < 0).any() or not array.sum():
        raise UsageError("Weights must be finite and not negative, and some of them greater than 0.")
    return array


def _demand_groups(groups: list[RowGroups], read: Read) -> None:
    """Refuse what tells rows apart rather than groups, such as a name or a time: it would take hours."""
    largest = max(groups, key=len)
    cells = len(largest) * max(1, len(read.strata.levels))
    if cells > MOST_CELLS:
        names = " and ".join(read.sensitive[number].feature.name for number in largest.features)
        raise UsageError(
            f"By {names} there are {cells:,} groups; {MOST_CELLS:,} can be compared. "
            "Make groups of it first, such as a year of a date, or name fewer features."
        )


def _resamples(
    question: FairnessQuestion, read: Read, groups: list[RowGroups], measures: Measures
) -> tuple[int, list[str]]:
    """Return how often to resample, and what to say about it."""
    if question.boot is not None:
        return question.boot, []
    # Rough estimates in seconds: what a row costs to draw and to count, and what a library costs a row and a call.
    rows, models, asked = len(read.outcome.truth), len(question.models), measures.asked_anew
    cells = sum(len(grouping) for grouping in groups) * max(1, len(read.strata.levels))
    once = len(groups) * rows * (4e-8 * (1 + models) + 1.5e-7 * asked) + cells * (4e-4 * asked + 1e-6)
    seconds = DEFAULT_BOOT * once
    if seconds <= MOST_SECONDS:
        return DEFAULT_BOOT, []
    words = f"{seconds:,.0f} seconds" if seconds < 120 else f"{seconds / 60:,.0f} minutes"
    return 0, [
        f"There are no intervals: {DEFAULT_BOOT} resamples would take about {words}. --boot {DEFAULT_BOOT} makes them."
    ]


def _models(question: FairnessQuestion, read: Read) -> tuple[FairnessModel, ...]:
    features = tuple(column.feature for column in read.sensitive)

    def described(name: str, model: Any) -> FairnessModel:
        reasons = mitigations(model, question.X, read.outcome.classes, features)
        return FairnessModel(
            name=name,
            type=type_name(model),
            run_id=question.run_ids.get(name, ""),
            mitigator=mitigator_of(model),
            mitigations=tuple(mitigator for mitigator, reason in reasons.items() if not reason),
            unmitigated=why_none(reasons),
        )

    return tuple(described(name, model) for name, model in question.models.items())


def _privacy(question: FairnessQuestion) -> list[str]:
    private = [name for name, model in question.models.items() if is_private(model)]
    if not private:
        return []
    return [
        f"Differential privacy protects the rows that {' and '.join(private)} learned from, not those of this report."
    ]


def _texts(outcome: Outcome) -> tuple[str, ...]:
    return tuple(map(str, outcome.classes))


def _fingerprint(read: Read) -> str:
    """Return a hash of outcome, features and weights: of what the numbers are about, whatever the models said."""
    import numpy as np
    import xxhash

    hasher = xxhash.xxh3_128()
    arrays = [read.outcome.truth, *(column.codes for column in (*read.sensitive, *read.control))]
    for array in [*arrays, *([] if read.weights is None else [read.weights])]:
        hasher.update(np.ascontiguousarray(array).view(np.uint8).data)
    for column in (*read.sensitive, *read.control):
        hasher.update("\0".join((column.feature.name, *column.feature.levels)).encode())
    hasher.update("\0".join(_texts(read.outcome)).encode())
    return hasher.hexdigest()
