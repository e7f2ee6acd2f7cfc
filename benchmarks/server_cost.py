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
from jupyter_mlops.tracking import has_unshipped_runs

from ._figure import Figure, reported, within
from ._live_runs import LiveRuns
from ._server import JupyterServer
from ._stores import fill_home

RUNS = 10
ENDED = 1_000
PRINTING = """
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
        home = Home.create(root / ".mlops")
        ship(root, home)
        without, _lags = asyncio.run(weighed(root, [], seconds, extension=False))
        idle, _lags = asyncio.run(weighed(root, [], seconds))
        yield within("server_cost: idle, cores beyond a server without the extension", [idle - without], 0.01, "cores")
        with LiveRuns(home) as runs:
            run_ids = [runs.start(PRINTING) for _ in range(RUNS)]
            runs.await_output(run_ids)
            without, their_lags = asyncio.run(weighed(root, [], seconds, extension=False))
            used, lags = asyncio.run(weighed(root, run_ids, seconds))
    name = f"server_cost: {RUNS} runs that print 20 lines a second, watched by a tab"
    yield within(f"{name}, cores beyond a server without the extension", [used - without], 0.1, "cores")
    yield within(f"{name}, lag of the event loop", lags, 50, quantile=0.99)
    yield reported(
        f"{name}, lag of the event loop at p99",
        [worst_of_100(lags)],
        "a server without the extension beside the same runs",
        [worst_of_100(their_lags)],
    )


def ship(root: Path, home: Home) -> None:
    """Have the keeper write the runs to the store, as it has in a home that is idle."""
    with JupyterServer(root):
        while has_unshipped_runs(home):
            time.sleep(0.5)


async def weighed(
    root: Path, run_ids: list[str], seconds: float, *, extension: bool = True
) -> tuple[float, list[float]]:
    """Return the cores that a server uses while a tab watches runs, if any, and the lags of its event loop."""
    with JupyterServer(root, extension=extension, measures_lag=True) as server:
        socket = await server.connect() if extension else None
        taking = asyncio.ensure_future(_take_all(socket))
        for run_id in run_ids:
            assert socket is not None
            await socket.write_message(json.dumps({"watch": run_id, "offset": 0}))
        # What a server does once is not what it costs: reading all that is there, and saving it some seconds later.
        while extension and (await asyncio.to_thread(server.json, "status"))["building"]:
            await asyncio.sleep(0.5)
        await asyncio.sleep(10)
        server.lags_ms()
        before = server.cpu_s()
        await asyncio.sleep(seconds)
        used, lags = (server.cpu_s() - before) / seconds, server.lags_ms()
        if socket is not None:
            socket.close()
        assert await taking >= len(run_ids), "a run was not told"
    return used, lags


def worst_of_100(lags: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(lags)[len(lags) * 99 // 100]


async def _take_all(socket: WebSocketClientConnection | None) -> int:
    """Take messages until the socket is closed; return how many."""
    taken = 0
    while socket is not None and await socket.read_message() is not None:
        taken += 1
    return taken
