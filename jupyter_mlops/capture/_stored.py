"""Packed values in a run directory: objects, a stream and, last, a signed manifest; verified before they are unpacked.

The executor writes outputs and reads inputs, the kernel the other way round. How the kernel stores large inputs without
waiting for the disk is `_snapshot`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..entities import BufferRef, Manifest
from ..exceptions import HomeError, MissingObjectError
from ..home import crash_point, write_atomic
from ._pickle import PickledValues, load_values

if TYPE_CHECKING:
    from ..home import Home, RunDirectory


def write_outputs(run_dir: RunDirectory, pickled: PickledValues, home: Home) -> None:
    """Store what a run returns; `outputs.json` appears when all of it is there.

    Raises
    ------
    HomeError
        The disk is full or may not be written; there is no `outputs.json` then.
    """
    write_stream(run_dir.outputs_stream, pickled)
    refs = [home.objects.put(view) for view in pickled.buffers]
    crash_point("executor.buffers")
    # As durable as what it lists; the cell that waits would pay for more.
    run_dir.write(home.signer.sign(manifest_of(pickled, refs)), run_dir.outputs_file, durable=False)


def read_inputs(
    run_dir: RunDirectory,
    home: Home,
    *,
    namespace: dict[str, Any] | None = None,
    resolve: Callable[[str], Any] | None = None,
    apply_ambient: bool = False,
) -> dict[str, Any]:
    """Return the values that a run's cell reads; see `load_values`.

    Raises
    ------
    UntrustedManifestError
        This user has not signed them, or the stream is not the one that was signed.
    MissingObjectError
        They are not stored, or not whole.
    """
    manifest = _demand(run_dir.inputs(), run_dir, "inputs")
    stream = run_dir.read_stream(manifest, run_dir.inputs_stream)
    mapped = map_buffers(manifest, home)
    return load_values(stream, mapped, namespace=namespace, resolve=resolve, apply_ambient=apply_ambient)


def read_outputs(
    run_dir: RunDirectory,
    home: Home,
    *,
    namespace: dict[str, Any] | None = None,
    resolve: Callable[[str], Any] | None = None,
) -> dict[str, Any]:
    """Return the values that a run gave back; see `load_values`. Raises what `read_inputs` raises."""
    manifest = _demand(run_dir.outputs(), run_dir, "outputs")
    stream = run_dir.read_stream(manifest, run_dir.outputs_stream)
    return load_values(stream, map_buffers(manifest, home), namespace=namespace, resolve=resolve)


def write_stream(file: Path, pickled: PickledValues) -> None:
    """Write the pickle stream beside the manifest that is to come.

    Raises
    ------
    HomeError
        The file could not be written.
    """
    try:
        write_atomic(file, pickled.stream, durable=False)
    except OSError as error:
        raise HomeError(f"Cannot write {file}: {error.strerror}. Free space, or make it writable.") from error


def manifest_of(pickled: PickledValues, refs: Iterable[BufferRef]) -> Manifest:
    """Return the manifest of packed values, not yet signed."""
    digest = hashlib.sha256(pickled.stream).hexdigest()
    return Manifest(values=pickled.values, stream_sha256=digest, buffers=tuple(refs))


def map_buffers(manifest: Manifest, home: Home) -> list[memoryview]:
    """Return a manifest's buffers as private, writable, copy-on-write memory.

    Raises
    ------
    MissingObjectError
        One of them was removed, or never became whole.
    """
    return [home.objects.map(ref, writable=True) for ref in manifest.buffers]


def _demand(manifest: Manifest | None, run_dir: RunDirectory, what: str) -> Manifest:
    if manifest is None:
        raise MissingObjectError(f"The {what} of run {run_dir.run_id} are not stored; run the cell again.")
    return manifest
