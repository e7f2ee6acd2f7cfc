"""Becoming the executor of a run: its lock, its record, and signals as a fresh Python has them."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import time
from datetime import UTC, datetime

from ..entities import ProcessRecord
from ..exceptions import LaunchError
from ..home import LifeLock, RunDirectory, boot_id, crash_point, process_start_time


def claim(run: RunDirectory) -> None:
    """Take a run: from here on it is RUNNING for as long as this process lives; there is no giving it back.

    Raises
    ------
    LaunchError
        Another process executes it.
    """
    if LifeLock.acquire(run.executor_lock) is None:
        raise LaunchError(
            f"Run {run.run_id} is being executed by another process. Submit the cell again for another run."
        )
    crash_point("executor.locked")
    # Not durable: after a power cut nobody asks which process it was.
    run.write(process_record(), run.executor_file, durable=False)
    crash_point("executor.recorded")


def reset_signals() -> None:
    """Let SIGINT interrupt the cell and SIGTERM end it, whatever the parent had; show where native code crashed."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A file size limit must be an error of write(2), not the end of the training.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    faulthandler.enable(2)


def process_record() -> ProcessRecord:
    """Return who this process is."""
    slot = None
    with contextlib.suppress(ValueError):
        slot = int(os.environ.pop("JUPYTER_MLOPS_SLOT", ""))
    return ProcessRecord(
        pid=os.getpid(),
        start_time=process_start_time(os.getpid()) or 0,
        boot_id=boot_id(),
        started_at=utc_now(),
        slot=slot,
        began_s=time.monotonic(),
    )


def utc_now() -> str:
    """Return the time as the wire has it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat()
