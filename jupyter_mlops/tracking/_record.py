"""What is known of a run and its child runs from its directory alone: spec, journal and spools, no tracking store.

The spooling store answers user code from it, services show runs with it, and the keeper compares with it. It grows with
the files: `refresh` reads only what came since.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ..entities import Param, RunSpec
from ._journal import Entry, read_journal
from ._spool._reading import Point, read_keys, read_spool, spool_paths
from ._values import MASK, MAX_PARAM_LENGTH, MAX_TAG_LENGTH, fit_text, masked

PARENT_TAG = "mlflow.parentRunId"
NAME_TAG = "mlflow.runName"
USER_TAG = "mlflow.user"


@dataclasses.dataclass
class ModelRecord:
    """A model that the run logged, by our id."""

    model_id: str
    experiment: str
    name: str
    run_id: str
    model_type: str | None
    created_at: int
    status: str = "PENDING"
    params: dict[str, str] = dataclasses.field(default_factory=dict)
    tags: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class RunRecord:
    """One run as its own files tell it.

    Parameters
    ----------
    experiment : str
        By name.
    start_time, end_time : int
        Milliseconds since 1970, UTC.
    status : str
        Only true for child runs: the run itself stands as `home.read_state` says.
    latest : dict
        The last point of each metric: the largest step, then time, then value, as MLflow has it.
    """

    run_id: str
    name: str
    experiment: str
    start_time: int
    user: str = ""
    status: str = "RUNNING"
    end_time: int | None = None
    deleted: bool = False
    params: dict[str, str] = dataclasses.field(default_factory=dict)
    tags: dict[str, str] = dataclasses.field(default_factory=dict)
    latest: dict[str, Point] = dataclasses.field(default_factory=dict)
    datasets: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    model_inputs: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    model_outputs: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    @property
    def metrics(self) -> dict[str, float]:
        """The last value of each metric."""
        return {key: point.value for key, point in self.latest.items()}


class RunRecords:
    """The runs of one run directory: the run itself and its child runs, by id. Not safe between threads.

    Parameters
    ----------
    directory : Path
        The run directory.
    spec : RunSpec
        What was asked for.
    """

    def __init__(self, directory: Path, spec: RunSpec) -> None:
        self.directory = directory
        self.lost_points: dict[str, int] = {}
        self.runs = {spec.run_id: _record_of(spec)}
        self.models: dict[str, ModelRecord] = {}
        self.experiments: set[str] = set()
        self.created_experiments: set[str] = set()
        self.experiment_tags: dict[str, dict[str, str]] = {}
        self._journal_end = 0
        self._spool_ends: dict[Path, int] = {}

    def refresh(self, *, metrics: bool = True) -> None:
        """Take in what the files say since the last time."""
        for entry in read_journal(self.directory, self._journal_end):
            self.apply(entry)
            self._journal_end = entry.end
        if metrics:
            for path in spool_paths(self.directory):
                self._read_spool(path)

    def apply(self, entry: Entry) -> None:
        """Take in one operation; one that we do not know, or not in this shape, is a newer version's: passed over."""
        change = _CHANGES.get(entry.op)
        if change is not None:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                change(self, entry)

    def _read_spool(self, path: Path) -> None:
        page = read_spool(path, self._spool_ends.get(path, 0), skip_gaps=True)
        self._spool_ends[path] = page.end
        self.lost_points[path.name] = max(self.lost_points.get(path.name, 0), page.lost)
        if not page.points:
            return
        latest: dict[int, Point] = {}
        for point in page.points:
            known = latest.get(point.key_id)
            if known is None or point[1:] > known[1:]:
                latest[point.key_id] = point
        keys = read_keys(path)
        for key_id, point in latest.items():
            series = keys.get(key_id)
            run = self.runs.get(series.run_id) if series else None
            if series is None or run is None:
                continue
            before = run.latest.get(series.key)
            if before is None or point[1:] > before[1:]:
                run.latest[series.key] = point


def _record_of(spec: RunSpec) -> RunRecord:
    """Return what the submission says of a run, secrets masked."""
    return RunRecord(
        run_id=spec.run_id,
        name=spec.name,
        experiment=spec.experiment,
        start_time=milliseconds(spec.submitted_at),
        user=spec.user,
        params={param.key: param_text(param) for param in spec.params} | dict.fromkeys(spec.secret_params, MASK),
        tags={key: fit_text(masked(key, text), MAX_TAG_LENGTH)[0] for key, text in spec.tags.items()},
    )


def param_text(param: Param) -> str:
    """Return a `-p` parameter as the cell itself would log it: `-p lr=1e-3` is "0.001"."""
    return fit_text(masked(param.key, str(param.value)), MAX_PARAM_LENGTH)[0]


def milliseconds(moment: str) -> int:
    """Return an ISO 8601 moment in milliseconds since 1970, UTC; now where it is no moment."""
    try:
        return int(datetime.fromisoformat(moment).timestamp() * 1000)
    except ValueError:
        return int(time.time() * 1000)


