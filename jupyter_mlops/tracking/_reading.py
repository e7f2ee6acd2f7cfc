"""What a run logged, for those who show it: read from the run directory, so it is there at once and without any store.

Kernel, server and command line use it. Secrets were masked and long texts cut before they were written.
"""

from __future__ import annotations

from typing import NamedTuple

from ..home import RunDirectory
from ._record import RunRecord, RunRecords
from ._spool._reading import read_keys, read_spool, spool_paths


class MetricPoint(NamedTuple):
    """One value of a metric; `timestamp` in milliseconds since 1970, UTC."""

    step: int
    timestamp: int
    value: float


class ChildRun(NamedTuple):
    """A run that the cell started inside its own."""

    run_id: str
    name: str
    status: str
    params: dict[str, str]
    metrics: dict[str, float]


def read_records(run: RunDirectory, *, metrics: bool = True) -> RunRecords:
    """Return what is known of a run and its child runs.

    Parameters
    ----------
    run : RunDirectory
        It need not have started.
    metrics : bool
        Also read the spools, which takes 0.3 s for a million points.

    Raises
    ------
    RunNotFoundError
        There is no such run.
    """
    records = RunRecords(run.path, run.spec())
    records.refresh(metrics=metrics)
    return records


def read_metrics(run: RunDirectory) -> dict[str, list[MetricPoint]]:
    """Return every point of the run's own metrics, by key, in the order of logging; infinities and NaN as logged."""
    history: dict[str, list[MetricPoint]] = {}
    for path in spool_paths(run.path):
        keys = read_keys(path)
        own = {
            key_id: history.setdefault(series.key, []) for key_id, series in keys.items() if series.run_id == run.run_id
        }
        for point in read_spool(path, skip_gaps=True).points:
            if point.key_id in own:
                own[point.key_id].append(MetricPoint(point.step, point.timestamp, point.value))
    return {key: points for key, points in history.items() if points}


def last_values(run: RunDirectory) -> dict[str, float]:
    """Return each metric's last value: that of the largest step, as MLflow has it."""
    return _own(read_records(run)).metrics


def read_params(run: RunDirectory) -> dict[str, str]:
    """Return the run's parameters as text: given with `-p`, and logged by the cell."""
    return _own(read_records(run, metrics=False)).params


def read_tags(run: RunDirectory) -> dict[str, str]:
    """Return the run's tags: given with `-t`, and set by the cell."""
    return _own(read_records(run, metrics=False)).tags


def read_children(run: RunDirectory) -> tuple[ChildRun, ...]:
    """Return the runs that the cell started inside its own, oldest first."""
    records = read_records(run)
    return tuple(
        ChildRun(child.run_id, child.name, child.status, child.params, child.metrics)
        for child in records.runs.values()
        if child.run_id != run.run_id and not child.deleted
    )


def lost_points(run: RunDirectory) -> int:
    """Return how many points found no space on a full disk."""
    return sum(read_spool(path, skip_gaps=True).lost for path in spool_paths(run.path))


def _own(records: RunRecords) -> RunRecord:
    return next(iter(records.runs.values()))
