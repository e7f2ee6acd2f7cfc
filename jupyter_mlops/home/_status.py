"""How a run stands: a pure function of its files and locks, so that anybody can tell, whatever has died.

The rules and their order are in docs/decisions/0001-engine.md. Nothing here takes a lock or writes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..entities import WAITS_FOR_DISK, Exit, ProcessRecord, RunState, RunStatus, WaitRecord
from ._files import boot_id, modified_at, seconds_since
from ._locks import is_flagged, lock_holder

if TYPE_CHECKING:
    from ._run_directory import RunDirectory

DELIVERED = "results delivered, finishing"
"""The reason of a run that nobody waits for any more: its plots and models are being logged, its slot is free."""

STARTING_S = 5.0
"""For so long after submission a run without any process is taken to be starting, whether it is known to be or not."""

SILENT_S = 60.0
"""A run that has written nothing for longer is said to: it may hang, or its cell has nothing to say."""


def read_state(run: RunDirectory) -> RunState:
    """Return how a run stands now.

    Parameters
    ----------
    run : RunDirectory
        Of this home or of a copy of one; a directory without files is a run that never started.

    Raises
    ------
    HomeError
        A newer version of the package has written the run.
    """
    ended = run.exit()
    if ended is not None:
        return _told_by_exit(run, ended)
    had_begun = _has_begun(run)
    living = _living(run)
    if living is not None:
        return living
    # The shim writes exit.json and then ends: between our two looks it may have done both.
    ended = run.exit()
    if ended is not None:
        return _told_by_exit(run, ended)
    # What is found now is proof of a death only if it was there before we looked for life.
    if had_begun:
        return _told_by_remains(run)
    return read_state(run) if _has_begun(run) else _unbegun(run)


def _has_begun(run: RunDirectory) -> bool:
    """Tell whether a run has ever had a process that took its lock."""
    return any(file.exists() for file in (run.shim_file, run.executor_file, run.result_file))


def _living(run: RunDirectory) -> RunState | None:
    """Return the state of a run that has a process, by rules 2 and 3; None when it has none."""
    for _look in range(2):
        if lock_holder(run.executor_lock) is not None:
            supervised = lock_holder(run.shim_lock) is not None
            return _running(run, _running_reason(run) or _silence(run), supervised=supervised)
        holder = lock_holder(run.shim_lock)
        if holder is None:
            return None
        if run.executor() is None:
            return _scheduled(run, _waiting_reason(run))
        # The executor takes its lock, then writes its record: it came between our looks, or has ended.
    shim = run.shim()
    if shim is not None and shim.pid != holder:
        # Who clears up behind a killed shim has its lock for a moment, and is no sign of life.
        return None
    return _running(run, WAITS_FOR_DISK if is_flagged(run.shim_lock) else "finishing", supervised=True)


def _running_reason(run: RunDirectory) -> str:
    """Say what is to be said of a run whose executor lives; mostly nothing."""
    if is_flagged(run.executor_lock):
        return WAITS_FOR_DISK
    if run.stop_requested():
        return "stopping"
    return DELIVERED if run.result_file.exists() else ""


def _silence(run: RunDirectory) -> str:
    """Say for how long a run has written nothing, when that is long."""
    executor, silent_s = run.executor(), run.silent_s()
    if executor is None or silent_s is None or silent_s < SILENT_S:
        return ""
    # By a clock that was set forward, a run could be silent for longer than it runs.
    silent_s = min(silent_s, _running_s(executor))
    return f"no output for {silent_s // 60:.0f} min" if silent_s >= SILENT_S else ""


def _running(run: RunDirectory, reason: str, *, supervised: bool) -> RunState:
    """Return RUNNING, with a duration that no change of the clock touches."""
    executor = run.executor()
    return RunState(
        run_id=run.run_id,
        status=RunStatus.RUNNING,
        reason=reason,
        started_at=executor.started_at if executor else "",
        duration_s=_running_s(executor) if executor else None,
        supervised=supervised,
    )


def _running_s(executor: ProcessRecord) -> float:
    """Return for how long an executor has had its run; the clock is the shim's, so that the end tells no less."""
    if executor.began_s and executor.boot_id == boot_id():
        return max(0.0, time.monotonic() - executor.began_s)
    return seconds_since(executor.start_time)


def _scheduled(run: RunDirectory, reason: str) -> RunState:
    return RunState(run_id=run.run_id, status=RunStatus.SCHEDULED, reason=reason)


def _waiting_reason(run: RunDirectory) -> str:
    """Say what a run waits for."""
    if is_flagged(run.shim_lock):
        return WAITS_FOR_DISK
    if run.stop_requested():
        return "stopping"
    wait = run.read(WaitRecord, run.wait_file)
    if wait is None:
        return "starting"
    if wait.what == "inputs":
        return "storing its inputs"
    if wait.what == "runs":
        return f"waiting for run {', '.join(run_id[:8] for run_id in wait.run_ids)}"
    return f"waiting for a slot, {wait.ahead} ahead" if wait.ahead else "waiting for a slot"


def _told_by_exit(run: RunDirectory, ended: Exit) -> RunState:
    """Return what the shim has witnessed."""
    result = run.result()
    return RunState(
        run_id=run.run_id,
        status=ended.status,
        reason=ended.reason,
        exit_code=ended.exit_code,
        signal=ended.signal,
        started_at=ended.started_at,
        ended_at=ended.ended_at,
        duration_s=max(0.0, ended.duration_s) if ended.started_at or ended.duration_s else None,
        peak_rss_bytes=ended.peak_rss_bytes,
        orphans_ended=ended.orphans_ended,
        error=result.error if result else None,
    )


def _told_by_remains(run: RunDirectory) -> RunState:
    """Return the state of a run whose shim was killed: by its executor's account, else by who they were."""
    result, executor = run.result(), run.executor()
    if result is not None:
        return RunState(
            run_id=run.run_id,
            status=result.status,
            reason=f"exit code {result.exit_code}" if result.exit_code else "",
            exit_code=result.exit_code,
            started_at=executor.started_at if executor else "",
            ended_at=result.ended_at,
            duration_s=max(0.0, result.duration_s),
            supervised=False,
            error=result.error,
        )
    last = executor or run.shim()
    if last is None:
        return _unbegun(run)
    return RunState(
        run_id=run.run_id,
        status=RunStatus.FAILED,
        reason=_loss(last, began=executor is not None),
        started_at=last.started_at,
        supervised=False,
    )


def _unbegun(run: RunDirectory) -> RunState:
    """Return the state of a run that no process has taken on, by rules 6 and 7."""
    is_launched = lock_holder(run.spec_file) is not None
    if is_launched or lock_holder(run.snapshot_lock) is not None or _is_young(run):
        return _scheduled(run, "starting")
    reason = "never started" if run.exists() else "its directory was deleted"
    return RunState(run_id=run.run_id, status=RunStatus.FAILED, reason=reason, supervised=False)


def _loss(last: ProcessRecord, *, began: bool) -> str:
    """Say what took a run away."""
    if last.boot_id != boot_id():
        return "machine restarted"
    return "lost: its processes were killed" if began else "lost: killed before its cell began"


def _is_young(run: RunDirectory) -> bool:
    """Tell whether a run was submitted just now; a clock that was set back counts as long ago."""
    # By what a submission writes, not by the directory: that is as young as the last file which anybody put into it.
    written = [modified_at(file) for file in (run.spec_file, run.inputs_stream, run.inputs_file)]
    return abs(time.time() - (max(written) or modified_at(run.path))) < STARTING_S
