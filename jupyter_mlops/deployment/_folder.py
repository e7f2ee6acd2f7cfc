"""A package's folder: written beside its place, then renamed; never over what is not ours or what somebody changed.

A folder of ours has a record with the digest of each of its files. When these are what it says, and there are no
others, the folder may be replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..entities import Bundle, PackageFile
from ..exceptions import ExportError, UsageError

RECORD = ".jupyter-mlops-package.json"
"""Says that a folder is ours, and what stands in it."""


class Draft:
    """A package that is being written, in a folder that nobody looks into yet.

    Parameters
    ----------
    path : Path
        The folder for now.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files: list[PackageFile] = []

    @property
    def files(self) -> tuple[PackageFile, ...]:
        """What was written, in this order."""
        return tuple(self._files)

    def write(self, path: str, content: str | bytes, about: str) -> Path:
        """Write a file and return where it is."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.keep(path, about)

    def keep(self, path: str, about: str) -> Path:
        """Say what a file is that somebody else has written here, and return where it is."""
        self._files.append(PackageFile(path, about))
        return self.path / path

    def copy_model(self, bundle: Bundle, path: str) -> Path:
        """Copy the model, when it is still what was looked at; its weights stand beside it where they do here.

        Raises
        ------
        ExportError
            It has been changed since.
        """
        if bundle.weights:
            self.write(str(Path(path).with_name(bundle.weights)), weights_bytes(bundle), "the model's weights")
        about = "the model, whose weights stand beside it" if bundle.weights else "the model, one ONNX file"
        return self.write(path, model_bytes(bundle), about)


def model_bytes(bundle: Bundle) -> bytes:
    """Return the file of a bundle.

    Raises
    ------
    ExportError
        It is gone, or no longer what was looked at.
    """
    return _unchanged(bundle.path, bundle.sha256)


def weights_bytes(bundle: Bundle) -> bytes:
    """Return what stands beside the file of a bundle, whose name has its digest; nothing where all is in the file.

    Raises
    ------
    ExportError
        It is gone, or no longer what was looked at.
    """
    digest = bundle.weights.removeprefix("weights-").removesuffix(".data")
    return _unchanged(bundle.path.with_name(bundle.weights), digest) if bundle.weights else b""


def model_size(bundle: Bundle) -> int:
    """Return the bytes of a bundle's file, and of what stands beside it."""
    beside = [bundle.path.with_name(bundle.weights)] if bundle.weights else []
    return sum(path.stat().st_size for path in (bundle.path, *beside))


def _unchanged(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}. Export the model again.") from None
    if not hashlib.sha256(data).hexdigest().startswith(digest):
        raise ExportError(f"{path} has changed since it was checked. Deploy it again.")
    return data


@contextmanager
def drafted(directory: Path, target: str) -> Iterator[Draft]:
    """Give a draft, and put it in its place when the block ends well; otherwise leave everything as it was.

    Raises
    ------
    UsageError
        The place is taken by what is not ours or was changed, or there is none.
    """
    _refuse_what_is_not_ours(directory)
    temporary = directory.with_name(f".{directory.name[:60]}.{secrets.token_hex(8)}.tmp")
    try:
        try:
            temporary.mkdir()
            draft = Draft(temporary)
            yield draft
            _write_record(temporary, target)
            _refuse_what_is_not_ours(directory)  # it took a while
            _put(temporary, directory)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"Cannot write {directory}: {error.strerror}. Choose another folder with -o.") from error


def _put(temporary: Path, directory: Path) -> None:
    """Rename the new folder into its place; the old one is out of the way for that moment only."""
    if not directory.exists() or not any(directory.iterdir()):
        temporary.rename(directory)
        return
    old = temporary.with_name(f"{temporary.name}.old")
    directory.rename(old)
    try:
        temporary.rename(directory)
    except OSError:
        old.rename(directory)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _write_record(folder: Path, target: str) -> None:
    record = {"target": target, "files": _digests(folder)}
    (folder / RECORD).write_text(json.dumps(record, indent=1, ensure_ascii=False))


def _digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file; of what is no file, its kind."""
    found = {}
    for path in sorted(Path(base) / name for base, _, names in os.walk(folder) for name in names):
        if (path.name == RECORD and path.parent == folder) or path.parent.name == "__pycache__":
            continue  # Python leaves the latter behind wherever it looks
        plain = path.is_file() and not path.is_symlink()
        found[path.relative_to(folder).as_posix()] = (
            hashlib.sha256(path.read_bytes()).hexdigest() if plain else "no file"
        )
    return found


def _refuse_what_is_not_ours(directory: Path) -> None:
    """Raise unless nothing would be lost."""
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise UsageError(f"{directory} is there, and is no folder of ours. Choose another with -o.")
    if not directory.parent.is_dir():
        raise UsageError(f"There is no folder {directory.parent}. Make it, or choose another with -o.")
    if not directory.exists() or not any(directory.iterdir()):
        return
    recorded = _recorded(directory)
    if recorded is None:
        raise UsageError(f"{directory} has files that are not ours. Choose another folder with -o, or remove it.")
    present = _digests(directory)
    changed = next((path for path in sorted(recorded.keys() | present.keys()) if _differs(path, recorded, present)), "")
    if changed:
        raise UsageError(
            f"{directory} was changed since it was written: {changed}. "
            "Choose another folder with -o, or remove this one."
        )


def _differs(path: str, recorded: dict[str, str], present: dict[str, str]) -> bool:
    return recorded.get(path) != present.get(path)


def _recorded(directory: Path) -> dict[str, str] | None:
    try:
        files = json.loads((directory / RECORD).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return files if isinstance(files, dict) else None
