"""One run's directory: where each file is, and how its entities are written and read.

The table of files, with who writes each, is in docs/decisions/0001-engine.md. The shim writes the same names with the
standard library alone.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ..entities import (
    WIRE_VERSION,
    EarlyRelease,
    Exit,
    Manifest,
    ProcessRecord,
    Provenance,
    Result,
    RunSpec,
    RunState,
    UserRecord,
    decode,
    encode,
)
from ..exceptions import HomeError, RunNotFoundError, UntrustedManifestError
from ._files import modified_at, read_bytes, read_json, write_atomic
from ._status import read_state

if TYPE_CHECKING:
    from ._signing import Signer

Entity = TypeVar("Entity", bound=msgspec.Struct)


def deleted(home: Path) -> str:
    """Return what to say when a home has gone under a process that uses it."""
    return f"{home} was deleted. The next %%train or %runs makes it again."


class _File:
    """A file of the table. Its path is made when it is asked for: a submission makes many handles and asks for few."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __set_name__(self, owner: type, attribute: str) -> None:
        self._attribute = attribute

    def __get__(self, run: RunDirectory, owner: type) -> Path:
        path = run.path / self._name
        # From here on the instance's own attribute answers.
        vars(run)[self._attribute] = path
        return path


class RunDirectory:
    """The files of one run; nothing is read before it is asked for, and nothing is remembered.

    Parameters
    ----------
    path : Path
        `<home>/runs/<run_id>`.
    signer : Signer
        Verifies manifests that are read.
    """

    spec_file = _File("spec.json")
    cell_file = _File("cell.py")
    provenance_file = _File("provenance.json")
    git_file = _File("git.json")
    environment_file = _File("environment.json")
    inputs_stream = _File("inputs.pickle")
    inputs_file = _File("inputs.json")
    snapshot_lock = _File("snapshot.lock")
    shim_lock = _File("shim.lock")
    executor_lock = _File("executor.lock")
    shim_file = _File("shim.json")
    executor_file = _File("executor.json")
    wait_file = _File("wait.json")
    stop_file = _File("stop.json")
    log_file = _File("output.log")
    log_gaps_file = _File("log.json")
    display_file = _File("display.jsonl")
    metrics_file = _File("metrics.spool")
    metric_keys_file = _File("metrics.keys")
    journal_file = _File("journal.jsonl")
    artifacts = _File("artifacts")
    staged = _File("staged")
    released_file = _File("released.json")
    outputs_stream = _File("outputs.pickle")
    outputs_file = _File("outputs.json")
    result_file = _File("result.json")
    exit_file = _File("exit.json")
    tracking_file = _File("tracking.json")
    tensorboard = _File("tensorboard")
    keep_file = _File("keep")
    user_file = _File("user.json")
    user_lock = _File("user.lock")

    def __init__(self, path: Path, signer: Signer) -> None:
        self.path = path
        self.run_id = path.name
        self.signer = signer

    def __repr__(self) -> str:
        return f"RunDirectory({str(self.path)!r})"

    def create(self) -> None:
        """Make the directory, 0700 and empty; `artifacts`, `staged` and `tensorboard` are made by who fills them.

        Raises
        ------
        HomeError
            The home may not be written, is full, or has this run already.
        """
        try:
            self.path.mkdir(mode=0o700)
        except FileExistsError:
            raise HomeError(f"There is a run {self.run_id} already; mint a new id.") from None
        except FileNotFoundError:
            raise HomeError(deleted(self.path.parent.parent)) from None
        except OSError as error:
            raise HomeError(
                f"Cannot make {self.path}: {error.strerror}. "
                "Make it writable, or set JUPYTER_MLOPS_HOME to a directory of yours."
            ) from error

    def exists(self) -> bool:
        """Tell whether the directory is there."""
        return self.path.is_dir()

    def write(self, entity: msgspec.Struct, file: Path, *, durable: bool = True) -> None:
        """Write an entity to one of this directory's files; see `write_atomic`.

        Raises
        ------
        HomeError
            The file could not be written; what was there before still is.
        """
        try:
            write_atomic(file, encode(entity), durable=durable)
        except OSError as error:
            raise HomeError(f"Cannot write {file}: {error.strerror}. Free space, or make it writable.") from error

    def read(self, kind: type[Entity], file: Path) -> Entity | None:
        """Return the entity in a file; None where there is no file, or it does not hold a whole one.

        Raises
        ------
        HomeError
            A newer version of the package has written it, or it cannot be read.
        """
        try:
            data = read_bytes(file)
        except OSError as error:
            raise HomeError(f"{file} cannot be read: {error.strerror}. Restore it, or delete the run.") from error
        if not data:
            return None
        try:
            entity = decode(data, kind)
        except msgspec.MsgspecError:
            entity = None
        # Also where decoding failed: a newer file may do without fields that we ask for.
        written_by = getattr(entity, "wire_version", None) or (read_json(file) or {}).get("wire_version", 0)
        if isinstance(written_by, int) and written_by > WIRE_VERSION:
            raise HomeError(
                f"{file} has format {written_by}, this version reads up to {WIRE_VERSION}. Upgrade jupyter_mlops."
            )
        return entity

    def spec(self) -> RunSpec:
        """Return what was asked for.

        Raises
        ------
        RunNotFoundError
            There is no such run, or its submission died before it was one.
        """
        spec = self.read(RunSpec, self.spec_file)
        if spec is None:
            raise RunNotFoundError(f"No run {self.run_id} in {self.path.parent}. `%runs` lists the runs there.")
        return spec

    def cell(self) -> str:
        """Return the cell as it was typed, without its `%%train` line; empty where it is not stored."""
        return (read_bytes(self.cell_file) or b"").decode("utf-8", "replace")

    def provenance(self) -> Provenance:
        """Return what the kernel knew at submission; with nothing in it where it is not stored."""
        return self.read(Provenance, self.provenance_file) or Provenance()

    def user(self) -> UserRecord:
        """Return what the user has said of the run since; with nothing in it where that is nothing."""
        return self.read(UserRecord, self.user_file) or UserRecord()

    def result(self) -> Result | None:
        """Return the executor's account of the end, if it got to write one."""
        return self.read(Result, self.result_file)

    def released(self) -> frozenset[str]:
        """Return the names that the run has said it will not change; none before it restored its inputs."""
        release = self.read(EarlyRelease, self.released_file)
        return frozenset(release.names) if release else frozenset()

    def exit(self) -> Exit | None:
        """Return the shim's account of the end, if it got to write one."""
        return self.read(Exit, self.exit_file)

    def shim(self) -> ProcessRecord | None:
        """Return who the shim is or was."""
        return self.read(ProcessRecord, self.shim_file)

    def executor(self) -> ProcessRecord | None:
        """Return who the executor is or was."""
        return self.read(ProcessRecord, self.executor_file)

    def seen_alive_s(self) -> float | None:
        """Return for how many seconds the run has written something, by the file system; None if it never began."""
        printed = self._printed_at()
        try:
            return max(0.0, max(printed, modified_at(self.metrics_file)) - self.executor_file.stat().st_mtime)
        except OSError:
            return None

    def silent_s(self) -> float | None:
        """Return for how many seconds the run has printed, shown or recorded nothing; None if it never did.

        Metrics do not count: of a run that hangs, its process still records what memory it has.
        """
        printed = self._printed_at()
        return time.time() - printed if printed else None

    def _printed_at(self) -> float:
        return max(map(modified_at, (self.log_file, self.display_file, self.journal_file)))

    def state(self) -> RunState:
        """Return how the run stands now; see `read_state`."""
        return read_state(self)

    def stop_requested(self) -> str:
        """Return who asked the run to stop, "user" or "timeout"; empty when nobody has."""
        return str((read_json(self.stop_file) or {}).get("by", ""))

    def inputs(self) -> Manifest | None:
        """Return the verified manifest of what the cell reads; None while it is not complete.

        Raises
        ------
        UntrustedManifestError
            This user has not signed it.
        """
        return self._manifest(self.inputs_file)

    def outputs(self) -> Manifest | None:
        """Return the verified manifest of what the cell gave; None while there is none.

        Raises
        ------
        UntrustedManifestError
            This user has not signed it.
        """
        return self._manifest(self.outputs_file)

    def read_stream(self, manifest: Manifest, file: Path) -> bytes:
        """Return a pickle stream that is what its verified manifest says: the only way to one that may be unpickled.

        Raises
        ------
        UntrustedManifestError
            The stream was exchanged, cut or removed.
        """
        stream = read_bytes(file) or b""
        if hashlib.sha256(stream).hexdigest() != manifest.stream_sha256:
            raise UntrustedManifestError(f"{file} is not what its manifest was signed for; run the cell again.")
        return stream

    def trust(self) -> tuple[str, ...]:
        """Sign what the directory holds as this user's own; the caller has asked the user.

        Returns
        -------
        tuple of str
            The manifests that are signed now.

        Raises
        ------
        UntrustedManifestError
            A stream does not belong to its manifest.
        """
        signed = []
        for file, stream in ((self.inputs_file, self.inputs_stream), (self.outputs_file, self.outputs_stream)):
            manifest = self.read(Manifest, file)
            if manifest is not None:
                self.read_stream(manifest, stream)
                self.write(self.signer.sign(manifest), file)
                signed.append(file.name)
        return tuple(signed)

    def _manifest(self, file: Path) -> Manifest | None:
        """Return a manifest that this user has signed."""
        manifest = self.read(Manifest, file)
        if manifest is not None:
            self.signer.verify(manifest)
        return manifest
