"""What it costs to have the extension: importing it, loading it, and the first run in an empty directory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from ._figure import Figure, at_most, within
from ._kernel import Kernel

STORE_CREATION = """
import time, mlflow
started = time.perf_counter()
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.search_experiments()
print((time.perf_counter() - started) * 1000)
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield import time, load time, whether mlflow was imported, and the first output ever."""
    repetitions = 7 if quick else 15
    timed_import = "import time; s = time.perf_counter(); import jupyter_mlops; print((time.perf_counter() - s) * 1000)"
    yield within("start: import jupyter_mlops", [printed(timed_import) for _ in range(repetitions)], 50)
    loads, firsts, imported = [], [], []
    for _ in range(3 if quick else 7):
        with Kernel(load=False) as kernel:
            loads.append(kernel.run("%load_ext jupyter_mlops"))
            imported.append(float(kernel.value("'mlflow' in __import__('sys').modules")))
            sent = time.time_ns()
            kernel.run("%%train first\nimport time; started = time.time_ns()")
            firsts.append((kernel.value("started") - sent) / 1e6)
    creations = [printed(STORE_CREATION) for _ in range(3 if quick else 7)]
    yield within("start: %load_ext jupyter_mlops", loads, 150)
    yield within("start: mlflow imported in the kernel", imported, 0, "times")
    yield at_most("start: first output ever, empty directory", firsts, "MLflow's first store creation", creations, 1)


def printed(program: str) -> float:
    """Return the number that a program prints, run by a fresh interpreter in an empty directory."""
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=directory
        )
    return float(done.stdout.strip().splitlines()[-1])
