"""An endpoint's directory, `.mlops/endpoints/NAME/`: where each file is, and how it is written and read.

Whoever changes what is to be served holds `change.lock`; whoever serves holds `serve.lock` as long as it lives.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path

import msgspec

from ...entities import (
    ENDPOINT_VERSION,
    Bundle,
    EndpointFigures,
    EndpointRecord,
    EndpointRestarts,
    EndpointVersion,
    decode,
    encode,
)
from ...exceptions import DeploymentError, EndpointNotFoundError, ExportError, HomeError, UsageError
from ...home import Home, write_atomic
from .._folder import model_bytes, weights_bytes

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""What an endpoint may be called: it is a directory, a part of URLs and of commands."""


class _Versioned(msgspec.Struct):
    """All that every version of a record says."""

    version: int


_MOST_VERSIONS = 10
_TAIL_BYTES = 200_000

UNSERVABLE = 65
"""With this code a process ends whose version cannot be served: another would end as well. EX_DATAERR of sysexits.h."""

_SIGNALS = 128
"""A shell says that a process was ended by a signal by a number above."""


class EndpointDirectory:
    """The files of one endpoint; nothing is read before it is asked for, and nothing is remembered.

    Parameters
    ----------
    home : Home
        It belongs to.
    name : str
        Of the endpoint.

    Raises
    ------
    UsageError
        This is no name.
    """

    def __init__(self, home: Home, name: str) -> None:
        if not NAME.fullmatch(name):
            raise UsageError(f"{name[:80]!r} is no name of an endpoint: up to 63 letters, digits, - _ and .")
        self.home = home
        self.name = name
        self.path = home.path / "endpoints" / name
        self.record_file = self.path / "endpoint.json"
        self.figures_file = self.path / "figures.json"
        self.restarts_file = self.path / "restarts.json"
        self.log_file = self.path / "endpoint.log"
        self.serve_lock = self.path / "serve.lock"
        self.change_lock = self.path / "change.lock"
        self._secret_file = self.path / "secret"

    @staticmethod
    def names(home: Home) -> tuple[str, ...]:
        """Return the endpoints of a home, in order of their names; a folder of another name is none."""
        found = (file.parent.name for file in (home.path / "endpoints").glob("*/endpoint.json"))
        return tuple(sorted(name for name in found if NAME.fullmatch(name)))

    @property
    def socket(self) -> Path:
        """Where it listens: a short path in a directory that only this user can enter.

        Raises
        ------
        HomeError
            There is no such directory.
        """
        return self.home.socket(f"e-{hashlib.sha256(self.name.encode()).hexdigest()[:12]}")

    @property
    def end_file(self) -> Path:
        """How its last process ended, as the shell that waits for it says it; absent where none ran here.

        Beside the socket, and not in the directory: what came with somebody's archive has never run here.
        """
        return self.socket.with_suffix(".end")

    def make(self) -> None:
        """Make the directory, if it is not there.

        Raises
        ------
        HomeError
            It cannot be made.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._secret_file.exists():
                write_atomic(self._secret_file, secrets.token_hex(32).encode())
        except OSError as error:
            raise HomeError(f"Cannot make {self.path}: {error.strerror}. Free space or make it writable.") from error

    def exists(self) -> bool:
        """Tell whether there is an endpoint."""
        return self.record_file.exists()

    def record(self) -> EndpointRecord:
        """Return what is to be served.

        Raises
        ------
        EndpointNotFoundError
            There is no such endpoint.
        HomeError
            The record is damaged, or of a newer version.
        """
        try:
            record = decode(self.record_file.read_bytes(), EndpointRecord)
        except (FileNotFoundError, NotADirectoryError):
            known = ", ".join(self.names(self.home)) or "there is none yet"
            raise EndpointNotFoundError(f"No endpoint is called {self.name}. Known: {known}.") from None
        except OSError as error:
            raise HomeError(f"{self.record_file} cannot be read: {error.strerror}. Make it readable.") from None
        except (msgspec.MsgspecError, RecursionError) as error:
            self._refuse_newer()  # it may have words that this version does not know
            raise HomeError(f"{self.record_file} is damaged ({error}). Deploy to another name.") from None
        if record.version > ENDPOINT_VERSION:
            self._refuse_newer()
        if record.current not in (each.number for each in record.versions):
            raise HomeError(f"{self.record_file} is damaged: it has no version {record.current}. Deploy again.")
        return record

    def _refuse_newer(self) -> None:
        try:
            version = decode(self.record_file.read_bytes(), _Versioned).version
        except (OSError, msgspec.MsgspecError, RecursionError):
            return
        if version > ENDPOINT_VERSION:
            raise HomeError(f"{self.record_file} has version {version}. Upgrade jupyter_mlops.") from None

    def write(self, record: EndpointRecord) -> None:
        """Record what is to be served."""
        write_atomic(self.record_file, encode(record))

    def secret(self) -> str:
        """Return what clients must bring.

        Raises
        ------
        HomeError
            Its file is gone or damaged.
        """
        try:
            return self._secret_file.read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise HomeError(
                f"{self._secret_file} cannot be read ({getattr(error, 'strerror', 'it is damaged')}). "
                f"Remove it, stop the endpoint and deploy again: %deploy stop {self.name}"
            ) from None

    def model_file(self, number: int) -> Path:
        """Return where the model of a version is."""
        return self.path / "versions" / str(number) / "model.onnx"

    def add_version(self, bundle: Bundle, number: int) -> None:
        """Copy a bundle into the directory, all of it or nothing.

        Raises
        ------
        DeploymentError
            The file is not what it was when it was looked at, or the disk is full.
        """
        target = self.model_file(number)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if bundle.weights:
                write_atomic(target.with_name(bundle.weights), weights_bytes(bundle))
            write_atomic(target, model_bytes(bundle))
            write_atomic(target.with_name("signature.json"), bundle.signature.to_json().encode())
        except ExportError as error:
            raise DeploymentError(str(error)) from None
        except OSError as error:
            raise DeploymentError(f"Cannot copy {bundle.path} to {target}: {error.strerror}. Free space.") from error

    def forget_old(self, versions: tuple[EndpointVersion, ...]) -> tuple[EndpointVersion, ...]:
        """Remove the files of the oldest versions, and return those that stay."""
        kept = versions[-_MOST_VERSIONS:]
        numbers = {str(version.number) for version in kept}
        for folder in (self.path / "versions").glob("*"):
            if folder.name not in numbers:
                shutil.rmtree(folder, ignore_errors=True)
        return kept

    def figures(self) -> EndpointFigures:
        """Return how it does, or did when it ended; nothing where nobody asked yet."""
        try:
            return decode(self.figures_file.read_bytes(), EndpointFigures)
        except (OSError, msgspec.MsgspecError):
            return EndpointFigures()

    def restarts(self) -> EndpointRestarts:
        """Return how often it was started again unasked."""
        try:
            return decode(self.restarts_file.read_bytes(), EndpointRestarts)
        except (OSError, msgspec.MsgspecError):
            return EndpointRestarts()

    def write_restarts(self, restarts: EndpointRestarts | None) -> None:
        """Record how often; None when somebody has taken it in hand."""
        if restarts is None:
            self.restarts_file.unlink(missing_ok=True)
        else:
            write_atomic(self.restarts_file, encode(restarts), durable=False)

    def log(self, lines: int | None = None) -> str:
        """Return the end of the log; the last lines only where so many are named."""
        text = "".join(_tail(file) for file in (self.log_file.with_suffix(".log.1"), self.log_file))[-_TAIL_BYTES:]
        return text if lines is None else "".join(text.splitlines(keepends=True)[-lines:])

    def last_words(self) -> str:
        """Return why the last process has ended: by a signal, or as its log says, else that it was killed."""
        code = self.exit_code()
        if code is not None and code > _SIGNALS:
            return f"signal {code - _SIGNALS}"
        if code == 0:
            return "it was asked to end by SIGTERM"
        line = next((line for line in reversed(self.log().splitlines()) if line.strip()), "").strip()
        if not line or " INFO " in line or " WARNING " in line:
            return "it was killed, or the machine was restarted"
        return line.partition(" ERROR ")[2][:300] or line[:300]

    def exit_code(self) -> int | None:
        """Return how the last process ended, as a shell says it; None while it runs, or where nobody knows."""
        try:
            return int(self.end_file.read_text("ascii"))
        except (OSError, ValueError, HomeError):
            return None

    def is_unservable(self) -> bool:
        """Whether the last process has said that its version cannot be served."""
        return self.exit_code() == UNSERVABLE

    def remove(self) -> None:
        """Remove the directory; a process that serves notices, and ends."""
        with contextlib.suppress(OSError, HomeError):
            self.end_file.unlink()
        shutil.rmtree(self.path, ignore_errors=True)


def _tail(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            opened.seek(-min(_TAIL_BYTES, os.fstat(opened.fileno()).st_size), os.SEEK_END)
            return opened.read().decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""
