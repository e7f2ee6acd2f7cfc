"""A real Jupyter kernel with the extension loaded, in an empty directory, for benchmarks to talk to."""

from __future__ import annotations

import ast
import os
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.manager import KernelManager

_WARM_WITHIN_S = 120.0
_CALM_S = 0.5


class Kernel:
    r"""A kernel in a directory of its own; closes both at the end.

    Examples
    --------
    >>> with Kernel("from sklearn.linear_model import LogisticRegression") as kernel:
    ...     kernel.run("%%train\nmodel = LogisticRegression()")
    """

    def __init__(self, setup: str = "", *, load: bool = True, environment: dict[str, str] | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="mlops-bench-"))
        self._manager = KernelManager(kernel_name="python3")
        self._environment = {
            **{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
            "JUPYTER_MLOPS_HOME": str(self.directory / ".mlops"),
            **(environment or {}),
        }
        self._setup = ["%load_ext jupyter_mlops"] * load + [setup] * bool(setup)

    def __enter__(self) -> Kernel:
        # Its warning of TCP on the loopback would stand between the figures.
        arguments = ["--IPKernelApp.log_level=ERROR"]
        self._manager.start_kernel(cwd=str(self.directory), env=self._environment, extra_arguments=arguments)
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=120)
        for cell in self._setup:
            self.run(cell)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        # Runs and the keeper end when they find their home gone, and may write until then.
        for _ in range(20):
            shutil.rmtree(self.directory, ignore_errors=True)
            if not self.directory.exists():
                break
            time.sleep(0.1)

    @property
    def home(self) -> Path:
        """The kernel's `.mlops`."""
        return self.directory / ".mlops"

    @property
    def pid(self) -> int:
        """The kernel's process."""
        return int(self.value("__import__('os').getpid()"))

    def run(self, cell: str, timeout: float = 600) -> float:
        """Execute a cell and return the milliseconds until its reply; raise RuntimeError if it failed."""
        started = time.perf_counter()
        self._execute(cell, timeout)
        return (time.perf_counter() - started) * 1000

    def value(self, expression: str, timeout: float = 600) -> Any:
        """Return what a literal expression is worth in the kernel; it waits for pending names as any cell does."""
        return ast.literal_eval(self._execute(f"print(repr(({expression})))", timeout).strip().splitlines()[-1])

    def await_warm(self) -> None:
        """Wait until the warm parent has loaded what the notebook has imported; that happens in the background.

        Raises
        ------
        TimeoutError
            It has not in two minutes: what is measured would be cold starts.
        """
        warm = "(lambda reply: bool(reply and reply.generation and not reply.loading))"
        launcher = "__import__('jupyter_mlops').services.current_service().launcher"
        deadline = time.monotonic() + _WARM_WITHIN_S
        while not self.value(f"{warm}({launcher}.warm_parent())"):
            if time.monotonic() > deadline:
                raise TimeoutError("the warm parent did not get ready")
            time.sleep(0.1)
        # The first run starts the keeper too, which is busy with MLflow for a while.
        self.run("%%train settle --returns none --autolog off\npass")
        self.run("%runs wait settle")
        while not list(self.home.glob("runs/*/tracking.json")) and time.monotonic() < deadline:
            time.sleep(0.1)

    def await_calm(self) -> None:
        """Wait until every run is in the tracking store, and a moment more: what is timed next runs by itself.

        Raises
        ------
        TimeoutError
            Some run is not there in two minutes.
        """
        deadline = time.monotonic() + _WARM_WITHIN_S
        while not {run.name for run in self.home.glob("runs/*")} <= self._tracked():
            if time.monotonic() > deadline:
                raise TimeoutError("the keeper has not shipped every run")
            time.sleep(0.1)
        time.sleep(_CALM_S)

    def _tracked(self) -> set[str]:
        """Return the runs that the store has wholly."""
        ids = self.home / "tracked.ids"
        return set(ids.read_text().split()) if ids.exists() else set()

    def _execute(self, cell: str, timeout: float) -> str:
        printed: list[str] = []

        def collect(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = self._client.execute_interactive(cell, timeout=timeout, output_hook=collect)
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"].get("traceback", [])) or str(reply["content"]))
        return "".join(printed)
