"""Many short runs, and a killer at large among the processes that they are made of: what `test_soak.py` judges."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from jupyter_mlops.home import Home, lock_holder

SUBMITTER = """
import sys, time
import numpy as np
from pathlib import Path
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.testing import fill_run
from jupyter_mlops.tracking import start_keeper

home, cell = Home.open(Path(sys.argv[1])), sys.argv[2]
launcher = LocalLauncher(home)
launcher.warm_up()
handles = []
for number in range(1, 10**9):
    inputs = {"number": number, "data": np.full(40_000 * (1 + number % 3), number, dtype=float)}
    spec = fill_run(home, cell, inputs=inputs, pending=("total", "doubled"), explicit_returns=True, cwd=sys.argv[1])
    handles.append(launcher.submit(spec))
    start_keeper(home)
    while len(handles := [run for run in handles if not run.state().status.is_terminal]) >= 4:
        time.sleep(0.01)
"""
"""What a kernel does, again and again: fill a run directory, have it started, see to a keeper. Never stops."""

CELL = """
import subprocess, time
import jupyter_mlops as mlops
for step in range(20):
    mlops.log(loss=number / (step + 1))
    time.sleep(0.005)
subprocess.Popen(['sleep', '300'])
doubled = data * 2
total = float(doubled.sum())
print('over')
"""
"""Takes a tenth of a second and leaves a process behind."""


@dataclass
class Soak:
    """A home in which runs are started while their processes are killed, in an order that a seed decides."""

    home: Home
    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    _submitter: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._kinds: dict[str, Callable[[], int | None]] = {
            "submitter": lambda: self._submitter.pid if self._submitter else None,
            "warm parent": self._warm_parent,
            "keeper": lambda: lock_holder(self.home.keeper_lock),
            "shim": lambda: self._of_a_run("shim_lock"),
            "executor": lambda: self._of_a_run("executor_lock"),
            "snapshot": lambda: self._of_a_run("snapshot_lock"),
        }

    def run(self, seconds: float) -> None:
        """Submit and kill for so long; then everybody may finish."""
        end = time.monotonic() + seconds
        kinds, weights = list(self._kinds), [1, 2, 1, 6, 6, 1]
        try:
            while time.monotonic() < end:
                if self._submitter is None or self._submitter.poll() is not None:
                    self._submit()
                time.sleep(self._random.uniform(0.0, 0.4))
                kind = self._random.choices(kinds, weights)[0]
                pid = self._kinds[kind]()
                if pid:
                    self._kill(kind, pid)
        finally:
            if self._submitter:
                self._submitter.kill()
                self._submitter.wait()

    def _submit(self) -> None:
        if self._submitter:
            self._submitter.wait()
        command = [sys.executable, "-c", SUBMITTER, str(self.home.path), CELL]
        self._submitter = subprocess.Popen(command, start_new_session=True)

    def _kill(self, kind: str, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.killed[kind] += 1

    def _warm_parent(self) -> int | None:
        """Return a warm parent, or what it has forked in advance: to them it is the same."""
        found = [pid for pid, told in _command_lines() if "jupyter_mlops.executor.warm" in told and self._is_ours(told)]
        return self._random.choice(found) if found else None

    def _is_ours(self, told: str) -> bool:
        return str(self.home.path) in told

    def _of_a_run(self, lock: str) -> int | None:
        """Return a process of some living run; the newest are looked at, because others have ended."""
        holders = [lock_holder(getattr(self.home.run(run_id), lock)) for run_id in self.home.run_ids()[:8]]
        living = [pid for pid in holders if pid]
        return self._random.choice(living) if living else None


def _command_lines() -> list[tuple[int, str]]:
    return [(process.pid, " ".join(process.info["cmdline"] or ())) for process in psutil.process_iter(["cmdline"])]


def processes_of(home: Path) -> list[str]:
    """Return the living processes that belong to the runs of a home, however they came about."""
    found = []
    for process in psutil.process_iter():
        try:
            told = " ".join([process.cwd(), process.environ().get("JUPYTER_MLOPS_RUN_DIR", ""), *process.cmdline()])
            if str(home) in told and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {told}")
        except psutil.Error:
            continue
    return found
