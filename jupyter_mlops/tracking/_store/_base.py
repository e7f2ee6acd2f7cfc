"""What the parts of the spooling store share: session, records, and translation between our words and MLflow's."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LifecycleStage,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunTag,
)
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.utils.name_utils import _GENERATOR_NOUNS, _GENERATOR_PREDICATES

from .._joining import say_once
from .._real_store import BoundedStore, open_real_store
from .._record import RunRecord, RunRecords
from .._session import TrackingSession
from .._uris import experiment_id_of
from .._values import MAX_PARAM_LENGTH, MAX_TAG_LENGTH, check_key, fit_text, masked


class StorePart:
    """Base of the parts. Safe between threads."""

    def __init__(self, session: TrackingSession) -> None:
        self.session = session
        self.spool = session.spool
        self.journal = session.journal
        self.run_id = session.spec.run_id
        self.real = BoundedStore(session.real_uri, lambda: open_real_store(session.real_uri))
        self._records = RunRecords(session.directory, session.spec)
        self._own_ids: frozenset[str] = frozenset(self._records.runs)
        self._lock = threading.RLock()

    @contextmanager
    def records(self, *, metrics: bool = False) -> Iterator[RunRecords]:
        """Give what is on record now, other processes of the run included."""
        with self._lock:
            self._records.refresh(metrics=metrics)
            self._own_ids = frozenset(self._records.runs)
            yield self._records

    def is_own(self, run_id: str) -> bool:
        """Return whether a run is the cell's, or a child of it."""
        if run_id in self._own_ids:
            return True
        with self.records() as records:
            return run_id in records.runs

    def experiment_name(self, experiment_id: str) -> str:
        """Return the name behind an experiment id of ours; the id itself (of the real store) where it is none."""
        with self.records() as records:
            names = {record.experiment for record in records.runs.values()} | records.experiments
            return next((name for name in names if experiment_id_of(name) == experiment_id), experiment_id)

    def experiment_id(self, experiment: str) -> str:
        """Return the id of an experiment on record: digits that nobody used as a name are an id of the real store."""
        if not experiment.isdigit() or experiment == self.session.spec.experiment:
            return experiment_id_of(experiment)
        with self.records() as records:
            return experiment_id_of(experiment) if experiment in records.experiments else experiment

    def artifact_uri(self, run_id: str) -> str:
        """Return where a run's artifacts are put until the keeper has them."""
        if run_id == self.run_id:
            return (self.session.directory / "artifacts").as_uri()
        return (self.session.directory / "staged" / "runs" / run_id / "artifacts").as_uri()

    def to_run(self, record: RunRecord) -> Run:
        """Return MLflow's view of a record."""
        info = RunInfo(
            run_id=record.run_id,
            experiment_id=self.experiment_id(record.experiment),
            user_id=record.user,
            status=record.status,
            start_time=record.start_time,
            end_time=record.end_time,
            lifecycle_stage=LifecycleStage.DELETED if record.deleted else LifecycleStage.ACTIVE,
            artifact_uri=self.artifact_uri(record.run_id),
            run_name=record.name,
        )
        metrics = [Metric(key, point.value, point.timestamp, point.step) for key, point in record.latest.items()]
        params = [Param(key, value) for key, value in record.params.items()]
        tags = [RunTag(key, value) for key, value in record.tags.items()]
        inputs = RunInputs(
            [to_dataset_input(dataset) for dataset in record.datasets],
            [LoggedModelInput(model["model_id"]) for model in record.model_inputs],
        )
        outputs = RunOutputs([LoggedModelOutput(model["model_id"], model["step"]) for model in record.model_outputs])
        return Run(info, RunData(metrics, params, tags), inputs, outputs)


def real_ids(store: Any, experiments: Mapping[str, str]) -> list[str]:
    """Return the real store's ids of experiments on record, given with their ids there; of those that it has."""
    ids = [name for name, known in experiments.items() if known == name]
    for name in experiments.keys() - ids:
        if (experiment := store.get_experiment_by_name(name)) is not None:
            ids.append(experiment.experiment_id)
    return ids


def to_dataset_input(dataset: dict[str, Any]) -> DatasetInput:
    """Return MLflow's view of a data set on record."""
    fields = dict(dataset)
    tags = [InputTag(key, value) for key, value in fields.pop("tags", {}).items()]
    return DatasetInput(Dataset(**fields), tags)


def from_dataset_input(given: DatasetInput) -> dict[str, Any]:
    """Return a data set as it is put on record."""
    dataset = given.dataset
    return {
        "name": dataset.name,
        "digest": dataset.digest,
        "source_type": dataset.source_type,
        "source": dataset.source,
        "schema": dataset.schema,
        "profile": dataset.profile,
        "tags": {tag.key: tag.value for tag in given.tags},
    }


def stored_param(key: str, value: object) -> tuple[str, str]:
    """Return a param as it is put on record: checked, masked, and cut with a word about it."""
    return _stored("param", key, value, MAX_PARAM_LENGTH)


def stored_tag(key: str, value: object) -> tuple[str, str]:
    """Return a tag as it is put on record: checked, masked, and cut with a word about it."""
    return _stored("tag", key, value, MAX_TAG_LENGTH)


def _stored(kind: str, key: str, value: object, limit: int) -> tuple[str, str]:
    with refusals():
        key = check_key(key, kind)
    text, cut = fit_text(masked(key, str(value)), limit)
    if cut:
        say_once(f"{kind} {key!r} is longer than {limit} characters; {cut} of them are not stored.")
    return key, text


def random_name() -> str:
    """Return a name as MLflow gives one; MLflow's own function would draw it from the cell's random state."""
    return f"{secrets.choice(_GENERATOR_PREDICATES)}-{secrets.choice(_GENERATOR_NOUNS)}-{secrets.randbelow(1000)}"


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what our rules refuse into the error that MLflow's callers expect."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise MlflowException(str(error), error_code=INVALID_PARAMETER_VALUE) from error
