"""Runs cells in real executors, without launcher or kernel: what the stories of `test_executor_*.py` share."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runs import submit

from jupyter_mlops.capture import dump_values, read_outputs, write_inputs
from jupyter_mlops.entities import Result
from jupyter_mlops.home import Home, LifeLock, RunDirectory
from jupyter_mlops.testing import wait_until


@dataclass(frozen=True)
class Ended:
    """A run whose executor has exited."""

    home: Home
    run: RunDirectory
    exit_code: int
    inputs: Mapping[str, Any]

    @property
    def log(self) -> str:
        return self.run.log_file.read_text()

    @property
    def events(self) -> list[dict[str, Any]]:
        if not self.run.display_file.exists():
            return []
        return [json.loads(line) for line in self.run.display_file.read_text().splitlines()]

    @property
    def result(self) -> Result:
        result = self.run.result()
        assert result is not None, self.log
        return result

    def outputs(self, namespace: dict[str, Any] | None = None) -> dict[str, Any]:
        if self.run.outputs() is None:
            return {}
        names = {} if namespace is None else namespace
        return read_outputs(self.run, self.home, namespace=names, resolve=self.inputs.__getitem__)


@dataclass(frozen=True)
class Executors:
    """Starts executors, cold, each in a run directory that is filled as a kernel would."""

    home: Home
    cwd: Path

    @classmethod
    def below(cls, path: Path) -> "Executors":
        """Make a home and keep its keeper away: executors would start it, and these stories ship nothing."""
        home = Home.create(path / ".mlops")
        assert LifeLock.acquire(home.keeper_lock) is not None
        return cls(home, path)

    def run(self, cell: str, inputs: Mapping[str, Any] | None = None, **spec: Any) -> Ended:
        """Run a cell to its end."""
        environment = spec.pop("environment", {})
        run = self.fill(cell, inputs, **spec)
        process = self.start(run, environment)
        return Ended(self.home, run, process.wait(timeout=60), dict(inputs or {}))

    def fill(self, cell: str, inputs: Mapping[str, Any] | None = None, **spec: Any) -> RunDirectory:
        """Make a run directory with spec, cell and inputs; `namespace` is the notebook's, for functions of it."""
        pickled = dump_values(inputs or {}, namespace=spec.pop("namespace", None))
        run = submit(self.home, **({"name": "story", "experiment": "e", "cwd": str(self.cwd)} | spec))
        run.cell_file.write_text(cell)
        write_inputs(run, pickled, self.home)
        wait_until(run.inputs_file.exists)
        return run

    def start(
        self, run: RunDirectory, environment: Mapping[str, str] | None = None, *prefix: str
    ) -> subprocess.Popen[bytes]:
        """Start the executor as the shim does: a session of its own, the log as its output."""
        with run.log_file.open("ab") as log:
            return subprocess.Popen(
                [*prefix, sys.executable, "-m", "jupyter_mlops.executor", str(run.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cwd,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that a story started, whatever it is doing."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
