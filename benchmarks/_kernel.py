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
        self._manager.start_kernel(cwd=str(self.directory), env=self._environment)
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=120)
        for cell in self._setup:
            self.run(cell)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, cell: str, timeout: float = 600) -> float:
        """Execute a cell and return the milliseconds until its reply; raise RuntimeError if it failed."""
        started = time.perf_counter()
        self._execute(cell, timeout)
        return (time.perf_counter() - started) * 1000

    def value(self, expression: str, timeout: float = 600) -> Any:
        """Return what a literal expression is worth in the kernel; it waits for pending names as any cell does."""
        return ast.literal_eval(self._execute(f"print(repr({expression}))", timeout).strip().splitlines()[-1])

    def _execute(self, cell: str, timeout: float) -> str:
        printed: list[str] = []

        def collect(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = self._client.execute_interactive(cell, timeout=timeout, output_hook=collect)
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"].get("traceback", [])) or str(reply["content"]))
        return "".join(printed)
