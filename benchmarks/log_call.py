"""What one logged metric costs the training loop, and whether every call that returned is found after kill -9."""

from __future__ import annotations

import importlib.util
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from ._figure import Figure, reported, times_better, within
from ._kernel import Kernel

OURS = """
%%train cost --autolog off --returns ours,fluent,client_calls
import time
import jupyter_mlops as mlops

def microseconds(work, count):
    started = time.perf_counter()
    for i in range(count):
        work(i)
    return (time.perf_counter() - started) / count * 1e6

def own(i):
    mlops.log(loss=0.5)

microseconds(own, 1000)
ours = [microseconds(own, {count}) for _ in range({repetitions})]

import mlflow
def by_fluent(i):
    mlflow.log_metric("fluent", 0.5, step=i)
by_fluent(0)
fluent = [microseconds(by_fluent, {count} // 100) for _ in range({repetitions})]

client, run_id = mlflow.MlflowClient(), mlflow.active_run().info.run_id if mlflow.active_run() else None
def by_client(i):
    client.log_metric(run_id, "client", 0.5, step=i)
client_calls = [microseconds(by_client, {count} // 100) for _ in range({repetitions})] if run_id else []
"""

SQLITE = """
import time, mlflow
mlflow.set_tracking_uri("sqlite:///mlflow.db")
with mlflow.start_run():
    mlflow.log_metric("loss", 0.5, step=0)
    for _ in range({repetitions}):
        started = time.perf_counter()
        for i in range(50):
            mlflow.log_metric("loss", 0.5, step=i)
        print((time.perf_counter() - started) / 50 * 1e6)
"""

SUMMARY_WRITER = """
import time
from torch.utils.tensorboard import SummaryWriter
writer = SummaryWriter("events")
for _ in range({repetitions}):
    started = time.perf_counter()
    for i in range(10_000):
        writer.add_scalar("loss", 0.5, i)
    print((time.perf_counter() - started) / 10_000 * 1e6)
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield microseconds a call, by our own call and by MLflow's, and the calls lost to kill -9."""
    repetitions, count = (3, 20_000) if quick else (7, 100_000)
    with Kernel() as kernel:
        kernel.run(OURS.format(repetitions=repetitions, count=count).strip(), timeout=600)
        ours, fluent, client = kernel.value("(ours, fluent, client_calls)")
        lost = lost_calls(kernel, count)
    yield within("log_call: mlops.log", ours, 1.5, "us")
    yield within("log_call: mlflow.log_metric in a run", fluent, 200, "us")
    sqlite = printed(SQLITE.format(repetitions=repetitions))
    yield times_better("log_call: mlflow.log_metric in a run", fluent, "MLflow's sqlite store", sqlite, 30, unit="us")
    if client:
        yield reported("log_call: MlflowClient.log_metric in a run", client, "MLflow's sqlite store", sqlite, unit="us")
    if importlib.util.find_spec("torch") and importlib.util.find_spec("tensorboard"):
        writer = printed(SUMMARY_WRITER.format(repetitions=repetitions))
        yield times_better("log_call: mlops.log", ours, "torch SummaryWriter", writer, 15, unit="us")
    yield within("log_call: calls lost to kill -9", [float(lost)], 0, "calls")


def lost_calls(kernel: Kernel, count: int) -> int:
    """Return how many of the calls that had returned are missing after the run was killed in the middle of logging."""
    from jupyter_mlops.home import Home
    from jupyter_mlops.services import service_of

    kernel.run(f"""%%train killed --autolog off --returns none
import os, jupyter_mlops as mlops
counter = os.open("returned", os.O_WRONLY | os.O_CREAT)
for i in range({count * 100}):
    mlops.log(loss=float(i), step=i)
    os.pwrite(counter, b"%12d" % i, 0)""")
    returned = kernel.directory / "returned"
    while not returned.exists() or int(returned.read_bytes() or b"0") < count:
        time.sleep(0.01)
    run = service_of(Home.open(kernel.home)).find("killed")
    executor = run.directory.executor()
    assert executor is not None
    os.kill(executor.pid, signal.SIGKILL)
    run.wait(timeout_s=30)
    steps = {point.step for point in run.metric_history("loss")}
    return sum(1 for step in range(int(returned.read_bytes()) + 1) if step not in steps)


def printed(program: str) -> list[float]:
    """Return the numbers that a program prints, run by a fresh interpreter in an empty directory."""
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=directory
        )
    numbers = [float(line) for line in done.stdout.split()]
    return [statistics.median(numbers)] if len(numbers) < 3 else numbers
