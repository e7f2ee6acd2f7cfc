"""Which points MLflow only links to a model: it logs them again, with the model's id.

MLflow's own store knows them by key, step, time and value, and has them once; a spool appends, so that they are marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlflow.entities import Metric

from .._spool._columns import read_columns
from .._spool._reading import read_keys, spool_paths

_Identity = tuple[str, int, int, str]
"""Key, step, time, and the value as text: a NaN is equal to none."""


def are_links(directory: Path, run_id: str, metrics: Sequence[Metric]) -> list[bool]:
    """Return of each metric whether it is for a model and the run has its point already.

    Parameters
    ----------
    directory : Path
        The run directory, whose spools are only read where a metric has a model.
    run_id : str
        The run that they are logged to.
    """
    linked = [metric for metric in metrics if metric.model_id]
    if not linked:
        return [False] * len(metrics)
    steps = {int(metric.step) for metric in linked}
    known = _points(directory, run_id, {metric.key for metric in linked}, steps)
    return [bool(metric.model_id) and _identity(metric) in known for metric in metrics]


def _points(directory: Path, run_id: str, keys: set[str], steps: set[int]) -> set[_Identity]:
    found: set[_Identity] = set()
    for path in spool_paths(directory):
        own = {number: one.key for number, one in read_keys(path).items() if one.run_id == run_id and one.key in keys}
        for part in read_columns(path):
            for number, columns in part.series.items():
                if key := own.get(number):
                    points = zip(*columns, strict=True)
                    found |= {(key, step, at, repr(value)) for step, at, value in points if step in steps}
    return found


def _identity(metric: Metric) -> _Identity:
    return metric.key, int(metric.step), int(metric.timestamp), repr(float(metric.value))
