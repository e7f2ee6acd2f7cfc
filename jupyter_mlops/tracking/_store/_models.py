"""Logged models: they get ids of ours at once and lie in the run directory until the keeper has uploaded them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any

from mlflow.entities import (
    LoggedModel,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
)
from mlflow.store.entities.paged_list import PagedList
from mlflow.utils.validation import _validate_logged_model_name

from .._record import ModelRecord
from .._values import masked
from ._base import StorePart, random_name, real_ids


class ModelsPart(StorePart):
    """Models of the run are ours; all others are the real store's."""

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: Sequence[LoggedModelTag] | None = None,
        params: Sequence[LoggedModelParameter] | None = None,
        model_type: str | None = None,
    ) -> LoggedModel:
        """Announce a model under an id of ours; one that comes from no active run is the cell's own."""
        _validate_logged_model_name(name)
        model_id = f"m-{uuid.uuid4().hex}"
        self.journal.append(
            "create_model",
            source_run_id or self.run_id,
            model_id=model_id,
            experiment=self.experiment_name(str(experiment_id)),
            name=name or random_name(),
            model_type=model_type,
            tags={tag.key: masked(tag.key, tag.value) for tag in tags or ()},
            params={param.key: masked(param.key, param.value) for param in params or ()},
        )
        if source_run_id is None:
            self.journal.append("log_outputs", self.run_id, models=[{"model_id": model_id, "step": 0}])
        return self.get_logged_model(model_id)

    def get_logged_model(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        """Return a model, one of the run's own from its files."""
        with self.records() as records:
            record = records.models.get(model_id)
            if record is not None:
                return self._to_model(record)
        return self.real.call(lambda store: store.get_logged_model(model_id, allow_deleted), f"model {model_id}")

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Say that a model is whole, or that it failed."""
        if self._is_own_model(model_id):
            self.journal.append("finalize_model", self.run_id, model_id=model_id, status=str(status))
            return self.get_logged_model(model_id)
        return self.real.call(lambda store: store.finalize_logged_model(model_id, status), f"model {model_id}")

    def log_logged_model_params(self, model_id: str, params: Sequence[LoggedModelParameter]) -> None:
        """Record params of a model."""
        self._change(
            "log_logged_model_params", model_id, params, params={p.key: masked(p.key, p.value) for p in params}
        )

    def set_logged_model_tags(self, model_id: str, tags: Sequence[LoggedModelTag]) -> None:
        """Record tags of a model."""
        self._change(
            "set_logged_model_tags", model_id, tags, tags={tag.key: masked(tag.key, tag.value) for tag in tags}
        )

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Take a tag away from a model."""
        self._change("delete_logged_model_tag", model_id, key, deleted_tags=[key])

    def delete_logged_model(self, model_id: str) -> None:
        """Delete a model."""
        if self._is_own_model(model_id):
            self.journal.append("delete_model", self.run_id, model_id=model_id)
        else:
            self.real.call(lambda store: store.delete_logged_model(model_id), f"model {model_id}")

    def search_logged_models(
        self,
        experiment_ids: list[str],
        filter_string: str | None = None,
        datasets: list[dict[str, Any]] | None = None,
        max_results: int | None = None,
        order_by: list[dict[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> PagedList[LoggedModel]:
        """Search the real store; without a filter, the run's own models come first."""
        names = [self.experiment_name(name) for name in experiment_ids]

        wanted = {name: self.experiment_id(name) for name in names}

        def search(store: Any) -> PagedList[LoggedModel]:
            ids = real_ids(store, wanted)
            rest = {"max_results": max_results} if max_results else {}
            return store.search_logged_models(
                ids, filter_string, datasets, order_by=order_by, page_token=page_token, **rest
            )

        others = self.real.call(search, "models")
        if filter_string or order_by or page_token:
            return others
        with self.records() as records:
            own = [self._to_model(model) for model in records.models.values() if model.experiment in names]
        known = {model.model_id for model in own}
        return PagedList([*own, *(model for model in others if model.model_id not in known)], others.token)

    def _is_own_model(self, model_id: str) -> bool:
        with self.records() as records:
            return model_id in records.models

    def _change(self, operation: str, model_id: str, given: object, **changes: Any) -> None:
        if self._is_own_model(model_id):
            self.journal.append("change_model", self.run_id, model_id=model_id, **changes)
        else:
            self.real.call(lambda store: getattr(store, operation)(model_id, given), f"model {model_id}")

    def _to_model(self, record: ModelRecord) -> LoggedModel:
        folder = self.session.directory / "staged" / "models" / record.model_id / "artifacts"
        return LoggedModel(
            experiment_id=self.experiment_id(record.experiment),
            model_id=record.model_id,
            name=record.name,
            artifact_location=folder.as_uri(),
            creation_timestamp=record.created_at,
            last_updated_timestamp=time.time_ns() // 1_000_000,
            model_type=record.model_type,
            source_run_id=record.run_id or None,
            status=LoggedModelStatus(record.status),
            tags=dict(record.tags),
            params=dict(record.params),
        )
