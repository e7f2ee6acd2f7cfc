"""`python -m jupyter_mlops.tracking._registry._child`: does one thing with a model registry, by MLflow's own client.

An empty line on stdout says that MLflow is loaded. The wish comes through stdin as JSON, the answer goes to stdout as
JSON; everything else that is printed, to stderr. A process of its own, so that whoever asks may end it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

_AWAIT_S = 20
"""For a version to become ready, where a registry copies what it is given."""


def answer(wish: dict[str, Any]) -> dict[str, Any]:
    """Return what comes of a wish, also where MLflow says no; anything else ends the process with a traceback."""
    details = {key: value for key, value in wish.items() if key not in ("do", "tracking_uri", "registry_uri")}
    # Some of MLflow's stores ask its global client for the models that they register.
    os.environ["MLFLOW_TRACKING_URI"], os.environ["MLFLOW_REGISTRY_URI"] = wish["tracking_uri"], wish["registry_uri"]
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        client = MlflowClient(wish["tracking_uri"], wish["registry_uri"])
        return WORDS[wish["do"]](client, **details) or {}
    except MlflowException as error:
        return {"error": str(error), "code": error.error_code}


def find(client: Any, most: int, versions: int) -> dict[str, Any]:
    """Return the rows of models and of their newest versions."""
    models = client.search_registered_models(max_results=most)
    rows = []
    for model in models:
        quoted = model.name.replace("'", "\\'")
        found = client.search_model_versions(
            f"name = '{quoted}'", max_results=versions, order_by=["version_number DESC"]
        )
        rows += [_version(version) for version in found]
    return {"models": [_model(model) for model in models], "versions": rows}


def register(
    client: Any, name: str, source: str, run_id: str, tags: dict[str, str], description: str, aliases: list[str]
) -> dict[str, Any]:
    """Make a version of what lies at a source, and the model where there is none of that name.

    Parameters
    ----------
    source : str
        `models:/m-...` of a logged model, else a path below the run's artifacts.
    run_id : str
        The store's id of the run that made it.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS"):
            raise
    if source.startswith("models:/"):
        made = mlflow.register_model(source, name, await_registration_for=_AWAIT_S, tags=tags)
        if description:
            client.update_model_version(name, made.version, description)
    else:
        place = f"{client.get_run(run_id).info.artifact_uri}/{source}"
        made = client.create_model_version(
            name, place, run_id, tags, description=description or None, await_creation_for=_AWAIT_S
        )
    for alias in aliases:
        _point(client, name, alias, str(made.version))
    return {"version": int(made.version)}


def alias(client: Any, name: str, aliases: dict[str, int | None]) -> None:
    """Let aliases mean versions; None removes one."""
    for word, version in aliases.items():
        if version is None:
            client.delete_registered_model_alias(name, word)
        else:
            _point(client, name, word, str(version))


def _point(client: Any, name: str, alias: str, version: str) -> None:
    """Point an alias at a version, again where another process made the same alias at this moment."""
    from mlflow.exceptions import MlflowException

    try:
        client.set_registered_model_alias(name, alias, version)
    except MlflowException as error:
        if error.error_code != "BAD_REQUEST":  # MLflow's word for a row that is there already
            raise
        client.set_registered_model_alias(name, alias, version)


def describe(client: Any, name: str, version: int | None, text: str) -> None:
    """Set the description of a version, or of the model."""
    if version is None:
        client.update_registered_model(name, text)
    else:
        client.update_model_version(name, str(version), text)


def tag(client: Any, name: str, version: int | None, tags: dict[str, str | None]) -> None:
    """Set tags of a version, or of the model; None removes one."""
    for key, text in tags.items():
        if version is None and text is None:
            client.delete_registered_model_tag(name, key)
        elif version is None:
            client.set_registered_model_tag(name, key, text)
        elif text is None:
            client.delete_model_version_tag(name, str(version), key)
        else:
            client.set_model_version_tag(name, str(version), key, text)


def delete(client: Any, name: str, version: int | None) -> None:
    """Delete a version, or the model with all of them."""
    if version is None:
        client.delete_registered_model(name)
    else:
        client.delete_model_version(name, str(version))


def fetch(client: Any, source: str, folder: str) -> dict[str, Any]:  # noqa: ARG001  every word is given the client
    """Copy the files of a model to a folder, which is made; nothing of them is read.

    Parameters
    ----------
    source : str
        `runs:/ID/NAME` or `models:/NAME/3`.
    """
    from mlflow.artifacts import download_artifacts

    Path(folder).mkdir(parents=True)
    return {"place": download_artifacts(artifact_uri=source, dst_path=folder)}


WORDS: dict[str, Callable[..., dict[str, Any] | None]] = {
    "fetch": fetch,
    "find": find,
    "register": register,
    "alias": alias,
    "describe": describe,
    "tag": tag,
    "delete": delete,
}


def _model(model: Any) -> dict[str, Any]:
    return {
        "name": model.name,
        "description": model.description,
        "created": model.creation_timestamp,
        "updated": model.last_updated_timestamp,
        "aliases": dict(model.aliases or {}),
        "tags": dict(model.tags or {}),
    }


def _version(version: Any) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": int(version.version),
        "description": version.description,
        "created": version.creation_timestamp,
        "source": version.source,
        "run_id": version.run_id,
        "status": str(version.status or "READY"),
        "status_message": version.status_message,
        "tags": dict(version.tags or {}),
    }


def serve(wish: TextIO, answers: TextIO) -> None:
    """Load MLflow, say so by an empty line, then answer one wish."""
    with contextlib.redirect_stdout(sys.stderr):
        # What the stores of most registries need, before the clock of the wish.
        import mlflow.store.model_registry.sqlalchemy_store
        import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
    answers.write("\n")
    answers.flush()
    with contextlib.redirect_stdout(sys.stderr):
        told = json.dumps(answer(json.load(wish)))
    answers.write(told)


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
