"""The middle of a run: make the process what the cell expects, run the cell, save what comes back."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
from dataclasses import dataclass

from ..capture import write_outputs
from ..entities import CellError, Result, RunSpec, RunStatus
from ..exceptions import HomeError, MlopsError
from ..home import RunDirectory, crash_point
from ..tracking import current_session, install
from ._approach import Approach
from ._cell import EXIT_ERROR, EXIT_INTERRUPTED, CellEnd, run_cell
from ._cell_error import cell_error
from ._claim import utc_now
from ._display import DisplayLog
from ._early_release import release_early
from ._figures import show_figures_inline
from ._inputs import restore_inputs
from ._native_output import show_native_output_by_lines
from ._outputs import Promise, pickle_outputs
from ._shell import RunShell, take_shell
from ._streams import RunStreams
from ._system_metrics import SystemMetrics

_NOTEBOOK_SYNTAX = frozenset("%!?")
"""A cell without any of these is plain Python, and most are."""


@dataclass(frozen=True)
class Execution:
    """A run in the hands of its process."""

    approach: Approach
    streams: RunStreams
    started: float

    @property
    def run(self) -> RunDirectory:
        """Its directory."""
        return self.approach.run

    @property
    def spec(self) -> RunSpec:
        """What was asked for."""
        return self.approach.spec

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
        end = self._run_cell(shell)
        crash_point("executor.ran")
        return self._failed(end) if end.exit_code else self._deliver(promise, shell)

    def _restore(self, shell: RunShell) -> Promise:
        """Make the process what the cell expects to find."""
        namespace = shell.user_ns
        sys.argv[:] = [""]
        show_figures_inline(shell)  # what is restored may import matplotlib
        inputs = restore_inputs(self.approach.home, self.run, self.spec, self.approach.stored_inputs(), namespace)
        shell.recall(inputs.values)
        handed_on = release_early(self.run, self.spec, inputs)
        namespace.update({param.key: param.value for param in self.spec.params})
        tell_environment(self.run)
        show_figures_inline(shell)  # the notebook's settings, restored meanwhile, may name a window
        install(self.run, self.spec, self._plain_python(shell))
        return Promise(self.spec, inputs, namespace, handed_on)

    def _plain_python(self, shell: RunShell) -> str:
        """Return the cell without IPython's syntax, as far as it can be read; whoever runs it will see its errors."""
        cell = self.approach.cell
        if not _NOTEBOOK_SYNTAX.intersection(cell):
            return cell
        try:
            return str(shell.input_transformer_manager.transform_cell(cell))
        except SyntaxError:
            return cell

    def _run_cell(self, shell: RunShell) -> CellEnd:
        pid = os.getpid()
        session = current_session()
        with contextlib.ExitStack() as sampling:
            if session is not None:
                sampling.enter_context(SystemMetrics(session.spool.write, self._wants_system_metrics))
            end = run_cell(shell, self.approach.cell)
            if os.getpid() != pid:
                # The cell forked and said nothing about the child's end: it must not speak for the run.
                self.streams.flush()
                os._exit(end.exit_code)
        return end

    def _wants_system_metrics(self) -> bool:
        with contextlib.suppress(HomeError):
            return self.approach.home.settings.system_metrics
        return False

    def _deliver(self, promise: Promise, shell: RunShell) -> Result:
        """Save what comes back. A cell that ended well stays well when something of it cannot be saved."""
        try:
            outcome = promise.outcome(shell.user_ns_hidden)
            pickled, untransferable = pickle_outputs(outcome, shell.user_ns)
            if pickled.values:
                write_outputs(self.run, pickled, self.approach.home)
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


def tell_environment(run: RunDirectory) -> None:
    """Tell the cell, its libraries and its children which run they are in, and where it keeps things."""
    show_native_output_by_lines()
    os.environ |= {
        "JUPYTER_MLOPS_RUN_ID": run.run_id,
        "JUPYTER_MLOPS_RUN_DIR": str(run.path),
        "JUPYTER_MLOPS_TENSORBOARD_DIR": str(run.tensorboard),
    }
