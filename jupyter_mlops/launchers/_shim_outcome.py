"""How a run ended, decided from what its shim saw: a pure function. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

import signal
from typing import Any, NamedTuple


class Ending(NamedTuple):
    """What the shim knows when the executor has gone.

    Parameters
    ----------
    exit_code, signal : int, optional
        One of them, as the system tells it.
    result : dict, optional
        `result.json`, where the executor came to write it.
    stopped_by : str, optional
        "user" or "timeout", when the run was told to stop before it ended.
    timeout_s : float, optional
        Its time limit.
    out_of_memory : bool
        Whether the kernel's killer struck while it ran.
    peak_rss_bytes : int
        Largest resident memory of the executor and of the processes it left.
    """

    exit_code: int | None
    signal: int | None
    result: dict[str, Any] | None = None
    stopped_by: str | None = None
    timeout_s: float | None = None
    out_of_memory: bool = False
    peak_rss_bytes: int = 0


def judge(ending: Ending) -> tuple[str, str]:
    """Return the run's final status and its reason.

    A run that was told to stop is KILLED, however it then ended. Otherwise the executor's own `result.json` decides,
    because everything that the run promised is on disk when it appears. An executor that ended without it never came
    to the end of the cell, whatever its exit code says.
    """
    if ending.stopped_by == "timeout":
        return "KILLED", f"timed out after {ending.timeout_s or 0:g} s"
    if ending.stopped_by:
        return "KILLED", f"stopped by {ending.stopped_by}"
    if ending.result is not None and ending.result.get("status") == "FINISHED":
        return "FINISHED", ""
    if ending.signal is not None:
        if ending.out_of_memory and ending.signal == signal.SIGKILL:
            return "FAILED", f"out of memory (peak {ending.peak_rss_bytes / 1024**2:,.0f} MiB)"
        return "FAILED", f"signal {ending.signal} ({signal_name(ending.signal)})"
    if ending.result is None and ending.exit_code == 0:
        return "FAILED", "exit code 0 before the end of the cell"
    return "FAILED", f"exit code {ending.exit_code}"


def signal_name(number: int) -> str:
    """Return a signal's name, such as `SIGKILL`."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
