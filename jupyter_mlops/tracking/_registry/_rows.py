"""Registered models from the rows that a registry tells: plain dicts of a stranger, of any shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ...entities import ModelVersion, RegisteredModel
from .._foreign._foreign import RUN_TAG
from ._registered import MOST_VERSIONS, model_id_of

ONNX_TAG = "mlops.onnx.sha256"
"""Of a version that is an ONNX file: which."""

_MOST_TAGS, _LONGEST = 100, 5_000


def models_of(
    registry_uri: str, models: Iterable[Mapping[str, Any]], versions: Iterable[Mapping[str, Any]]
) -> list[RegisteredModel]:
    """Return models with their newest versions.

    Parameters
    ----------
    registry_uri : str
        Where they are.
    models : iterable of Mapping
        Rows with `name`, perhaps `description`, `tags`, `created`, `updated` (milliseconds) and `aliases`.
    versions : iterable of Mapping
        Rows with `name` and `version`, perhaps `description`, `tags`, `created`, `source`, `run_id`, `status`.

    Raises
    ------
    ValueError
        A row is no such row.
    """
    try:
        by_name: dict[str, list[Mapping[str, Any]]] = {}
        for row in versions:
            by_name.setdefault(str(row["name"]), []).append(row)
        return [_model(registry_uri, row, by_name.get(str(row["name"]), [])) for row in models]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"the registry tells no models: {error!r}") from error


def _model(registry_uri: str, row: Mapping[str, Any], versions: list[Mapping[str, Any]]) -> RegisteredModel:
    name = str(row["name"])
    aliases: dict[int, list[str]] = {}
    for alias, version in (row.get("aliases") or {}).items():
        aliases.setdefault(int(version), []).append(str(alias))
    newest = sorted(versions, key=lambda version: -int(version["version"]))
    kept = [each for place, each in enumerate(newest) if place < MOST_VERSIONS or int(each["version"]) in aliases]
    return RegisteredModel(
        model_id=model_id_of(registry_uri, name),
        name=name,
        description=_text(row.get("description")),
        tags=_tags(row.get("tags")),
        created_at=_moment(row.get("created")),
        updated_at=_moment(row.get("updated")),
        versions=tuple(_version(each, tuple(sorted(aliases.get(int(each["version"]), ())))) for each in kept),
        version_count=max(len(versions), int(row.get("count") or 0)),
    )


def _version(row: Mapping[str, Any], aliases: tuple[str, ...]) -> ModelVersion:
    tags = _tags(row.get("tags"))
    status, why = str(row.get("status") or "READY"), _text(row.get("status_message"))
    return ModelVersion(
        name=str(row["name"]),
        version=int(row["version"]),
        aliases=aliases,
        description=_text(row.get("description")),
        tags=tags,
        created_at=_moment(row.get("created")),
        source=_text(row.get("source")),
        status=status if status == "READY" else " ".join(filter(None, [status, why])),
        run_id=tags.get(RUN_TAG) or str(row.get("run_id") or ""),
        onnx_sha256=tags.get(ONNX_TAG, ""),
    )


def _tags(told: Any) -> dict[str, str]:
    return {str(key): _text(value) for key, value in list((told or {}).items())[:_MOST_TAGS]}


def _text(told: Any) -> str:
    return str(told or "")[:_LONGEST]


def _moment(milliseconds: Any) -> str:
    """Return a registry's time in ISO 8601, UTC; empty where there is none, or one outside of all calendars."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).isoformat(timespec="milliseconds")
    except (TypeError, ValueError, OverflowError, OSError):
        return ""
