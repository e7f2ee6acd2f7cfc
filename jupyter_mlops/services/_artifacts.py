"""A run's artifacts, listed and opened. Everything in them may be a stranger's: nothing is followed, loaded or run.

A path is a list of names below the run's folder. Each is opened beneath the folder before it, without following links,
so that no name, link or exchange between a look and a use leads out; what is no regular file is as absent.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Literal

from ..entities import ArtifactEntry, ArtifactPage
from ..exceptions import RunNotFoundError
from ._run import Run

MOST_ENTRIES = 2_000
"""Of a folder that are listed, folders first."""

MOST_PREVIEW_BYTES = 5_000_000

Preview = Literal["", "image", "text", "table", "json"]

_MODELS = "models"
_MODEL = re.compile(r"[\w.-]{1,64}")
_HIDDEN = ".artifact.uploading."
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_PREVIEWS: dict[Preview, tuple[str, ...]] = {
    "image": (".png", ".jpg", ".jpeg", ".webp", ".gif"),
    "json": (".json", ".ipynb"),
    "table": (".csv", ".tsv"),
    "text": (".txt", ".log", ".md", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".py", ".sh", ".sql", ".patch", ".diff"),
}
_TEXT_NAMES = frozenset({"MLmodel", "LICENSE", "README"})


class ArtifactAbsentError(RunNotFoundError):
    """There is no such artifact, or it is none that may be read; which of the two is not said."""


def preview_of(name: str, size: int) -> Preview:
    """Return how a file may be shown, by its name alone; not at all when it is large, or may hold a program."""
    if size > MOST_PREVIEW_BYTES:
        return ""
    if name in _TEXT_NAMES:
        return "text"
    suffix = PurePosixPath(name).suffix.lower()
    return next((preview for preview, suffixes in _PREVIEWS.items() if suffix in suffixes), "")


def list_artifacts(run: Run, path: str) -> ArtifactPage:
    """Return what a folder of a run's artifacts holds, folders first.

    Raises
    ------
    ArtifactAbsentError
        There is none of that path.
    """
    run.spec  # noqa: B018 - raises where there is no such run
    names = _split(path)
    entries: list[ArtifactEntry] = []
    left_out = 0
    try:
        with _folder(run, names) as descriptor:
            entries, left_out = _entries(descriptor, path)
    except ArtifactAbsentError:
        if names:
            raise
    if not names and _has_models(run) and not any(entry.path == _MODELS for entry in entries):
        entries.append(ArtifactEntry(path=_MODELS, is_folder=True))
    entries.sort(key=lambda entry: (not entry.is_folder, entry.path))
    return ArtifactPage(path=path, entries=tuple(entries), left_out=left_out)


@contextmanager
def open_artifact(run: Run, path: str) -> Iterator[tuple[int, os.stat_result]]:
    """Open an artifact for a while; give its descriptor and what the system says of it.

    Raises
    ------
    ArtifactAbsentError
        There is no such file, or it is a link, device, pipe, folder, or has two names.
    """
    run.spec  # noqa: B018 - raises where there is no such run
    names = _split(path)
    if not names:
        raise _absent()
    with _folder(run, names[:-1]) as folder:
        try:
            descriptor = os.open(names[-1], _FILE, dir_fd=folder)
        except OSError:
            raise _absent() from None
        try:
            found = os.fstat(descriptor)
            # A second name may be that of a file outside, which this user may read and the asker may not name.
            if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                raise _absent()
            yield descriptor, found
        finally:
            os.close(descriptor)


def _split(path: str) -> list[str]:
    """Return the names of a path; none for the top."""
    if not path:
        return []
    # Half a character outside of the BMP is none, and no listing names such a file.
    if len(path) > 4_000 or re.search(r"[\x00-\x1f\x7f\\\ud800-\udfff]", path):
        raise _absent()
    names = path.split("/")
    if any(name in ("", ".", "..") or len(name.encode()) > 255 for name in names):
        raise _absent()
    return names


@contextmanager
def _folder(run: Run, names: list[str]) -> Iterator[int]:
    """Open a folder name by name, none of them a link."""
    base = run.directory.artifacts
    # The models that a run logs lie beside its artifacts, under their ids.
    if names[:1] == [_MODELS] and not (base / _MODELS).exists():
        base = run.directory.staged
        if names[1:]:
            if not _MODEL.fullmatch(names[1]):
                raise _absent()
            names = [*names[:2], "artifacts", *names[2:]]
    descriptor = -1
    try:
        descriptor = os.open(base, _DIRECTORY)
        for name in names:
            below = os.open(name, _DIRECTORY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
    except OSError:
        if descriptor >= 0:
            os.close(descriptor)
        raise _absent() from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _entries(descriptor: int, path: str) -> tuple[list[ArtifactEntry], int]:
    """Return the first folders and regular files of a folder by name, and how many there are besides."""
    prefix = f"{path}/" if path else ""
    with os.scandir(descriptor) as entries:
        found = [entry for entry in entries if not entry.name.startswith(_HIDDEN)]
        if len(found) > MOST_ENTRIES:
            found.sort(key=lambda entry: (not entry.is_dir(follow_symlinks=False), entry.name))
        told = (_entry(entry, prefix) for entry in found[:MOST_ENTRIES])
        return [entry for entry in told if entry is not None], max(0, len(found) - MOST_ENTRIES)


def _entry(entry: os.DirEntry[str], prefix: str) -> ArtifactEntry | None:
    """Return how a folder or a regular file is told; None for all else."""
    try:
        found = entry.stat(follow_symlinks=False)
        entry.name.encode()
    except (OSError, UnicodeEncodeError):
        return None  # gone since, or a name that no JSON holds
    if stat.S_ISDIR(found.st_mode):
        return ArtifactEntry(path=prefix + entry.name, is_folder=True)
    if not stat.S_ISREG(found.st_mode):
        return None
    preview = preview_of(entry.name, found.st_size)
    return ArtifactEntry(path=prefix + entry.name, is_folder=False, size=found.st_size, preview=preview)


def _has_models(run: Run) -> bool:
    try:
        with os.scandir(run.directory.staged / _MODELS) as found:
            return any(found)
    except OSError:
        return False


def _absent() -> ArtifactAbsentError:
    return ArtifactAbsentError("There is no such artifact.")
