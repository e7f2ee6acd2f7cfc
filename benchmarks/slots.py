"""Many short runs on two slots, against the same functions in a process pool."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator

from ._figure import Figure, at_most
from ._kernel import Kernel

BURN = """
import time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the wall time of 50 runs of half a second of CPU each (10 of 0.2 s when quick)."""
    count, seconds = (10, 0.2) if quick else (50, 0.5)
    ours = [with_runs(count, seconds) for _ in range(1 if quick else 3)]
    theirs = [with_pool(count, seconds) for _ in range(1 if quick else 3)]
    name = f"slots: {count} runs of {seconds} s CPU on 2 slots"
    yield at_most(name, ours, "a pool of 2 processes", theirs, 1.5, unit="s")


def with_runs(count: int, seconds: float) -> float:
    """Return the seconds until runs that were submitted at once have all ended."""
    with Kernel(BURN, environment={"JUPYTER_MLOPS_SLOTS": "2"}) as kernel:
        kernel.run("%%train warm\nburn(0.01)")
        kernel.run("%runs wait warm")
        started = time.perf_counter()
        for i in range(count):
            kernel.run(f"%%train burn{i}\nburn({seconds})")
        for i in range(count):
            kernel.run(f"%runs wait burn{i}")
        return time.perf_counter() - started


def burn(seconds: float) -> None:
    """Use so much CPU time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def with_pool(count: int, seconds: float) -> float:
    """Return the seconds a pool of two forked processes takes for the same."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(burn, [0.01] * 2)
        started = time.perf_counter()
        pool.map(burn, [seconds] * count, chunksize=1)
        return time.perf_counter() - started
