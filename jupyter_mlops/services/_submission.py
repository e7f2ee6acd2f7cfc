"""From a cell to a launched run: everything that can be refused is refused before the first file is written.

The order of the files is the contract's (docs/decisions/0001-engine.md): who dies between two of them leaves a
directory whose state anybody can tell. A failure removes the directory. Nothing here waits for a disk, a store or
another process.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from ..entities import Param, Provenance, RunSpec, Upstream, ValueRef
from ..exceptions import CannotTravelError, UsageError
from ._commands import SubmitRun, TravelReport
from ._export_afterwards import ExportAfterwards
from ._names import clean_name, clean_text
from ._promises import Promises, decide_promises
from ._run_files import launch_directory
from ._surroundings import default_experiment, tracking_uris, user_name, working_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..capture import AmbientState, PickledValues
    from ..home import Home, RunDirectory
    from ..launchers import Launcher


SUBMODULES = "__mlops_submodules__"
"""The name under which submodules travel."""

_OURS = "__mlops_"


HASHED_AT_ONCE = 1 << 20
"""Bytes of a data set that are hashed while the cell waits: 0.2 ms."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A run that could start: what was asked, and what travels, packed.

    `pickled` has views of live memory: nothing may change the values between planning and starting.
    """

    spec: RunSpec
    source: str
    provenance: Provenance
    pickled: PickledValues


def plan_submission(command: SubmitRun, home: Home, launcher: str) -> Submission:
    """Return a submission; nothing is written.

    Raises
    ------
    CannotTravelError
        Something that the cell reads cannot leave the kernel, or all of it is too large.
    SyntaxError
        The cell is not Python; the line numbers are the cell's.
    UsageError
        There is nothing to run.
    """
    from ..capture import AmbientState

    promises = _promises_of(command)
    ambient = AmbientState.capture()
    pickled = _pack(command, promises, ambient, home)
    return Submission(
        spec=_make_spec(command, promises, home, launcher),
        source=command.source,
        provenance=_make_provenance(command, promises, pickled, ambient.seeds()),
        pickled=pickled,
    )


def report_travel(command: SubmitRun, home: Home) -> TravelReport:
    """Return what a submission would take along and promise."""
    from ..capture import AmbientState, modules_of

    promises = _promises_of(command)
    values: tuple[ValueRef, ...] = ()
    refused = ""
    try:
        values = _pack(command, promises, AmbientState.capture(), home).values
    except CannotTravelError as error:
        refused = str(error)
    modules = {name for name in promises.captured if isinstance(command.namespace[name], ModuleType)}
    travelling = modules_of(modules, command.namespace, promises.attribute_chains)
    imports = _imports(command)
    return TravelReport(
        values=tuple(value for value in values if value.name not in modules and not value.name.startswith(_OURS)),
        modules=tuple(sorted({name for made in travelling for name in (made.module, *made.submodules)})),
        pending=tuple(name for name in promises.pending if name not in imports),
        watched=promises.watched,
        upstream=promises.upstream,
        notices=notices_of(promises, command.namespace),
        refused=refused,
    )


def start_run(submission: Submission, home: Home, launcher: Launcher) -> str:
    """Write the run directory, ask the launcher for a process and return the run's id.

    Raises
    ------
    HomeError, LaunchError
        Nothing was started, and the directory is gone again.
    """
    from ..capture import write_inputs

    def store(directory: RunDirectory) -> None:
        write_inputs(directory, submission.pickled, home)

    return launch_directory(submission.spec, submission.source, submission.provenance, store, home, launcher)


def _promises_of(command: SubmitRun) -> Promises:
    if not command.source.strip():
        raise UsageError("The cell is empty: there is nothing to run. Write the code below the %%train line.")
    return decide_promises(command)


def _pack(command: SubmitRun, promises: Promises, ambient: AmbientState, home: Home) -> PickledValues:
    """Pickle what travels, with the state around the cell; secret parameters are in no plain file."""
    from ..capture import AFTERWARDS, MODULE_STATE, PATCHES, ModuleState, pick_values

    names, namespace = promises.captured, command.namespace
    if promises.names.dynamic:
        names = _without_bystanders(promises, namespace)
    values: dict[str, object] = {name: namespace[name] for name in names}
    values |= {param.key: param.value for param in command.params if _is_secret(param)}
    values |= _kept(command, promises)
    submodules = _submodules(promises, namespace)
    if submodules:
        values[SUBMODULES] = submodules
    settings = ModuleState.of(_unchanged_modules(promises, namespace), values.values())
    if settings is not None:
        values[MODULE_STATE] = settings
    if promises.patches is not None and promises.patches.travel:
        values[PATCHES] = promises.patches.travel
    if command.export is not None:
        values[AFTERWARDS] = ExportAfterwards(command.export)
    return pick_values(
        values,
        namespace=namespace,
        ambient=ambient,
        line_of=promises.names.line_of,
        limit_bytes=home.settings.capture_limit_bytes,
    )


def _imports(command: SubmitRun) -> dict[str, str]:
    """Return what the cell only imports; what the user lists is a result all the same."""
    from ..capture import import_statements

    return {} if command.returns is not None else import_statements(command.source, command.transform or str)


def _kept(command: SubmitRun, promises: Promises) -> dict[str, object]:
    """Return what pending names held before, for runs that may end without making them; what cannot travel stays."""
    from ..capture import dump_values

    kept = {name: command.kept[name] for name in promises.upstream if name in command.kept}
    refused = {refusal.name for refusal in dump_values(kept, namespace=command.namespace).refused} if kept else set()
    return {name: value for name, value in kept.items() if name not in refused}


def _without_bystanders(promises: Promises, namespace: Mapping[str, object]) -> tuple[str, ...]:
    """Return what a cell with `eval` takes along: of the names that it does not mention, those that can travel."""
    from ..capture import dump_values

    unmentioned = {name: namespace[name] for name in promises.captured if name not in promises.names.reads}
    refused = {refusal.name for refusal in dump_values(unmentioned, namespace=namespace).refused}
    return tuple(name for name in promises.captured if name not in refused)


def _submodules(promises: Promises, namespace: Mapping[str, object]) -> tuple[ModuleType, ...]:
    """Return submodules that the code reaches by attribute: their parent does not import them, unpickling them does."""
    from ..capture import modules_of

    imports = modules_of(promises.captured, namespace, promises.attribute_chains)
    return tuple(sys.modules[name] for name in sorted({name for made in imports for name in made.submodules}))


def _unchanged_modules(promises: Promises, namespace: Mapping[str, object]) -> dict[str, ModuleType]:
    """Return the user's own modules that a cell reaches and that the kernel has as their files are now."""
    from ..capture import changed_files

    modules = _local_modules(promises, namespace)
    changed = changed_files(modules)
    return {name: module for name, module in modules.items() if name not in changed}


