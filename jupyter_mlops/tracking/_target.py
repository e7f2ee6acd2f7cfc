"""A tracking store as the keeper writes to it: MLflow's own classes, with ids of ours where the store can take them.

Runs in the keeper, one for each address, used by one thread.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from mlflow.entities import ExperimentTag, LoggedModelParameter, LoggedModelTag, Metric, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service import utils

from ..exceptions import TrackingError
from ..home import on_network_filesystem
from ._bulk import KNOWN_REVISIONS, BulkWriter, MetricRow
from ._local_store import known_revision, prepare_store, schema_revision
from ._record import ModelRecord
from ._uris import HOME_STORE, home_store_uri, sqlite_path

_logger = logging.getLogger("jupyter_mlops.keeper")

RUN_TAG = "mlops.run_id"
MODEL_TAG = "mlops.model_id"
BATCH = 1000
_MOST_DIGITS = 18
"""Of an experiment's id: databases keep 64 bits, and some raise on more."""


class Target:
    """An open tracking store.

    Parameters
    ----------
    uri : str
        Its tracking URI.
    home : Path
        The keeper's home: its own store is made and migrated, any other is not.

    Raises
    ------
    TrackingError
        The store is damaged or of another schema.
    MlflowException, OSError
        It cannot be opened.
    """

    def __init__(self, uri: str, home: Path) -> None:
        self.uri = uri
        self.path = sqlite_path(uri)
        self._experiments: dict[str, str] = {}
        self._bulk: BulkWriter | None = None
        if self.path is not None:
            remote = on_network_filesystem(self.path.parent)
            if remote:
                _logger.warning("%s is on a network file system: no write-ahead log, writers wait longer.", self.path)
            prepare_store(self.path, owned=uri == home_store_uri(home), wal=not remote)
            if schema_revision(self.path) in KNOWN_REVISIONS and known_revision() in KNOWN_REVISIONS:
                self._bulk = BulkWriter(self.path)
        self.store = _open(uri, self.path)

    def close(self) -> None:
        """Let the store go."""
        if self._bulk is not None:
            self._bulk.close()
        if self.path is not None:
            from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

            engine = SqlAlchemyStore._engine_map.pop(self.uri, None)
            if engine is not None:
                engine.dispose()

    def experiment_id(self, name: str) -> str:
        """Return the store's id of an experiment that a cell has named or knows by its id there; made where it is none.

        A number is a name where the store has an experiment of that name, else an id where it has one of that id.

        Raises
        ------
        TrackingError
            The experiment was deleted there.
        """
        is_new = name not in self._experiments
        if is_new and name.isdigit() and not self._find_experiment(name) and self._has_experiment(name):
            self._experiments[name] = name
        return self.id_of_named(name)

    def id_of_named(self, name: str, artifact_location: str | None = None, tags: dict[str, str] | None = None) -> str:
        """Return the store's id of an experiment by its name, even if that is a number; made where there is none.

        Raises
        ------
        TrackingError
            The experiment was deleted there.
        """
        if name not in self._experiments:
            known = self._find_experiment(name)
            self._experiments[name] = known or self._create_experiment(name, artifact_location, tags)
        return self._experiments[name]

    def _has_experiment(self, experiment_id: str) -> bool:
        if len(experiment_id) > _MOST_DIGITS:
            return False
        try:
            return self.store.get_experiment(experiment_id) is not None
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return False

    def _find_experiment(self, name: str) -> str | None:
        experiment = self.store.get_experiment_by_name(name)
        if experiment is None:
            return None
        if experiment.lifecycle_stage == "deleted":
            raise TrackingError(
                f"Experiment {name!r} is deleted in the tracking store. Restore it there "
                f"(mlflow experiments restore -x {experiment.experiment_id}); the run is shipped then."
            )
        return str(experiment.experiment_id)

    def _create_experiment(self, name: str, artifact_location: str | None, tags: dict[str, str] | None) -> str:
        given = [ExperimentTag(key, value) for key, value in (tags or {}).items()]
        try:
            return str(self.store.create_experiment(name, artifact_location, given))
        except MlflowException:
            # Somebody else may have made it between our two calls.
            found = self._find_experiment(name)
            if found is None:
                raise
            return found

    def create_run(
        self, run_id: str, experiment: str, *, user: str, start_time: int, tags: dict[str, str], name: str
    ) -> str:
        """Return the store's id of a run, made where there is none: ours where the store takes it."""
        experiment_id = self.experiment_id(experiment)
        known = self.find_run(run_id, experiment_id)
        if known is not None:
            return known
        given = [RunTag(key, value) for key, value in {RUN_TAG: run_id, **tags}.items()]
        with _chosen_id(self.path is not None, run_id):
            run = self.store.create_run(experiment_id, user, start_time, given, name)
        return str(run.info.run_id)

    def find_run(self, run_id: str, experiment_id: str) -> str | None:
        """Return the store's id of a run that was made before, by us or by a keeper that died."""
        if self.path is not None:
            with closing(sqlite3.connect(self.path, timeout=5)) as database:
                row = database.execute("SELECT run_uuid FROM runs WHERE run_uuid = ?", (run_id,)).fetchone()
            return str(row[0]) if row else None
        query = f"tags.`{RUN_TAG}` = '{run_id}'"
        found = self.store.search_runs([experiment_id], query, ViewType.ALL, max_results=1)
        return str(found[0].info.run_id) if found else None

    def move_run(self, run_id: str, experiment: str) -> bool:
        """Put a run into another experiment; False where the store cannot do that."""
        experiment_id = self.experiment_id(experiment)
        if self.path is None or self._bulk is None:
            return str(self.store.get_run(run_id).info.experiment_id) == experiment_id
        with closing(sqlite3.connect(self.path, timeout=5)) as database, database:
            database.execute("UPDATE runs SET experiment_id = ? WHERE run_uuid = ?", (int(experiment_id), run_id))
        return True

    def set_start_time(self, run_id: str, start_time: int) -> None:
        """Tell when a run really began, where the store lets that be changed."""
        if self.path is None or self._bulk is None:
            return
        with closing(sqlite3.connect(self.path, timeout=5)) as database, database:
            database.execute("UPDATE runs SET start_time = ? WHERE run_uuid = ?", (start_time, run_id))

    def create_model(self, model: ModelRecord, run_id: str | None) -> str:
        """Return the store's id of a model, made where there is none: ours where the store takes it.

        Parameters
        ----------
        model : ModelRecord
            As the cell has announced it.
        run_id : str, optional
            The store's id of the run that made it.
        """
        experiment_id = self.experiment_id(model.experiment)
        known = self._find_model(model.model_id, experiment_id)
        if known is not None:
            return known
        tags = [LoggedModelTag(key, value) for key, value in {MODEL_TAG: model.model_id, **model.tags}.items()]
        params = [LoggedModelParameter(key, value) for key, value in model.params.items()]
        with _chosen_id(self.path is not None, model.model_id.removeprefix("m-")):
            made = self.store.create_logged_model(experiment_id, model.name, run_id, tags, params, model.model_type)
        return str(made.model_id)

    def _find_model(self, model_id: str, experiment_id: str) -> str | None:
        if self.path is not None:
            with closing(sqlite3.connect(self.path, timeout=5)) as database:
                query = "SELECT model_id FROM logged_models WHERE model_id = ?"
                row = database.execute(query, (model_id,)).fetchone()
            return str(row[0]) if row else None
        found = self.store.search_logged_models([experiment_id], f"tags.`{MODEL_TAG}` = '{model_id}'", max_results=1)
        return str(found[0].model_id) if found else None

    def write_metrics(self, points: Sequence[MetricRow]) -> None:
        """Write points, all of runs that the store has. Repeating changes nothing."""
        if self._bulk is not None:
            self._bulk.write(points)
            return
        by_run: dict[str, list[Metric]] = {}
        for point in points:
            metric = Metric(point.key, point.value, point.timestamp, point.step)
            by_run.setdefault(point.run_id, []).append(metric)
        for run_id, metrics in by_run.items():
            for start in range(0, len(metrics), BATCH):
                self.store.log_batch(run_id, metrics[start : start + BATCH], [], [])


def _open(uri: str, path: Path | None) -> Any:
    root = os.fspath(path.parent / "artifacts") if path is not None and path.name == HOME_STORE else None
    return utils._tracking_store_registry.get_store_builder(uri)(store_uri=uri, artifact_uri=root)


@contextmanager
def _chosen_id(possible: bool, hexadecimal: str) -> Iterator[None]:
    """Let MLflow's sqlite store draw this id as its next random one: it takes none from its callers."""
    if not possible:
        yield
        return
    from mlflow.store.tracking import sqlalchemy_store

    if not isinstance(sqlalchemy_store.uuid, _ChosenUuid):
        sqlalchemy_store.uuid = _ChosenUuid()
    _chosen.value = hexadecimal
    try:
        yield
    finally:
        _chosen.value = None


class _ChosenUuid:
    """Stands in for the module `uuid` in MLflow's sqlite store."""

    def __getattr__(self, name: str) -> Any:
        return getattr(uuid, name)

    def uuid4(self) -> uuid.UUID:
        """Return the id that was chosen in this thread, once; else a random one."""
        chosen, _chosen.value = getattr(_chosen, "value", None), None
        return uuid.UUID(hex=chosen) if chosen else uuid.uuid4()


_chosen = threading.local()
