"""One run from its lock to its exit code, step by step. What each step means is in the module that it calls."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ..capture import dump_values, load_values, write_outputs
from ..entities import CellError, Manifest, ProcessRecord, Result, RunSpec, RunStatus, decode
from ..exceptions import HomeError, LaunchError, MlopsError
from ..home import Home, RunDirectory, crash_point
from ._cell import EXIT_ERROR, EXIT_INTERRUPTED, CellEnd, run_cell
from ._cell_error import cell_error
from ._claim import claim, reset_signals, utc_now
from ._deferred import run_deferred
from ._display import DisplayLog
from ._ending import leave, write_when_there_is_room
from ._figures import show_figures_inline
from ._inputs import restore_inputs
from ._outputs import Promise, pickle_outputs
from ._shell import RunShell, prepare_shell, take_shell
from ._streams import RunStreams, install_streams

EXIT_TAKEN = 75
"""Another process executes the run (EX_TEMPFAIL); nothing was touched."""


def prepare() -> None:
    """Do beforehand what every run needs: the forks of a process that called this once start in milliseconds.

    Starts no thread. Call it before the libraries of a notebook are imported, so that they see a notebook.
    """
    prepare_shell()
    # What the first use of a type or of the pickler builds and keeps.
    for kind in (RunSpec, Manifest, ProcessRecord, Result):
        with contextlib.suppress(msgspec.ValidationError):
            decode(b"{}", kind)
    load_values(dump_values({"rehearsal": [1]}).stream, namespace={})
    # What a run comes to need after its first second.
    importlib.import_module("psutil")


def main(run_dir: Path) -> int:
    """Execute a run in this process, which does nothing else afterwards.

    What wants to act at exit has done so when this returns, so that the caller may leave with `os._exit`.

    Parameters
    ----------
    run_dir : Path
        `<home>/runs/<run_id>`, with spec, cell and inputs complete.

    Returns
    -------
    int
        The exit code: 0 where the cell ended well, what it gave to `sys.exit`, 1 after an exception, 130 after an
        interrupt.
    """
    started = time.monotonic()
    reset_signals()
    home = Home.open(run_dir.parent.parent)
    run = home.run(run_dir.name)
    try:
        # Held until the process is gone: the lock is its life.
        claim(run)
    except LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_TAKEN
    execution = Execution(home, run, run.spec(), install_streams(), started)
    result = execution.execute()
    write_when_there_is_room(lambda: run.write(result, run.result_file))
    crash_point("executor.result")
    if result.status is RunStatus.FINISHED:
        run_deferred()
    leave(execution.streams)
    return result.exit_code


@dataclass(frozen=True)
class Execution:
    """A run in the hands of its process."""

    home: Home
    run: RunDirectory
    spec: RunSpec
    streams: RunStreams
    started: float

    def execute(self) -> Result:
        """Restore, run the cell and save what comes back; return how it went."""
        shell = take_shell()
        shell.attach(self.streams, DisplayLog(self.run.display_file, self.streams))
        try:
            promise = self._restore(shell)
        except MlopsError as error:
            sys.stderr.write(f"{error}\n")
            return self._failed(CellEnd(EXIT_ERROR, cell_error(error, "", str(error))))
        # Restoring runs the code of any library; the run must not end without saying what it raised.
        except BaseException as error:  # noqa: BLE001
            traceback.print_exc()
            code = EXIT_INTERRUPTED if isinstance(error, KeyboardInterrupt) else EXIT_ERROR
            return self._failed(CellEnd(code, cell_error(error, "")))
        crash_point("executor.restored")
        pid = os.getpid()
        end = run_cell(shell, self.run.cell())
        if os.getpid() != pid:
            # The cell forked without a word about the child's end: it must not speak for the run.
            self.streams.flush()
            os._exit(end.exit_code)
        crash_point("executor.ran")
        return self._failed(end) if end.exit_code else self._deliver(promise, shell)

    def _restore(self, shell: RunShell) -> Promise:
        """Make the process what the cell expects to find."""
        namespace = shell.user_ns
        sys.argv[:] = [""]
        show_figures_inline(shell)
        inputs = restore_inputs(self.home, self.run, self.spec, namespace)
        namespace.update({param.key: param.value for param in self.spec.params})
        self._tell_environment()
        show_figures_inline(shell)
        return Promise(self.spec, inputs, namespace)

    def _tell_environment(self) -> None:
        """Tell the cell, its libraries and its children which run they are in, and where it keeps things."""
        os.environ |= {
            "JUPYTER_MLOPS_RUN_ID": self.run.run_id,
            "JUPYTER_MLOPS_RUN_DIR": str(self.run.path),
            "JUPYTER_MLOPS_TENSORBOARD_DIR": str(self.run.tensorboard),
        }

    def _deliver(self, promise: Promise, shell: RunShell) -> Result:
        """Save what comes back. A cell that ended well stays well when something of it cannot be saved."""
        try:
            outcome = promise.outcome(shell.user_ns_hidden)
            pickled, untransferable = pickle_outputs(outcome, shell.user_ns)
            if pickled.values:
                write_outputs(self.run, pickled, self.home)
                crash_point("executor.outputs")
        except KeyboardInterrupt as error:
            return self._failed(CellEnd(EXIT_INTERRUPTED, cell_error(error, "")))
        except HomeError as error:
            return self._finished(untransferable=dict.fromkeys(self.spec.pending, str(error)))
        # A value's own code may raise anything, and the cell itself was fine.
        except Exception as error:  # noqa: BLE001
            traceback.print_exc()
            reason = f"packing the results failed: {type(error).__name__}: {error}"
            return self._finished(untransferable=dict.fromkeys(self.spec.pending, reason))
        returned = tuple(value.name for value in pickled.values)
        return self._finished(
            returned=returned,
            released=outcome.released,
            deleted=outcome.deleted,
            changed=tuple(name for name in outcome.changed if name in returned),
            untransferable=untransferable,
        )

    def _finished(
        self,
        *,
        returned: tuple[str, ...] = (),
        released: tuple[str, ...] = (),
        deleted: tuple[str, ...] = (),
        changed: tuple[str, ...] = (),
        untransferable: dict[str, str],
    ) -> Result:
        return Result(
            status=RunStatus.FINISHED,
            returned=returned,
            released=released,
            deleted=deleted,
            changed=changed,
            untransferable=untransferable,
            ended_at=utc_now(),
            duration_s=time.monotonic() - self.started,
        )

    def _failed(self, end: CellEnd) -> Result:
        error: CellError | None = end.error
        return Result(
            status=RunStatus.FAILED,
            exit_code=end.exit_code,
            error=error,
            ended_at=utc_now(),
            duration_s=time.monotonic() - self.started,
        )