def _create_run(records: RunRecords, entry: Entry) -> None:
    fields = entry.fields
    tags = dict(fields.get("tags") or {})
    records.runs[entry.run_id] = RunRecord(
        run_id=entry.run_id,
        name=fields.get("name", ""),
        experiment=fields.get("experiment", ""),
        start_time=fields.get("start_time") or entry.at,
        user=fields.get("user") or "",
        tags=tags,
    )


def _log_param(records: RunRecords, entry: Entry) -> None:
    if run := records.runs.get(entry.run_id):
        run.params.setdefault(entry.fields["key"], entry.fields["value"])


def _set_tag(records: RunRecords, entry: Entry) -> None:
    if run := records.runs.get(entry.run_id):
        run.tags[entry.fields["key"]] = entry.fields["value"]
        if entry.fields["key"] == NAME_TAG:
            run.name = entry.fields["value"]


def _delete_tag(records: RunRecords, entry: Entry) -> None:
    if run := records.runs.get(entry.run_id):
        run.tags.pop(entry.fields["key"], None)


def _update_run(records: RunRecords, entry: Entry) -> None:
    if run := records.runs.get(entry.run_id):
        run.status = entry.fields.get("status") or run.status
        run.end_time = entry.fields.get("end_time") or run.end_time
        run.name = entry.fields.get("name") or run.name
        run.tags |= {NAME_TAG: run.name} if entry.fields.get("name") else {}


def _delete_run(records: RunRecords, entry: Entry) -> None:
    if run := records.runs.get(entry.run_id):
        run.deleted = entry.op == "delete_run"


def _move_run(records: RunRecords, entry: Entry) -> None:
    if run := records.runs.get(entry.run_id):
        run.experiment = entry.fields["experiment"]


def _log_inputs(records: RunRecords, entry: Entry) -> None:
    if run := records.runs.get(entry.run_id):
        run.datasets += [dataset for dataset in entry.fields.get("datasets") or [] if dataset not in run.datasets]
        run.model_inputs += entry.fields.get("models") or []


def _log_outputs(records: RunRecords, entry: Entry) -> None:
    if run := records.runs.get(entry.run_id):
        run.model_outputs += entry.fields.get("models") or []


def model_of(entry: Entry) -> ModelRecord:
    """Return the model that an entry announces."""
    fields = entry.fields
    return ModelRecord(
        model_id=fields["model_id"],
        experiment=fields["experiment"],
        name=fields["name"],
        run_id=entry.run_id,
        model_type=fields.get("model_type"),
        created_at=entry.at,
        params=dict(fields.get("params") or {}),
        tags=dict(fields.get("tags") or {}),
    )


def _create_model(records: RunRecords, entry: Entry) -> None:
    records.models[entry.fields["model_id"]] = model_of(entry)


def _finalize_model(records: RunRecords, entry: Entry) -> None:
    if model := records.models.get(entry.fields["model_id"]):
        model.status = entry.fields["status"]


def _change_model(records: RunRecords, entry: Entry) -> None:
    if model := records.models.get(entry.fields["model_id"]):
        model.tags |= entry.fields.get("tags") or {}
        model.params |= entry.fields.get("params") or {}
        for key in entry.fields.get("deleted_tags") or ():
            model.tags.pop(key, None)


def _use_experiment(records: RunRecords, entry: Entry) -> None:
    experiment = entry.fields["experiment"]
    records.experiments.add(experiment)
    if entry.op == "create_experiment":
        records.created_experiments.add(experiment)
        records.experiment_tags.setdefault(experiment, {}).update(entry.fields.get("tags") or {})


def _delete_model(records: RunRecords, entry: Entry) -> None:
    records.models.pop(entry.fields["model_id"], None)


def _delete_experiment_tag(records: RunRecords, entry: Entry) -> None:
    records.experiment_tags.get(entry.fields["experiment"], {}).pop(entry.fields["key"], None)


def _set_experiment_tag(records: RunRecords, entry: Entry) -> None:
    tags = records.experiment_tags.setdefault(entry.fields["experiment"], {})
    tags[entry.fields["key"]] = entry.fields["value"]


_CHANGES: dict[str, Callable[[RunRecords, Entry], None]] = {
    "create_run": _create_run,
    "log_param": _log_param,
    "set_tag": _set_tag,
    "delete_tag": _delete_tag,
    "update_run": _update_run,
    "delete_run": _delete_run,
    "restore_run": _delete_run,
    "move_run": _move_run,
    "log_inputs": _log_inputs,
    "log_outputs": _log_outputs,
    "create_model": _create_model,
    "finalize_model": _finalize_model,
    "change_model": _change_model,
    "delete_model": _delete_model,
    "use_experiment": _use_experiment,
    "create_experiment": _use_experiment,
    "set_experiment_tag": _set_experiment_tag,
    "delete_experiment_tag": _delete_experiment_tag,
}
