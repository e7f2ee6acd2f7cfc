"""How long from submitting a cell to the first line of user code, and until the cell returns."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from ._figure import Figure, at_most, reported, times_better, within
from ._kernel import Kernel

SKLEARN = "import numpy as np, pandas as pd\nfrom sklearn.linear_model import LogisticRegression"
TENSORFLOW = "import tensorflow as tf"
PERSON_S = 0.5
"""Between two cells, as with a person: the warm parent gets ready for the next run meanwhile. `slots` has no pause."""
FIRST_LINE = "import time; started = time.time_ns()"


def figures(quick: bool) -> Iterator[Figure]:
    """Yield first-output latency against every other way to run the same cell, and the time until the cell returns."""
    repetitions = 7 if quick else 15
    with Kernel(SKLEARN) as kernel:
        kernel.await_warm()
        ours, plain = [], []
        for i in range(repetitions):
            # In turns: what else the machine does meets both.
            ours.append(first_line_in_run(kernel, f"bench{i}"))
            plain.append(first_line_in_kernel(kernel))
        yield at_most("submit: first line of user code, scikit-learn", ours, "the cell in the kernel itself", plain, 4)
        yield from small_capture(kernel, repetitions)
    slow = 3 if quick else 7
    yield times_better("submit: first line", ours, "fresh python", [fresh_python(SKLEARN) for _ in range(slow)], 50)
    yield times_better("submit: first line", ours, "nbclient", [with_nbclient(SKLEARN) for _ in range(slow)], 100)
    if importlib.util.find_spec("papermill"):
        yield times_better("submit: first line", ours, "papermill", [with_papermill(SKLEARN) for _ in range(slow)], 100)
    if importlib.util.find_spec("ray"):
        new, again = with_ray(repetitions)
        yield times_better("submit: first line", ours, "ray.remote, a new task each time", new, 1)
        yield reported("submit: first line", ours, "ray.remote, the same task again", again)
    if importlib.util.find_spec("tensorflow"):
        with Kernel(TENSORFLOW) as kernel:
            kernel.await_warm()
            heavy = [first_line_in_run(kernel, f"bench{i}") for i in range(repetitions)]
        fresh = [fresh_python(TENSORFLOW) for _ in range(slow)]
        yield times_better("submit: first line, TensorFlow", heavy, "fresh python", fresh, 50)


def small_capture(kernel: Kernel, repetitions: int) -> Iterator[Figure]:
    """Yield the time until a cell returns that captures 1 MB, each time with other bytes."""
    ours, plain = [], []
    for i in range(3 * repetitions):
        kernel.run("X = np.random.default_rng().random(131_072)")
        time.sleep(PERSON_S)
        ours.append(kernel.run(f"%%train small{i} --returns none\nX.sum()"))
        kernel.run(f"%runs wait small{i}")
        time.sleep(PERSON_S)
        plain.append(kernel.run("X.sum()"))
    yield within("submit: the cell returns, 1 MB captured", ours, 10)
    yield within("submit: the cell returns, 1 MB captured", ours, 50, quantile=0.95)
    yield reported("submit: the cell returns, 1 MB captured", ours, "the cell in the kernel itself", plain)


def first_line_in_run(kernel: Kernel, name: str) -> float:
    """Return the milliseconds from sending a ``%%train`` cell to its first line."""
    time.sleep(PERSON_S)
    sent = time.time_ns()
    kernel.run(f"%%train {name}\n{FIRST_LINE}")
    elapsed = (kernel.value("started") - sent) / 1e6
    kernel.run(f"%runs wait {name}")
    return elapsed


def first_line_in_kernel(kernel: Kernel) -> float:
    """Return the milliseconds from sending a plain cell to its first line; as long after the last one as a run's."""
    time.sleep(PERSON_S)
    sent = time.time_ns()
    kernel.run(FIRST_LINE)
    return (kernel.value("started") - sent) / 1e6


def fresh_python(imports: str) -> float:
    """Return the milliseconds from starting an interpreter to the first line behind the imports."""
    sent = time.time_ns()
    program = f"{imports}\nimport time; print(time.time_ns())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return (int(done.stdout) - sent) / 1e6


def notebook_of(imports: str, path: Path) -> nbformat.NotebookNode:
    """Return a notebook that writes the time of its first line to a file."""
    first = f"{FIRST_LINE}\nopen({str(path)!r}, 'w').write(str(started))"
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(imports), nbformat.v4.new_code_cell(first)])


def with_nbclient(imports: str) -> float:
    """Return the milliseconds until nbclient, starting a kernel, has come to the same line."""
    with tempfile.TemporaryDirectory() as directory:
        stamp = Path(directory) / "stamp"
        sent = time.time_ns()
        NotebookClient(notebook_of(imports, stamp), kernel_name="python3", timeout=300).execute()
        return (int(stamp.read_text()) - sent) / 1e6


def with_papermill(imports: str) -> float:
    """Return the milliseconds until papermill, as the command that users type, has come to the same line."""
    with tempfile.TemporaryDirectory() as directory:
        stamp, source = Path(directory) / "stamp", Path(directory) / "source.ipynb"
        nbformat.write(notebook_of(imports, stamp), source)
        sent = time.time_ns()
        command = [sys.executable, "-m", "papermill", "-k", "python3", str(source), str(Path(directory) / "out.ipynb")]
        subprocess.run(command, capture_output=True, check=True)
        return (int(stamp.read_text()) - sent) / 1e6


def with_ray(repetitions: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds from sending a cell to a Ray task's first line: a new task each time, and one again.

    Where a notebook submits a cell it submits new code, which Ray sends to its workers first; the imports have been
    made in them. The second is a call of what the worker has run before.
    """
    body = textwrap.indent(f"{SKLEARN}\n{FIRST_LINE}\nreturn started", "    ")
    task = f"@ray.remote\ndef task():\n{body}"
    cluster = "import ray\nray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)"
    with Kernel(f"{cluster}\n{task}\nray.get(task.remote())", load=False) as kernel:
        again = [first_line_of_task(kernel, "result = task.remote()") for _ in range(repetitions)]
        new = [first_line_of_task(kernel, f"{task}\nresult = task.remote()") for _ in range(repetitions)]
        kernel.run("ray.shutdown()")
    return new, again


def first_line_of_task(kernel: Kernel, cell: str) -> float:
    """Return the milliseconds from sending a cell that calls a Ray task to the task's first line."""
    time.sleep(PERSON_S)
    sent = time.time_ns()
    kernel.run(cell)
    return (kernel.value("ray.get(result)") - sent) / 1e6
