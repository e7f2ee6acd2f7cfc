"""What each operation of the journal means in the tracking store. Every one may be repeated without effect.

Runs in the keeper; one function an operation, chosen by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mlflow.entities import (
    ExperimentTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    Param,
    RunStatus,
    RunTag,
)

from ._journal import Entry
from ._record import PARENT_TAG, USER_TAG, model_of
from ._store._base import to_dataset_input

if TYPE_CHECKING:
    from ._shipment import Shipment


def apply(shipment: Shipment, entry: Entry) -> None:
    """Do in the store what an entry says; one of a newer version that we do not know is passed over.

    Raises
    ------
    MlflowException, OSError
        The store refuses it or cannot be reached.
    """
    operation = _OPERATIONS.get(entry.op)
    if operation is not None:
        operation(shipment, entry)


def _create_run(shipment: Shipment, entry: Entry) -> None:
    fields = entry.fields
    tags = dict(fields.get("tags") or {})
    parent = tags.get(PARENT_TAG, "")
    if parent in shipment.cursor.run_ids:
        tags[PARENT_TAG] = shipment.cursor.run_ids[parent]
    shipment.cursor.run_ids[entry.run_id] = shipment.target.create_run(
        entry.run_id,
        fields["experiment"],
        user=fields.get("user") or tags.get(USER_TAG, ""),
        start_time=fields.get("start_time") or entry.at,
        tags=tags,
        name=fields["name"],
    )


def _log_param(shipment: Shipment, entry: Entry) -> None:
    param = Param(entry.fields["key"], entry.fields["value"])
    shipment.target.store.log_param(shipment.store_run(entry.run_id), param)


def _set_tag(shipment: Shipment, entry: Entry) -> None:
    run_id, key, value = shipment.store_run(entry.run_id), entry.fields["key"], entry.fields["value"]
    shipment.target.store.set_tag(run_id, RunTag(key, value))


def _delete_tag(shipment: Shipment, entry: Entry) -> None:
    run_id, key = shipment.store_run(entry.run_id), entry.fields["key"]
    if key in shipment.target.store.get_run(run_id).data.tags:
        shipment.target.store.delete_tag(run_id, key)


def _update_run(shipment: Shipment, entry: Entry) -> None:
    run_id, fields = shipment.store_run(entry.run_id), entry.fields
    status = RunStatus.from_string(fields["status"]) if fields.get("status") else None
    if status is None:
        status = RunStatus.from_string(shipment.target.store.get_run(run_id).info.status)
    shipment.target.store.update_run_info(run_id, status, fields.get("end_time"), fields.get("name"))


def _delete_run(shipment: Shipment, entry: Entry) -> None:
    getattr(shipment.target.store, entry.op)(shipment.store_run(entry.run_id))


def _move_run(shipment: Shipment, entry: Entry) -> None:
    experiment = entry.fields["experiment"]
    run_id = shipment.store_run(entry.run_id)
    if shipment.target.move_run(run_id, experiment):
        if entry.run_id == shipment.run.run_id:
            shipment.cursor.experiment = experiment
        return
    # No store but our own lets a run change its experiment; the tag says where the cell wanted it.
    shipment.target.store.set_tag(run_id, RunTag("mlops.experiment", experiment))


def _log_inputs(shipment: Shipment, entry: Entry) -> None:
    run_id, store = shipment.store_run(entry.run_id), shipment.target.store
    datasets = [to_dataset_input(dataset) for dataset in entry.fields.get("datasets") or ()]
    wanted = [shipment.store_model(model["model_id"]) for model in entry.fields.get("models") or ()]
    known = {model.model_id for model in _inputs(store, run_id)} if wanted else set()
    models = [LoggedModelInput(model_id) for model_id in wanted if model_id not in known]
    if datasets or models:
        store.log_inputs(run_id, datasets, models)


def _inputs(store: Any, run_id: str) -> list[Any]:
    inputs = store.get_run(run_id).inputs
    return list(inputs.model_inputs) if inputs else []


def _log_outputs(shipment: Shipment, entry: Entry) -> None:
    run_id, store = shipment.store_run(entry.run_id), shipment.target.store
    outputs = store.get_run(run_id).outputs
    known = {(model.model_id, model.step) for model in (outputs.model_outputs if outputs else ())}
    wanted = [(shipment.store_model(model["model_id"]), model["step"]) for model in entry.fields.get("models") or ()]
    new = [LoggedModelOutput(model_id, step) for model_id, step in wanted if (model_id, step) not in known]
    if new:
        store.log_outputs(run_id, new)


def _create_model(shipment: Shipment, entry: Entry) -> None:
    model = model_of(entry)
    run_id = shipment.store_run(entry.run_id) if entry.run_id else None
    shipment.cursor.model_ids[model.model_id] = shipment.target.create_model(model, run_id)


def _finalize_model(shipment: Shipment, entry: Entry) -> None:
    shipment.ship_model(entry.fields["model_id"])
    model_id = shipment.store_model(entry.fields["model_id"])
    shipment.target.store.finalize_logged_model(model_id, LoggedModelStatus(entry.fields["status"]))


def _change_model(shipment: Shipment, entry: Entry) -> None:
    store, fields = shipment.target.store, entry.fields
    model_id = shipment.store_model(fields["model_id"])
    if fields.get("tags"):
        store.set_logged_model_tags(model_id, [LoggedModelTag(key, value) for key, value in fields["tags"].items()])
    model = store.get_logged_model(model_id)
    for key in fields.get("deleted_tags") or ():
        if key in model.tags:
            store.delete_logged_model_tag(model_id, key)
    params = {key: value for key, value in (fields.get("params") or {}).items() if key not in model.params}
    if params:
        store.log_logged_model_params(model_id, [LoggedModelParameter(key, value) for key, value in params.items()])


def _delete_model(shipment: Shipment, entry: Entry) -> None:
    shipment.target.store.delete_logged_model(shipment.store_model(entry.fields["model_id"]))


def _create_experiment(shipment: Shipment, entry: Entry) -> None:
    fields = entry.fields
    shipment.target.id_of_named(fields["experiment"], fields.get("artifact_location"), fields.get("tags"))


def _use_experiment(shipment: Shipment, entry: Entry) -> None:
    """Make an experiment that the cell names with a number: what comes next must not take that for an id."""
    if entry.fields["experiment"].isdigit():
        shipment.target.id_of_named(entry.fields["experiment"])


def _set_experiment_tag(shipment: Shipment, entry: Entry) -> None:
    experiment_id = shipment.target.experiment_id(entry.fields["experiment"])
    shipment.target.store.set_experiment_tag(experiment_id, ExperimentTag(entry.fields["key"], entry.fields["value"]))


def _delete_experiment_tag(shipment: Shipment, entry: Entry) -> None:
    experiment_id, key = shipment.target.experiment_id(entry.fields["experiment"]), entry.fields["key"]
    if key in shipment.target.store.get_experiment(experiment_id).tags:
        shipment.target.store.delete_experiment_tag(experiment_id, key)


_OPERATIONS: dict[str, Callable[[Shipment, Entry], None]] = {
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
    "create_experiment": _create_experiment,
    "use_experiment": _use_experiment,
    "set_experiment_tag": _set_experiment_tag,
    "delete_experiment_tag": _delete_experiment_tag,
}
