"""Registered models out of MLflow's sqlite store, by SQL: a millisecond, where importing MLflow needs two seconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from ...entities import RegisteredModel
from .._bulk import KNOWN_REVISIONS
from .._foreign._stranger_sqlite import bound_time, open_stranger
from ._registered import MOST_MODELS, MOST_VERSIONS, UnknownSchemaError
from ._rows import models_of

_MODELS = """
SELECT CAST(m.name AS TEXT), CAST(m.description AS TEXT), m.creation_time, m.last_updated_time,
       (SELECT count(*) FROM model_versions AS v
        WHERE v.workspace = m.workspace AND v.name = m.name AND v.current_stage IS NOT 'Deleted_Internal')
FROM registered_models AS m WHERE m.workspace = 'default' ORDER BY m.name LIMIT {models}
"""
_ALIASES = "SELECT name, CAST(alias AS TEXT), version FROM registered_model_aliases WHERE workspace = 'default'"
_VERSIONS = """
WITH numbered AS (
    SELECT *, row_number() OVER (PARTITION BY name ORDER BY version DESC) AS place FROM model_versions
    WHERE workspace = 'default' AND current_stage IS NOT 'Deleted_Internal')
SELECT CAST(n.name AS TEXT), n.version, CAST(n.description AS TEXT), n.creation_time, CAST(n.source AS TEXT),
       CAST(n.run_id AS TEXT), CAST(n.status AS TEXT), CAST(n.status_message AS TEXT)
FROM numbered AS n WHERE n.place <= {versions} OR EXISTS (
    SELECT 1 FROM registered_model_aliases AS a
    WHERE a.workspace = 'default' AND a.name = n.name AND a.version = n.version)
LIMIT {most}
"""
_MODEL_TAGS = """
SELECT name, CAST(key AS TEXT), substr(CAST(value AS TEXT), 1, 5000) FROM registered_model_tags
WHERE workspace = 'default' LIMIT {most}
"""
_VERSION_TAGS = """
SELECT name, version, CAST(key AS TEXT), substr(CAST(value AS TEXT), 1, 5000) FROM model_version_tags
WHERE workspace = 'default' LIMIT {most}
"""
_MOST_ROWS = 100_000


def find_models(path: Path, uri: str, timeout_s: float) -> list[RegisteredModel]:
    """Return the models of a store.

    Raises
    ------
    sqlite3.Error
        The file is no such store, is locked, or the time was up.
    UnknownSchemaError
        It is one of a schema that is not known here.
    """
    with closing(open_stranger(path)) as database:
        bound_time(database, timeout_s)
        _demand_known(database, path)
        models = list(_models(database))
        return models_of(uri, models, _versions(database))


def _demand_known(database: sqlite3.Connection, path: Path) -> None:
    found = database.execute("SELECT version_num FROM alembic_version").fetchone()
    if not found or found[0] not in KNOWN_REVISIONS:
        raise UnknownSchemaError(f"{path} has schema {found[0] if found else 'none'}, which is not known here.")


def _models(database: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    aliases: dict[str, dict[str, int]] = {}
    for name, alias, version in database.execute(_ALIASES):
        aliases.setdefault(name, {})[alias] = version
    tags: dict[str, dict[str, str]] = {}
    for name, key, value in database.execute(_MODEL_TAGS.format(most=_MOST_ROWS)):
        tags.setdefault(name, {})[key] = value
    # One more than is shown, so that it can be said that there are more.
    for name, description, created, updated, count in database.execute(_MODELS.format(models=MOST_MODELS + 1)):
        yield {
            "name": name,
            "description": description,
            "created": created,
            "updated": updated,
            "count": count,
            "aliases": aliases.get(name),
            "tags": tags.get(name),
        }


def _versions(database: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    tags: dict[tuple[str, int], dict[str, str]] = {}
    for name, version, key, value in database.execute(_VERSION_TAGS.format(most=_MOST_ROWS)):
        tags.setdefault((name, version), {})[key] = value
    columns = ("name", "version", "description", "created", "source", "run_id", "status", "status_message")
    for row in database.execute(_VERSIONS.format(versions=MOST_VERSIONS, most=_MOST_ROWS)):
        yield {**dict(zip(columns, row, strict=True)), "tags": tags.get((row[0], row[1]))}
