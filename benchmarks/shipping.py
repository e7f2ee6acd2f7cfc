"""Points per second from a run's spool into MLflow's local sqlite store, read back by MLflow itself."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._figure import Figure, more_often, within
from ._kernel import Kernel

PEER_POINTS = 20_000

LOGGING = """
%%train points --autolog off --returns none
import jupyter_mlops as mlops
for step in range({points}):
    mlops.log(loss=step / 7, step=step)
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the rate of shipping one long series, beside MLflow's own batches, and the points that are not there."""
    repetitions, points = (3, 20_000) if quick else (7, 100_000)
    ours, missing = [], 0
    with Kernel() as kernel:
        for i in range(repetitions):
            rate, lost = shipped(kernel, points, f"store{i}")
            ours.append(rate)
            missing += lost
    theirs = [with_log_batch(PEER_POINTS) for _ in range(repetitions)]
    yield more_often("shipping: points per second into sqlite", ours, "log_batch(1000)", theirs, 5, unit="points/s")
    yield within("shipping: points that MLflow does not read back", [float(missing)], 0, "points")


def shipped(kernel: Kernel, points: int, name: str) -> tuple[float, int]:
    """Return the rate at which a run's points come into a new store, and how many MLflow does not read back exactly."""
    from jupyter_mlops.home import Home, LifeLock
    from jupyter_mlops.tracking._shipment import Shipment
    from jupyter_mlops.tracking._target import Target

    home = Home.open(kernel.home)
    keeper = LifeLock.acquire(home.keeper_lock)
    while keeper is None:
        # The kernel's own keeper leaves when there is nothing to ship; it would take the points away from us.
        stop_keeper(home.keeper_lock)
        keeper = LifeLock.acquire(home.keeper_lock)
    with keeper:
        kernel.run(LOGGING.format(points=points).strip())
        kernel.run("%runs wait points")
    run = home.run(home.run_ids()[0])
    # A store of its own each time, which is made before the clock starts.
    uri = f"sqlite:///{kernel.directory / name}.db"
    target = Target(uri, home.path)
    shipment = Shipment(run, run.spec(), target)
    started = time.perf_counter()
    while not shipment.ship():
        pass
    elapsed = time.perf_counter() - started
    found = {point.step: point.value for point in history(uri, shipment.store_run(run.run_id), "loss")}
    target.close()
    return points / elapsed, sum(1 for step in range(points) if found.get(step) != step / 7)


def stop_keeper(lock: Path) -> None:
    """Ask the process that keeps a home to leave."""
    from jupyter_mlops.home import lock_holder, wait_released

    holder = lock_holder(lock)
    if holder:
        os.kill(holder, signal.SIGTERM)
        wait_released(lock, timeout_s=30)


def history(uri: str, run_id: str, key: str) -> list[Any]:
    """Return a metric's points by MLflow's public client."""
    from mlflow import MlflowClient

    return list(MlflowClient(uri).get_metric_history(run_id, key))


def with_log_batch(points: int) -> float:
    """Return the points per second that MLflow writes into a store of its own, a thousand at a time."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    with tempfile.TemporaryDirectory() as directory:
        client = MlflowClient(f"sqlite:///{directory}/mlflow.db")
        run_id = client.create_run("0").info.run_id
        rows = [Metric("loss", step / 7, 1_700_000_000_000 + step, step) for step in range(points)]
        started = time.perf_counter()
        for start in range(0, points, 1000):
            client.log_batch(run_id, metrics=rows[start : start + 1000])
        return points / (time.perf_counter() - started)
