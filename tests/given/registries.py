"""Registries that stories find: MLflow's sqlite store with models in it, written by SQL; making one takes seconds."""

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path

from jupyter_mlops.tracking._local_store import prepare_store

NOW_MS = 1_795_000_000_000


@cache
def _empty_store() -> Path:
    path = Path(tempfile.mkdtemp(prefix="registry-")) / "mlflow.db"
    prepare_store(path, owned=False)
    return path


def make_registry(path: Path) -> Path:
    """Put an empty store in a place, and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal"):
        source = _empty_store().with_name(_empty_store().name + suffix)
        if source.exists():
            shutil.copyfile(source, path.with_name(path.name + suffix))
    return path


def add_model(
    path: Path,
    name: str,
    *,
    versions: int = 1,
    aliases: Mapping[str, int] | None = None,
    run_id: str = "",
    tags: Mapping[str, str] | None = None,
    description: str = "",
) -> None:
    """Add a model whose versions are all of one run."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT INTO registered_models (name, creation_time, last_updated_time, description) VALUES (?, ?, ?, ?)",
            (name, NOW_MS, NOW_MS + versions, description),
        )
        for version in range(1, versions + 1):
            database.execute(
                "INSERT INTO model_versions (name, version, creation_time, last_updated_time, current_stage, source,"
                " run_id, status) VALUES (?, ?, ?, ?, 'None', ?, ?, 'READY')",
                (name, version, NOW_MS + version, NOW_MS + version, f"/models/{name}/{version}", run_id),
            )
            for key, text in (tags or {}).items():
                database.execute(
                    "INSERT INTO model_version_tags (key, value, name, version) VALUES (?, ?, ?, ?)",
                    (key, text, name, version),
                )
        for alias, version in (aliases or {}).items():
            database.execute(
                "INSERT INTO registered_model_aliases (alias, version, name) VALUES (?, ?, ?)", (alias, version, name)
            )
