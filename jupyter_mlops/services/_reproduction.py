"""Run a cell again on exactly its inputs, and tell whether the same came out.

The new run shares the stored buffers of the first: nothing is copied but the pickle stream. Data, parameters, random
states and the environment's variables are those of the first submission; packages are those that are installed now,
and `diff` tells the difference.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import Origin, RunStatus
from ..exceptions import HomeError, MissingObjectError, RunFailedError
from ..home import write_atomic
from ._equality import compare_values
from ._run import Run
from ._run_files import launch_directory

if TYPE_CHECKING:
    from ..entities import Manifest
    from ..home import Home, RunDirectory
    from ..launchers import Launcher


@dataclass(frozen=True)
class Agreement:
    """One output or metric of both runs.

    Parameters
    ----------
    name : str
        Of the output or metric.
    equal : bool
        To the bit.
    how : str
        In words, when not equal.
    largest : float, optional
        Largest absolute difference, when all that differs are numbers.
    """

    name: str
    equal: bool
    how: str = ""
    largest: float | None = None


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """Whether a run gave again what it had given.

    Parameters
    ----------
    original, again : Run
        Both have ended.
    outputs, metrics : tuple of Agreement
        Every name that either of them has, sorted. Metrics that tell of the machine are left out.
    """

    original: Run
    again: Run
    outputs: tuple[Agreement, ...] = ()
    metrics: tuple[Agreement, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether everything is equal to the bit."""
        return all(agreement.equal for agreement in (*self.outputs, *self.metrics))


def start_reproduction(original: Run, home: Home, launcher: Launcher) -> str:
    """Submit a run's stored inputs under a new id and return it.

    Raises
    ------
    UntrustedManifestError
        The inputs are not this user's.
    MissingObjectError
        They were collected, or never complete.
    """
    manifest = _stored_inputs(original, home)
    old, run_id = original.spec, home.new_run_id()
    spec = msgspec.structs.replace(
        old,
        run_id=run_id,
        sequence=home.next_sequence(run_id),
        submitted_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        python=sys.executable,
        origin=Origin("reproduce", original.id),
    )

    def store(directory: RunDirectory) -> None:
        stream = original.directory.read_stream(manifest, original.directory.inputs_stream)
        try:
            write_atomic(directory.inputs_stream, stream, durable=False)
        except OSError as error:
            raise HomeError(f"Cannot write {directory.inputs_stream}: {error.strerror}. Free space.") from error
        directory.write(home.signer.sign(manifest), directory.inputs_file, durable=False)

    return launch_directory(spec, original.cell, original.provenance, store, home, launcher)


def _stored_inputs(original: Run, home: Home) -> Manifest:
    manifest = original.directory.inputs()
    if manifest is None:
        raise MissingObjectError(f"The inputs of run {original.name} are not stored any more: it cannot be reproduced.")
    for ref in manifest.buffers:
        if not home.objects.touch(ref):
            raise MissingObjectError(
                f"Run {original.name} cannot be reproduced: {ref.size:,} bytes of its inputs were collected. "
                "%runs rerun runs its cell with the notebook's present data."
            )
    return manifest


def compare_runs(original: Run, again: Run) -> Reproduction:
    """Wait for both runs and compare what they gave.

    Raises
    ------
    RunFailedError
        One of them failed where the other did not. When both failed with the same error, they agree.
    """
    states = original.wait(), again.wait()
    if {state.status for state in states} != {RunStatus.FINISHED}:
        return _compare_failures(original, again)
    return Reproduction(
        original=original,
        again=again,
        outputs=_compare(_values(original), _values(again)),
        metrics=_compare(_reproducible(original.metrics), _reproducible(again.metrics)),
    )


def _compare_failures(original: Run, again: Run) -> Reproduction:
    errors = original.error, again.error
    if original.status is RunStatus.KILLED:
        how = f" ({original.state.reason})" if original.state.reason else ""
        raise RunFailedError(
            f"Nothing to compare with: {original.name} was KILLED{how} before it gave anything. "
            f"Its inputs ran again as {again.id[:8]}, which is {again.status.value}."
        )
    if errors[0] is None or errors[1] is None:
        failed = again if original.status is RunStatus.FINISHED else original
        failed.raise_failure()
        raise RunFailedError(f"Nothing to compare: {original!r} and {again!r} left no error to compare either.")
    same = (errors[0].type, errors[0].message) == (errors[1].type, errors[1].message)
    how = "" if same else f"{errors[0].type}: {errors[0].message} against {errors[1].type}: {errors[1].message}"
    return Reproduction(original=original, again=again, outputs=(Agreement("error", same, how),))


def _compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Agreement, ...]:
    agreements = []
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            agreements.append(
                Agreement(name, equal=False, how=f"only in the {'first' if name in before else 'second'}")
            )
            continue
        difference = compare_values(before[name], after[name])
        if difference is None:
            agreements.append(Agreement(name, equal=True))
        else:
            where = f"{name}{difference.path}: " if difference.path else ""
            agreements.append(Agreement(name, equal=False, how=f"{where}{difference.what}", largest=difference.largest))
    return tuple(agreements)


def _values(run: Run) -> dict[str, Any]:
    """Return a run's results without what its cell has only imported."""
    return {name: value for name, value in run.results().items() if not _is_imported(value)}


def _is_imported(value: object) -> bool:
    if isinstance(value, (type, FunctionType, BuiltinFunctionType)):
        return value.__module__ != "__main__"
    return isinstance(value, ModuleType)


def _reproducible(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return the metrics without those of the machine, which are never the same twice."""
    return {key: value for key, value in metrics.items() if not key.startswith("system/")}