def _local_modules(promises: Promises, namespace: Mapping[str, object]) -> dict[str, ModuleType]:
    from ..capture import reached_modules

    return reached_modules([namespace[name] for name in promises.captured], promises.names.modules)


def notices_of(promises: Promises, namespace: Mapping[str, object]) -> tuple[str, ...]:
    """Return what a user should know before the run starts: modules that are not in it as they are in the notebook."""
    from ..capture import changed_files

    stay = promises.patches.stay if promises.patches else ()
    changed = (
        f"{name} has changed on disk since the notebook imported it, and the run uses the file as it is now. "
        f"importlib.reload({name}), or %autoreload, brings the notebook up to date."
        for name in changed_files(_local_modules(promises, namespace))
    )
    patched = (f"{name} was set in the notebook and cannot travel: the run has what its module says." for name in stay)
    return (*changed, *patched)


def _is_secret(param: Param) -> bool:
    """Whether a parameter must not be written down; then it travels with the values, which only this user can read."""
    from ..capture import mask_secrets

    return mask_secrets({param.key: param.text}) != {param.key: param.text}


def _make_spec(command: SubmitRun, promises: Promises, home: Home, launcher: str) -> RunSpec:
    from ..capture import mask_secrets

    run_id = home.new_run_id()
    settings, uris = home.settings, tracking_uris()
    return RunSpec(
        run_id=run_id,
        name=clean_name(command.name) or f"run-{run_id[:6]}",
        experiment=clean_name(command.experiment) or clean_name(default_experiment(command.notebook)),
        sequence=home.next_sequence(run_id),
        submitted_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        python=sys.executable,
        cwd=working_directory(),
        user=user_name(),
        launcher=launcher,
        params=tuple(param for param in command.params if not _is_secret(param)),
        secret_params=tuple(param.key for param in command.params if _is_secret(param)),
        tags=mask_secrets({clean_name(key): clean_text(value) for key, value in command.tags.items()}),
        pending=promises.pending,
        may_change=promises.may_change,
        watched=promises.watched,
        undecided=promises.undecided,
        notices=notices_of(promises, command.namespace),
        explicit_returns=command.returns is not None,
        imports=_imports(command),
        upstream=tuple(
            Upstream(name, run_id)
            for name, first in promises.upstream.items()
            for run_id in (first, *command.earlier.get(name, ()))
        ),
        timeout_s=command.timeout_s,
        autolog=command.autolog,
        tracking_uri=uris.tracking,
        registry_uri=uris.registry,
        export=command.export,
        origin=command.origin,
        keep_orphans=settings.keep_orphans,
        grace_s=settings.grace_s,
    )


def _make_provenance(
    command: SubmitRun, promises: Promises, pickled: PickledValues, seeds: Mapping[str, str]
) -> Provenance:
    from ..capture import backward_slice, provenance

    known = provenance(
        command.namespace,
        promises.captured,
        upstream_cells=backward_slice(command.history, promises.names.reads),
        digests=_digests(command, pickled),
        seeds=seeds,
        cell_id=command.cell_id,
    )
    return msgspec.structs.replace(known, notebook=command.notebook or known.notebook)


def _digests(command: SubmitRun, pickled: PickledValues) -> dict[str, str]:
    """Return content hashes of small data sets; large ones are told apart by their buffers, once these are stored."""
    from ..capture import digest, fingerprint

    namespace = command.namespace
    small = (value.name for value in pickled.values if value.size <= HASHED_AT_ONCE and value.name in namespace)
    return {name: digest(namespace[name]) for name in small if fingerprint(name, namespace[name]) is not None}
