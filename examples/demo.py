"""Train real models on real data through ``%%train`` in a real kernel, and print what was tracked.

``make demo`` runs this: the quickstart and the chained-runs notebook, cell by cell, each in a fresh Jupyter kernel, as
Restart-and-Run-All would. Nothing is written but ``examples/.mlops``, where ``make lab`` finds the same runs.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
NOTEBOOKS = ("quickstart", "chained-runs")
SHIPPING_TIMEOUT_S = 90


def execute(name: str) -> None:
    """Run one notebook in a kernel of its own and show the text of every output."""
    notebook = nbformat.read(HERE / f"{name}.ipynb", as_version=4)
    print(f"\n== {name}.ipynb", flush=True)
    started = time.monotonic()
    client = NotebookClient(
        notebook,
        timeout=300,
        resources={"metadata": {"path": str(HERE)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # not a word about the kernel's own transport
    )
    # As Jupyter's server does: so the runs know which notebook they came from, and the explorer shows them below it.
    with client.setup_kernel(env={**os.environ, "JPY_SESSION_NAME": str(HERE / f"{name}.ipynb")}):
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                client.execute_cell(cell, index)
                show(cell)
    print(f"-- {time.monotonic() - started:.1f} s")


def show(cell: nbformat.NotebookNode) -> None:
    """Print a cell's first line and its outputs, as text."""
    print(f"\n>>> {cell.source.splitlines()[0]}")
    for output in cell.outputs:
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        print(text.rstrip(), flush=True)


def print_tracked() -> None:
    """Print the runs as MLflow's own client finds them in the tracking store."""
    from mlflow import MlflowClient

    store = HERE / ".mlops" / "mlflow.db"
    client = MlflowClient(f"sqlite:///{store}")
    print("\n== what MLflow knows")
    for run in wait_until_shipped(client):
        of_the_model = [each for each in sorted(run.data.metrics.items()) if not each[0].startswith("system/")]
        metrics = ", ".join(f"{key} {value:.4g}" for key, value in of_the_model[:3])
        params = ", ".join(f"{key}={value}" for key, value in sorted(run.data.params.items())[:2])
        print(f"{run.info.run_name:<12} {run.info.status:<9} {params:<40.40} {metrics}")
    print(f"\n{store.relative_to(Path.cwd()) if store.is_relative_to(Path.cwd()) else store}")


def wait_until_shipped(client) -> list:  # noqa: ANN001  (mlflow is imported late: the kernel runs do not wait for it)
    """Return all runs once the keeper has shipped them with their final status."""
    deadline = time.monotonic() + SHIPPING_TIMEOUT_S
    while True:
        experiments = [experiment.experiment_id for experiment in client.search_experiments()]
        runs = client.search_runs(experiments)
        if runs and all(run.info.status == "FINISHED" for run in runs):
            return runs
        if time.monotonic() > deadline:
            sys.exit(f"The keeper did not ship all runs within {SHIPPING_TIMEOUT_S} s: {[r.info.status for r in runs]}")
        time.sleep(0.5)


if __name__ == "__main__":
    for notebook_name in NOTEBOOKS:
        execute(notebook_name)
    print_tracked()
    print("\nOpen it yourself: make lab")
