"""How much of a run the tracking store has, and under which ids: what may be registered is there already."""

from __future__ import annotations

from dataclasses import dataclass

from ..entities import RunSpec
from ..home import ChangedRuns, RunDirectory
from ._cursor import read_cursor
from ._record import ModelRecord, RunRecords
from ._uris import home_of, store_uri


@dataclass(frozen=True)
class ShippedRun:
    """What the store has of a run.

    Parameters
    ----------
    tracking_uri : str
        Of the store, with its login perhaps.
    run_id : str
        The store's id of the run; empty while it has none.
    model_ids : dict
        Our id of a logged model to the store's.
    artifacts : frozenset of str
        Paths below the run's artifacts that are uploaded.
    is_whole : bool
        The run has ended, and nothing of it waits.
    problem : str
        What the store refused, or why it cannot be reached; empty when all is well.
    """

    tracking_uri: str
    run_id: str
    model_ids: dict[str, str]
    artifacts: frozenset[str]
    is_whole: bool
    problem: str


def shipped_run(run: RunDirectory, spec: RunSpec) -> ShippedRun:
    """Return how much of a run its store has."""
    cursor = read_cursor(run)
    return ShippedRun(
        tracking_uri=store_uri(run.path, spec),
        run_id=cursor.run_ids.get(spec.run_id, ""),
        model_ids=dict(cursor.model_ids),
        artifacts=frozenset(
            path.removeprefix("artifacts/") for path in cursor.artifacts if path.startswith("artifacts/")
        ),
        is_whole=cursor.done and spec.run_id not in ChangedRuns(home_of(run.path)),
        problem=cursor.problem,
    )


def logged_model(run: RunDirectory, spec: RunSpec) -> ModelRecord | None:
    """Return the model that a run itself has logged whole, the last where there are several."""
    records = RunRecords(run.path, spec)
    records.refresh(metrics=False)
    own = [model for model in records.models.values() if model.run_id == spec.run_id and model.status == "READY"]
    return own[-1] if own else None
