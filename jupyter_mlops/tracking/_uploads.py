"""Artifacts from the run directory into the store's own place, each file once, whole or not at all.

Runs in the keeper. A file has its final name in the run directory only when it is whole (`_staged_artifacts`), so
whatever has one may be sent; a file that changes later is sent again.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._cursor import Cursor

HIDDEN_PREFIX = ".artifact.uploading."


def upload(
    folder: Path, repository: Any, base: Path, cursor: Cursor, renamed: dict[str, str] | None = None
) -> tuple[str, ...]:
    """Send the files below a folder that were not sent yet; return those whose names the store has no way to say.

    Parameters
    ----------
    folder : Path
        In the run directory; it need not exist.
    repository : mlflow.store.artifact.artifact_repo.ArtifactRepository
        Where the store wants them.
    base : Path
        The run directory: `cursor.artifacts` has paths below it.
    cursor : Cursor
        Says what was sent; told what is.
    renamed : dict, optional
        Texts to replace in `MLmodel` files: ids of ours by ids of the store's.

    Raises
    ------
    MlflowException, OSError
        A file could not be sent; those before it are noted.
    """
    refused = []
    for path, seen in _files(folder):
        # A file's name may be any bytes.
        key = path.relative_to(base).as_posix().encode("utf-8", "backslashreplace").decode()
        if cursor.artifacts.get(key) == seen:
            continue
        inner = path.parent.relative_to(folder).as_posix()
        target = None if inner == "." else inner
        try:
            if path.name == "MLmodel" and renamed:
                _send_renamed(path, repository, target, renamed)
            else:
                repository.log_artifact(os.fspath(path), target)
        except UnicodeEncodeError:
            refused.append(key)
        cursor.artifacts[key] = seen
    return tuple(refused)


def stamp(path: Path) -> str:
    """Return what tells a later change of a file; empty where there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return ""
    return f"{stat.st_size}:{stat.st_mtime_ns}"


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the whole files below a folder, with what tells a later change; links are not followed."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            if name.startswith(HIDDEN_PREFIX) or path.is_symlink() or not path.is_file():
                continue
            yield path, stamp(path)


def _send_renamed(path: Path, repository: Any, target: str | None, renamed: dict[str, str]) -> None:
    text = path.read_text("utf-8")
    for ours, theirs in renamed.items():
        text = text.replace(ours, theirs)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        copy.write_text(text, "utf-8")
        repository.log_artifact(os.fspath(copy), target)
