"""CPU, memory and GPU of a run as metrics of it, sampled by a thread that costs the training nothing worth measuring.

The thread sleeps through the first second, so that short runs are left alone. Names are MLflow's where it has one for
the same thing.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from ._gpu import gpu_metrics

FIRST_S = 1.0
EVERY_S = 5.0

_FIRST_RATE_S = 0.2
"""The machine's CPU use is known only between two readings."""

_MEGABYTE = 1_000_000

LogMetrics = Callable[[Mapping[str, float]], None]


class SystemMetrics:
    """Samples this process, its descendants and the machine until it is stopped.

    Parameters
    ----------
    log : callable
        Takes names and values; called in the sampling thread.
    is_wanted : callable
        Asked in that thread when the first sample is due: settings are not worth a short run's time.
    first_s, every_s : float
        Seconds until the first sample, and between samples.

    Examples
    --------
    >>> with SystemMetrics(log):
    ...     train()
    """

    def __init__(
        self,
        log: LogMetrics,
        is_wanted: Callable[[], bool] = lambda: True,
        *,
        first_s: float = FIRST_S,
        every_s: float = EVERY_S,
    ) -> None:
        self._log = log
        self._is_wanted = is_wanted
        self._first_s = first_s
        self._every_s = every_s
        self._stopped = threading.Event()
        self._ended = threading.Event()

    def __enter__(self) -> SystemMetrics:
        # Not threading.Thread: its start waits until the thread runs, which takes the cell milliseconds.
        _thread.start_new_thread(self._run, ())
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the thread; waits for a sample that is being taken."""
        self._stopped.set()
        self._ended.wait(timeout=1.0)

    def _run(self) -> None:
        try:
            self._sample()
        finally:
            self._ended.set()

    def _sample(self) -> None:
        started = time.monotonic()
        if self._stopped.wait(self._first_s) or not self._is_wanted():
            return
        machine = _Machine(started)
        while not self._stopped.wait(_FIRST_RATE_S if machine.is_new else 0):
            # A counter that a container hides, or a spool that is full, must not end the sampling with a traceback.
            with contextlib.suppress(Exception):
                self._log(machine.read())
            self._stopped.wait(self._every_s)


class _Machine:
    """The counters, with what is needed to turn their differences into rates.

    Parameters
    ----------
    started : float
        When the run began, by the monotonic clock: its first rate is over all of it.
    """

    def __init__(self, started: float) -> None:
        import psutil

        self._psutil = psutil
        self._process = psutil.Process(os.getpid())
        self._cpu_s = 0.0
        self._read_at = started
        self.is_new = True
        psutil.cpu_percent()

    def read(self) -> dict[str, float]:
        """Return all metrics as of now; rates are over the time since the last reading."""
        self.is_new = False
        memory = self._psutil.virtual_memory()
        return {
            "system/cpu_utilization_percentage": self._psutil.cpu_percent(),
            "system/system_memory_usage_megabytes": memory.used / _MEGABYTE,
            "system/system_memory_usage_percentage": memory.percent,
            "system/run_cpu_percentage": self._run_cpu_percentage(),
            "system/run_memory_megabytes": self._tree_memory() / _MEGABYTE,
            **gpu_metrics(),
        }

    def _run_cpu_percentage(self) -> float:
        cpu_s, now = self._tree_cpu_s(), time.monotonic()
        used, passed = cpu_s - self._cpu_s, now - self._read_at
        self._cpu_s, self._read_at = cpu_s, now
        # A child that ended takes its seconds along.
        return max(0.0, 100 * used / passed) if passed > 0 else 0.0

    def _tree_cpu_s(self) -> float:
        return sum(sum(times[:2]) for times in self._each("cpu_times"))

    def _tree_memory(self) -> int:
        return sum(memory.rss for memory in self._each("memory_info"))

    def _each(self, method: str) -> list[Any]:
        """Return what each process of the run tells."""
        told = []
        for process in (self._process, *self._process.children(recursive=True)):
            with contextlib.suppress(self._psutil.Error):
                told.append(getattr(process, method)())
        return told
