"""Registered models out of an MLflow server, by its documented REST interface: two questions, bounded answers."""

from __future__ import annotations

from typing import Any

from ...entities import RegisteredModel
from .._foreign._rest import get_answer
from ._rows import models_of

_MODELS, _VERSIONS = 1_000, 5_000
"""That are asked for; a server refuses more than 1,000 models."""


def find_models(uri: str, timeout_s: float) -> list[RegisteredModel]:
    """Return the models of a server.

    Raises
    ------
    OSError, ValueError
        The server cannot be reached, refuses, or answers nonsense.
    """
    told = get_answer(uri, "registered-models/search", {"max_results": _MODELS}, timeout_s)
    models = told.get("registered_models") or []
    if not models:
        return []
    query = {"max_results": _VERSIONS, "order_by": "last_updated_timestamp DESC"}
    versions = get_answer(uri, "model-versions/search", query, timeout_s).get("model_versions") or []
    try:
        return models_of(uri, [_model(row) for row in models], [_version(row) for row in versions])
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"registered-models/search tells no models: {error!r}") from error


def _model(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "description": row.get("description"),
        "created": row.get("creation_timestamp"),
        "updated": row.get("last_updated_timestamp"),
        "aliases": {alias["alias"]: alias["version"] for alias in row.get("aliases") or ()},
        "tags": _tags(row),
    }


def _version(row: dict[str, Any]) -> dict[str, Any]:
    plain = {key: row.get(key) for key in ("name", "version", "description", "source", "run_id", "status")}
    return {
        **plain,
        "created": row.get("creation_timestamp"),
        "status_message": row.get("status_message"),
        "tags": _tags(row),
    }


def _tags(row: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag.get("value", "") for tag in row.get("tags") or ()}
