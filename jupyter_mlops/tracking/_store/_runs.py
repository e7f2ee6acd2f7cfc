"""Runs, metrics, params, tags, inputs: the part of the spooling store that a training loop meets."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Sequence
from typing import Any

from mlflow.entities import (
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Param,
    Run,
    RunInfo,
    RunStatus,
    RunTag,
    ViewType,
)
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, INVALID_STATE
from mlflow.store.entities.paged_list import PagedList
from mlflow.utils.search_utils import SearchUtils

from .._joining import say_once
from .._record import NAME_TAG, PARENT_TAG, RunRecord
from .._spool._reading import read_keys, read_spool, spool_paths
from .._spool._spool import Series
from .._values import check_key, metric_step, metric_timestamp, metric_value
from ._base import StorePart, from_dataset_input, random_name, real_ids, refusals, stored_param, stored_tag
from ._links import are_links

_MODEL_HISTORY_TAG = "mlflow.log-model.history"


class RunsPart(StorePart):
    """Writes of the run's own go to spool and journal; anything else goes through to the real store."""

    def create_run(
        self, experiment_id: str, user_id: str, start_time: int | None, tags: Sequence[RunTag], run_name: str | None
    ) -> Run:
        """Start a child run, under an id of ours."""
        given = dict(stored_tag(tag.key, tag.value) for tag in tags or ())
        name = run_name or given.get(NAME_TAG) or random_name()
        run_id = uuid.uuid4().hex
        given = {PARENT_TAG: self.run_id, **given, NAME_TAG: name}
        self.journal.append(
            "create_run",
            run_id,
            experiment=self.experiment_name(str(experiment_id)),
            user=user_id,
            start_time=start_time or time.time_ns() // 1_000_000,
            tags=given,
            name=name,
        )
        return self.get_run(run_id)

    def get_run(self, run_id: str) -> Run:
        """Return a run, the cell's own from its files."""
        if not self.is_own(run_id):
            return self.real.call(lambda store: store.get_run(run_id), f"run {run_id}")
        with self.records(metrics=True) as records:
            return self.to_run(records.runs[run_id])

    def update_run_info(
        self, run_id: str, run_status: int | None, end_time: int | None, run_name: str | None
    ) -> RunInfo:
        """Change a child run's status, or a run's name. How the cell's own run stands is for the shim to say."""
        if not self.is_own(run_id):
            return self.real.call(
                lambda store: store.update_run_info(run_id, run_status, end_time, run_name), "a change"
            )
        changes: dict[str, Any] = {}
        if run_id != self.run_id:
            if run_status is not None:
                changes["status"] = RunStatus.to_string(run_status)
            changes["end_time"] = end_time
        if run_name:
            changes["name"] = run_name
        if any(value is not None for value in changes.values()):
            self.journal.append("update_run", run_id, **changes)
        with self.records() as records:
            return self.to_run(records.runs[run_id]).info

    def move_run(self, run_id: str, experiment_id: str) -> None:
        """Put the cell's own run into another experiment, as `mlflow.set_experiment` in the cell asks for."""
        experiment = self.experiment_name(experiment_id)
        with self.records() as records:
            if records.runs[run_id].experiment != experiment:
                self.journal.append("move_run", run_id, experiment=experiment)

    def delete_run(self, run_id: str) -> None:
        """Mark a child run as deleted."""
        self._mark("delete_run", run_id)

    def restore_run(self, run_id: str) -> None:
        """Take back `delete_run`."""
        self._mark("restore_run", run_id)

    def _mark(self, op: str, run_id: str) -> None:
        if run_id == self.run_id:
            raise MlflowException("A cell cannot delete the run that it is; use `%runs gc`.", error_code=INVALID_STATE)
        if self.is_own(run_id):
            self.journal.append(op, run_id)
        else:
            self.real.call(lambda store: getattr(store, op)(run_id), f"{op} {run_id}")

    def log_metric(self, run_id: str, metric: Metric) -> None:
        """Record a point in the spool."""
        if not self.is_own(run_id):
            self.real.call(lambda store: store.log_metric(run_id, metric), f"a metric of run {run_id}")
            return
        with refusals():
            self._write(run_id, metric)

    def _write(self, run_id: str, metric: Metric, *, link: bool = False) -> None:
        series = Series(run_id, metric.key, metric.model_id, metric.dataset_name, metric.dataset_digest, link)
        self.spool.write_point(series, metric.value, metric.step, metric.timestamp)

    def log_param(self, run_id: str, param: Param) -> None:
        """Record a param."""
        self.log_batch(run_id, (), (param,), ())

    def set_tag(self, run_id: str, tag: RunTag) -> None:
        """Record a tag."""
        self.log_batch(run_id, (), (), (tag,))

    def log_batch(
        self, run_id: str, metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]
    ) -> None:
        """Record metrics, params and tags; all keys and values are checked before anything is written."""
        if not self.is_own(run_id):
            self.real.call(lambda store: store.log_batch(run_id, metrics, params, tags), f"writing to run {run_id}")
            return
        stored_params = self._new_params(run_id, dict(stored_param(param.key, param.value) for param in params))
        stored_tags = [stored_tag(tag.key, tag.value) for tag in tags]
        with refusals():
            for metric in metrics:
                _check(metric)
            links = are_links(self.session.directory, run_id, metrics)
            for metric, link in zip(metrics, links, strict=True):
                self._write(run_id, metric, link=link)
        for key, value in stored_params.items():
            self.journal.append("log_param", run_id, key=key, value=value)
        for key, value in stored_tags:
            self.journal.append("set_tag", run_id, key=key, value=value)

    def _new_params(self, run_id: str, params: dict[str, str]) -> dict[str, str]:
        """Return the params that are not on record; refuse another value for one that is, as MLflow does."""
        if not params:
            return params
        with self.records() as records:
            known = records.runs[run_id].params
        given = {param.key for param in self.session.spec.params} if run_id == self.run_id else set()
        for key in params.keys() & known.keys():
            if params[key] == known[key]:
                continue
            if key in given:
                # Autologging sends many params at once; a `-p` that means something else must not cost them all.
                say_once(f"param {key!r} is {known[key]!r} by -p; {params[key]!r} is not stored.")
                continue
            raise MlflowException(
                f"Changing param values is not allowed. Param with key='{key}' was already logged with "
                f"value='{known[key]}' for run ID='{run_id}'. Attempted logging new value '{params[key]}'.",
                error_code=INVALID_PARAMETER_VALUE,
            )
        return {key: value for key, value in params.items() if key not in known}

    def delete_tag(self, run_id: str, key: str) -> None:
        """Take a tag away."""
        if self.is_own(run_id):
            self.journal.append("delete_tag", run_id, key=key)
        else:
            self.real.call(lambda store: store.delete_tag(run_id, key), f"a change of run {run_id}")

    def log_inputs(
        self,
        run_id: str,
        datasets: list[DatasetInput] | None = None,
        models: list[LoggedModelInput] | None = None,
    ) -> None:
        """Record which data and models a run has read."""
        if not self.is_own(run_id):
            self.real.call(lambda store: store.log_inputs(run_id, datasets, models), f"inputs of run {run_id}")
            return
        self.journal.append(
            "log_inputs",
            run_id,
            datasets=[from_dataset_input(dataset) for dataset in datasets or ()],
            models=[{"model_id": model.model_id} for model in models or ()],
        )

    def log_outputs(self, run_id: str, models: list[LoggedModelOutput]) -> None:
        """Record which models a run has made."""
        if not self.is_own(run_id):
            self.real.call(lambda store: store.log_outputs(run_id, models), f"outputs of run {run_id}")
            return
        self.journal.append(
            "log_outputs", run_id, models=[{"model_id": model.model_id, "step": model.step} for model in models]
        )

    def record_logged_model(self, run_id: str, mlflow_model: Any) -> None:
        """Keep the history tag that older readers of MLflow look for."""
        with self.records() as records:
            record = records.runs.get(run_id) or RunRecord(run_id, "", "", 0)
            history = []
            with contextlib.suppress(ValueError):
                history = json.loads(record.tags.get(_MODEL_HISTORY_TAG, "[]"))
        self.set_tag(run_id, RunTag(_MODEL_HISTORY_TAG, json.dumps([*history, mlflow_model.get_tags_dict()])))

    def get_metric_history(
        self, run_id: str, metric_key: str, max_results: int | None = None, page_token: str | None = None
    ) -> PagedList[Metric]:
        """Return all points of a metric, in the order of logging; our own come in one page."""
        if not self.is_own(run_id):
            history = lambda store: store.get_metric_history(run_id, metric_key, max_results, page_token)  # noqa: E731
            return self.real.call(history, f"metrics of run {run_id}")
        points: list[Metric] = []
        for path in spool_paths(self.session.directory):
            keys = read_keys(path)
            ids = {key_id for key_id, series in keys.items() if (series.run_id, series.key) == (run_id, metric_key)}
            page = read_spool(path, skip_gaps=True)
            points += [Metric(metric_key, p.value, p.timestamp, p.step) for p in page.points if p.key_id in ids]
        return PagedList(points, None)

    def _search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: list[str] | None,
        page_token: str | None,
    ) -> tuple[list[Run], str | None]:
        """Search the real store; what it does not have yet of this run is put in front of the first page."""
        names = [self.experiment_name(str(given)) for given in experiment_ids]
        wanted = {name: self.experiment_id(name) for name in names}

        def search(store: Any) -> tuple[list[Run], str | None]:
            ids = real_ids(store, wanted)
            return _search(store, ids, filter_string, run_view_type, max_results, order_by, page_token)

        found, token = self.real.call(search, "runs")
        if page_token:
            return found, token
        with self.records(metrics=True) as records:
            own = [self.to_run(record) for record in records.runs.values()]
        own = [run for run in own if run.info.experiment_id in wanted.values() and _in_view(run, run_view_type)]
        own = SearchUtils.filter(own, filter_string)
        known = {run.info.run_id for run in own}
        others = [run for run in found if run.info.run_id not in known]
        return SearchUtils.sort([*own, *others], order_by)[:max_results], token


def _search(
    store: Any,
    ids: list[str],
    filter_string: str | None,
    view: int,
    max_results: int,
    order_by: list[str] | None,
    page_token: str | None,
) -> tuple[list[Run], str | None]:
    """Search some experiments of the real store."""
    if not ids:
        return [], None
    page = store.search_runs(ids, filter_string, view, max_results, order_by, page_token)
    return list(page), page.token


def _check(metric: Metric) -> None:
    """Raise what the spool would raise of a point."""
    check_key(metric.key)
    metric_value(metric.key, metric.value)
    metric_step(metric.key, metric.step)
    metric_timestamp(metric.key, metric.timestamp)


def _in_view(run: Run, view: int) -> bool:
    deleted = run.info.lifecycle_stage == "deleted"
    return bool(view == ViewType.ALL or deleted == (view == ViewType.DELETED_ONLY))
