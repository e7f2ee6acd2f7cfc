"""What the extension costs the Jupyter server: idle, and while ten runs print and a tab watches them."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tornado.websocket import WebSocketClientConnection

from jupyter_mlops.home import Home

from ._figure import Figure, within
from ._live_runs import LiveRuns
from ._server import JupyterServer
from ._stores import fill_home

RUNS = 10
ENDED = 1_000
PRINTING = """
import time
for number in range(1_000_000):
    print(f"step {number} loss {1 / (number + 1):.6f}")
    time.sleep(0.05)
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield processor time beyond that of a server without the extension, and how late the event loop is."""
    os.environ.pop("JUPYTER_MLOPS_HOME", None)
    seconds = 8.0 if quick else 30.0
    with tempfile.TemporaryDirectory(prefix="mlops-bench-") as directory:
        root = Path(directory)
        fill_home(root / ".mlops", 100 if quick else ENDED)
        without = cores(root, seconds, extension=False)
        idle = cores(root, seconds, extension=True)
        yield within("server_cost: idle, cores beyond a server without the extension", [idle - without], 0.01, "cores")
        with JupyterServer(root, measures_lag=True) as server, LiveRuns(Home.create(root / ".mlops")) as runs:
            run_ids = [runs.start(PRINTING) for _ in range(RUNS)]
            runs.await_output(run_ids)
            used, lags = asyncio.run(watched(server, run_ids, seconds))
    name = f"server_cost: {RUNS} runs that print 20 lines a second, watched by a tab"
    yield within(f"{name}, cores beyond a server without the extension", [used - without], 0.1, "cores")
    yield within(f"{name}, lag of the event loop", lags, 50, quantile=0.99)


def cores(root: Path, seconds: float, *, extension: bool) -> float:
    """Return the cores that a server uses which nobody asks for anything."""
    with JupyterServer(root, extension=extension, measures_lag=True) as server:
        time.sleep(5)  # what a server does once is not what it costs
        before = server.cpu_s()
        time.sleep(seconds)
        return (server.cpu_s() - before) / seconds


async def watched(server: JupyterServer, run_ids: list[str], seconds: float) -> tuple[float, list[float]]:
    """Return the cores that a server uses while a tab watches runs, and the lags of its event loop meanwhile."""
    socket = await server.connect()
    for run_id in run_ids:
        await socket.write_message(json.dumps({"watch": run_id, "offset": 0}))
    taking = asyncio.ensure_future(_take_all(socket))
    await asyncio.sleep(5)
    server.lags_ms()
    before = server.cpu_s()
    await asyncio.sleep(seconds)
    used, lags = (server.cpu_s() - before) / seconds, server.lags_ms()
    socket.close()
    assert await taking > RUNS, "nothing was told"
    return used, lags


async def _take_all(socket: WebSocketClientConnection) -> int:
    """Take messages until the socket is closed; return how many."""
    taken = 0
    while await socket.read_message() is not None:
        taken += 1
    return taken
