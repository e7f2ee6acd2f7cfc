"""Runs that feed each other: from the end of one to the first line of the next, against a run without any wait."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

from ._figure import Figure, at_most, within
from ._kernel import Kernel

LINKS = 4


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the hop after a run that was going on, those after runs that waited themselves, and what a wait costs."""
    going: list[float] = []
    waiting: list[float] = []
    alone: list[float] = []
    with Kernel("import time") as kernel:
        kernel.await_warm()
        for _ in range(3 if quick else 9):
            hops = chain(kernel)
            going += hops[:1]
            waiting += hops[1:]
            alone.append(start(kernel))
        cost = [waiting_cpu(kernel) for _ in range(3)]
    peer = "submission to first line of a run that waits for nothing"
    yield at_most("chain: from a run's end to the next one's first line", going, peer, alone, 3)
    yield at_most("chain: the same where that one waited too", waiting, peer, alone, 3)
    yield within("chain: processor time of a run that waits, for each second", cost, 1)


def chain(kernel: Kernel) -> list[float]:
    """Return the milliseconds between runs that were all submitted before the first had ended."""
    kernel.run("%%train link0\nbegun0 = time.time_ns()\ntime.sleep(1)\nended0 = time.time_ns()")
    for i in range(1, LINKS + 1):
        kernel.run(f"%%train link{i}\nbegun{i} = time.time_ns()\nended{i} = (ended{i - 1}, time.time_ns())[1]")
    return [kernel.value(f"begun{i} - ended{i - 1}") / 1e6 for i in range(1, LINKS + 1)]


def start(kernel: Kernel) -> float:
    """Return the milliseconds until the first line of a run."""
    sent = time.time_ns()
    kernel.run("%%train alone\nbegun = time.time_ns()")
    return float(kernel.value("begun") - sent) / 1e6


def waiting_cpu(kernel: Kernel) -> float:
    """Return the milliseconds of processor time that a run takes for each second in which the one before it goes on."""
    kernel.run("%%train long -o before\ntime.sleep(3)\nx = 1")
    kernel.run("%%train after -o waiting\ny = x")
    shim = Path(kernel.value("str(waiting.directory.shim_file)"))
    kernel.run("while waiting.state.reason in ('', 'starting'): time.sleep(0.01)")
    pid = json.loads(shim.read_bytes())["pid"]
    began, used = time.perf_counter(), _processor_ms(pid)
    time.sleep(2)
    cost = (_processor_ms(pid) - used) / (time.perf_counter() - began)
    kernel.run("waiting.wait() and None")
    return cost


def _processor_ms(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
