"""A new run's directory, filled in the contract's order and handed to a launcher; gone again when any step fails."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..entities import Provenance, RunSpec
from ..exceptions import HomeError, MlopsError
from ..home import crash_point, write_atomic

if TYPE_CHECKING:
    from ..home import Home, RunDirectory
    from ..launchers import Launcher


def launch_directory(
    spec: RunSpec,
    cell: str,
    provenance: Provenance,
    store_inputs: Callable[[RunDirectory], None],
    home: Home,
    launcher: Launcher,
) -> str:
    """Write a run's files, start it and return its id.

    Files survive the death of any process, not a power cut: that would end the run too.

    Raises
    ------
    HomeError, LaunchError
        Nothing was started and nothing is left.
    """
    directory = home.run(spec.run_id)
    directory.create()
    try:
        crash_point("submit.directory")
        directory.write(spec, directory.spec_file, durable=False)
        crash_point("submit.spec")
        _write_cell(directory, cell)
        directory.write(provenance, directory.provenance_file, durable=False)
        store_inputs(directory)
        crash_point("submit.inputs")
    except BaseException:  # an interrupt too leaves nothing behind
        shutil.rmtree(directory.path, ignore_errors=True)
        raise
    _launch(spec, directory, launcher)
    _wake_keeper(home)
    return spec.run_id


def _launch(spec: RunSpec, directory: RunDirectory, launcher: Launcher) -> None:
    try:
        launcher.submit(spec)
    except (MlopsError, OSError):
        shutil.rmtree(directory.path, ignore_errors=True)
        raise
    except BaseException:  # an interrupt: perhaps a process has the directory by now, so it stays
        # Whoever has it is told to stop.
        with contextlib.suppress(OSError):
            write_atomic(directory.stop_file, b'{"by": "user"}', durable=False)
        raise


def _write_cell(directory: RunDirectory, cell: str) -> None:
    try:
        write_atomic(directory.cell_file, cell.encode("utf-8", "surrogatepass"), durable=False)
    except OSError as error:
        raise HomeError(
            f"Cannot write {directory.cell_file}: {error.strerror}. Free space, or make it writable."
        ) from error


def _wake_keeper(home: Home) -> None:
    """Ask for a keeper. The run does not need one, so its trouble is not the submission's."""
    from ..tracking import start_keeper

    start_keeper(home)
