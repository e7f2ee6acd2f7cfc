"""Experiments: inside a run they are names with ids of ours, and the keeper finds or makes the real ones.

So `mlflow.set_experiment` costs nothing and works while the store is away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlflow.entities import Experiment, ExperimentTag, LifecycleStage
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS
from mlflow.utils.validation import _validate_experiment_name

from .._uris import experiment_id_of
from .._values import masked
from ._base import StorePart


class ExperimentsPart(StorePart):
    """Answers for experiments by name; those that the code knows by a number are the real store's."""

    def get_experiment_by_name(self, experiment_name: str) -> Experiment:
        """Return the experiment of a name. There always is one: it is made when something is shipped to it."""
        _validate_experiment_name(experiment_name)
        with self.records() as records:
            known = {record.experiment for record in records.runs.values()} | records.experiments
            is_known = experiment_name in known and self.experiment_id(experiment_name) != experiment_name
        if not is_known:
            self.journal.append("use_experiment", self.run_id, experiment=experiment_name)
        return self._experiment(experiment_name)

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return an experiment."""
        experiment_id = str(experiment_id)
        name = self.experiment_name(experiment_id)
        if name == experiment_id:
            return self.real.call(lambda store: store.get_experiment(experiment_id), f"experiment {experiment_id}")
        return self._experiment(name)

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Sequence[ExperimentTag] | None = None
    ) -> str:
        """Announce an experiment; one that the store has already is used."""
        _validate_experiment_name(name)
        with self.records() as records:
            if name in records.created_experiments:
                raise MlflowException(f"Experiment {name!r} already exists.", error_code=RESOURCE_ALREADY_EXISTS)
        self.journal.append(
            "create_experiment",
            self.run_id,
            experiment=name,
            artifact_location=artifact_location,
            tags={tag.key: masked(tag.key, str(tag.value)) for tag in tags or ()},
        )
        return experiment_id_of(name)

    def set_experiment_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        """Record a tag of an experiment."""
        name = self.experiment_name(experiment_id)
        value = masked(tag.key, str(tag.value))
        self.journal.append("set_experiment_tag", self.run_id, experiment=name, key=tag.key, value=value)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Take a tag away from an experiment."""
        name = self.experiment_name(experiment_id)
        self.journal.append("delete_experiment_tag", self.run_id, experiment=name, key=key)

    def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment in the real store."""
        self._on_real("delete_experiment", experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        """Restore an experiment in the real store."""
        self._on_real("restore_experiment", experiment_id)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Rename an experiment in the real store."""
        self._on_real("rename_experiment", experiment_id, new_name)

    def _on_real(self, operation: str, experiment_id: str, *args: Any) -> None:
        name = self.experiment_name(experiment_id)

        def change(store: Any) -> None:
            found = None if name == experiment_id else store.get_experiment_by_name(name)
            getattr(store, operation)(found.experiment_id if found else experiment_id, *args)

        self.real.call(change, f"{operation} of {name!r}")

    def _experiment(self, name: str) -> Experiment:
        with self.records() as records:
            tags = records.experiment_tags.get(name, {})
        return Experiment(
            experiment_id=experiment_id_of(name),
            name=name,
            artifact_location=self.session.directory.as_uri(),
            lifecycle_stage=LifecycleStage.ACTIVE,
            tags=[ExperimentTag(key, value) for key, value in tags.items()],
        )
