"""Launches cells through real shims: what the stories of `test_faults_*.py` share."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_mlops.entities import RunSpec, RunState
from jupyter_mlops.home import Home, LifeLock, RunDirectory, lock_holder
from jupyter_mlops.launchers import LocalLauncher, LocalRun
from jupyter_mlops.testing import SHELL_EXECUTOR, fill_run, wait_until

_LARGE = """
    torch tensorflow keras mlflow sqlalchemy sklearn scipy pandas pyarrow matplotlib fairlearn interpret xgboost
    lightgbm onnx onnx_ir onnxruntime onnxscript skl2onnx onnxmltools ebm2onnx sympy h5py jupyter_server jupyter_events
    nbconvert nbclient nbformat jsonschema rfc3987_syntax kubernetes_validate fastapi
"""
LARGE_LIBRARIES = frozenset(_LARGE.split())
"""What stories in the same process may have imported."""


@contextmanager
def small_kernel() -> Iterator[dict[str, Any]]:
    """Hide the large libraries, as in a kernel that has none; hand out what is hidden.

    A warm parent loads what its kernel has, and a worker of the suite has everything: seconds for each parent.
    """
    with pytest.MonkeyPatch.context() as patch:
        hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in LARGE_LIBRARIES}
        for name in hidden:
            patch.delitem(sys.modules, name)
        yield hidden


@dataclass(frozen=True)
class Launch:
    """A run that was submitted, and its files."""

    files: RunDirectory
    handle: LocalRun

    @property
    def log(self) -> str:
        return self.files.log_file.read_text() if self.files.log_file.exists() else ""

    @property
    def state(self) -> RunState:
        return self.handle.state()

    @property
    def executor(self) -> psutil.Process:
        """The living executor."""
        wait_until(lambda: self.files.executor() is not None)
        return psutil.Process(self.files.executor().pid)

    @property
    def shim(self) -> psutil.Process:
        """The living shim."""
        wait_until(lambda: self.files.shim() is not None)
        return psutil.Process(self.files.shim().pid)

    def says(self, text: str) -> "Launch":
        """Wait until the run has printed something."""
        wait_until(lambda: text in self.log or self._ended(text))
        return self

    def _ended(self, text: str) -> bool:
        state = self.state
        assert not state.status.is_terminal or text in self.log, (state, self.log)
        return False

    def end(self) -> RunState:
        """Wait until the run has ended and its shim has gone."""
        state = self.handle.wait(60)
        wait_until(lambda: lock_holder(self.files.shim_lock) is None)
        return state


@dataclass(frozen=True)
class Launching:
    """A home of a story's own with a launcher; nothing is shipped from it."""

    home: Home
    cwd: Path
    launcher: LocalLauncher

    @classmethod
    @contextmanager
    def below(cls, path: Path, *, cwd: Path | None = None, **options: Any) -> Iterator["Launching"]:
        home = Home.create(path / ".mlops")
        keeper = LifeLock.acquire(home.keeper_lock)
        launching = cls(home, cwd or path, LocalLauncher(home, **options))
        yield launching
        launching.kill_all()
        keeper.release()

    def fill(self, cell: str, **fields: Any) -> RunSpec:
        return fill_run(self.home, cell, **{"cwd": str(self.cwd), **fields})

    def submit(self, spec: RunSpec) -> Launch:
        return Launch(self.home.run(spec.run_id), self.launcher.submit(spec))

    def start(self, cell: str, **fields: Any) -> Launch:
        return self.submit(self.fill(cell, **fields))

    def kill_all(self) -> None:
        """End what a story leaves behind."""
        for run_id in self.home.run_ids():
            run = self.home.run(run_id)
            for lock in (run.shim_lock, run.executor_lock):
                holder = lock_holder(lock)
                if holder:
                    os.kill(holder, signal.SIGKILL)


def shell(path: Path) -> Any:
    """Return a launching whose cells are shell scripts: for stories of what surrounds the executor."""
    return Launching.below(path, executor=SHELL_EXECUTOR)
