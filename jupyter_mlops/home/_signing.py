"""Signed manifests: a pickle is code, so nothing is unpickled that this user did not write.

The key lives outside `.mlops`, as Jupyter's notebook key does: a `.mlops` that arrives with a repository or a zip
brings manifests, but no signature that fits.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Any

import msgspec

from ..entities import Manifest
from ..exceptions import HomeError, UntrustedManifestError
from ._files import read_bytes, sync_folder, temporary_name, write_fully
from ._system import user_data_dir

_PURPOSE = b"jupyter-mlops manifest 1\0"


class Signer:
    """Signs manifests with this user's key and refuses what carries another signature, or none.

    Parameters
    ----------
    key_file : Path, optional
        Made on first use with mode 0600; `key` in the user's data directory unless given.
    """

    def __init__(self, key_file: Path | None = None) -> None:
        self.key_file = key_file or user_data_dir() / "key"
        self._key = b""

    def sign(self, manifest: Manifest) -> Manifest:
        """Return the manifest with this user's signature.

        Raises
        ------
        HomeError
            There is no key and none can be made.
        """
        return msgspec.structs.replace(manifest, signature=self._signature(manifest))

    def verify(self, manifest: Manifest) -> None:
        """Return when this user has signed the manifest.

        Raises
        ------
        UntrustedManifestError
            Somebody else has, or nobody, or it was changed since.
        HomeError
            There is no key and none can be made.
        """
        if not hmac.compare_digest(self._signature(manifest).encode(), manifest.signature.encode()):
            raise UntrustedManifestError(
                "These values were not stored by you on this machine; reading them can run anybody's code. "
                "If you trust where they come from: %runs trust RUN"
            )

    def _signature(self, manifest: Manifest) -> str:
        self._key = self._key or _load_key(self.key_file)
        return hmac.new(self._key, _PURPOSE + canonical_bytes(manifest), hashlib.sha256).hexdigest()


def canonical_bytes(manifest: Manifest) -> bytes:
    """Return what is signed: every field but the signature that is not at its default, in alphabetical order.

    Defaults are left out so that a field which a later version adds does not break the signatures of before.
    """
    unsigned = msgspec.structs.replace(manifest, signature="")
    return msgspec.json.encode(_telling_fields(unsigned), order="sorted")


def _telling_fields(value: Any) -> Any:
    """Return a structure as plain dicts and lists, without the fields that have their default."""
    if isinstance(value, tuple):
        return [_telling_fields(item) for item in value]
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    defaults = dict(zip(reversed(value.__struct_fields__), reversed(value.__struct_defaults__), strict=False))
    return {
        name: _telling_fields(held) for name, held in fields.items() if held != defaults.get(name, msgspec.NODEFAULT)
    }


def _load_key(file: Path) -> bytes:
    """Return the user's key, made when there is none; of several processes that make one, all get the same."""
    try:
        key = read_bytes(file)
        if key is None:
            _make_key(file)
            key = read_bytes(file)
        elif file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except OSError as error:
        raise HomeError(f"Cannot read or make the key that signs your runs, {file}: {error.strerror}.") from error
    if key is None or len(key) < 64:
        raise HomeError(f"The key in {file} is damaged. Remove it; runs of before must then be trusted anew.")
    return key


def _make_key(file: Path) -> None:
    """Put a whole new key in place, unless somebody else has been quicker."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = file.with_name(temporary_name(file.name))
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_fully(descriptor, secrets.token_hex(32).encode())
        os.fsync(descriptor)
        file.hardlink_to(temporary)
        sync_folder(file.parent)
    except FileExistsError:
        return
    finally:
        os.close(descriptor)
        temporary.unlink()
