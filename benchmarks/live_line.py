"""How soon a line that a run prints arrives at a browser tab's WebSocket, alone and beside a flood of 1 GiB."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from jupyter_mlops.home import Home

from ._figure import Figure, within
from ._live_runs import LiveRuns
from ._server import JupyterServer

TICKING = """
import random, time
chance = random.Random(1)
while True:
    print(time.time_ns())
    time.sleep(chance.uniform(0.01, 0.1))
"""
FLOOD = """
import time
line = "x" * 63
for number in range({lines}):
    print(line)
print("end of the flood")
time.sleep(3600)
"""
LINE_BYTES = 64
GIB = 1 << 30


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the time from a `print` to the message that has it, in milliseconds."""
    os.environ.pop("JUPYTER_MLOPS_HOME", None)
    size = GIB // 16 if quick else GIB
    with tempfile.TemporaryDirectory(prefix="mlops-bench-") as directory:
        root = Path(directory)
        with LiveRuns(Home.create(root / ".mlops")) as runs, JupyterServer(root) as server:
            ticking = runs.start(TICKING)
            runs.await_output([ticking])
            waited = asyncio.run(Tab(ticking).waits(server, seconds=10 if quick else 40))
            yield from told("live_line: a printed line is there", waited)
            flood = runs.start(FLOOD.format(lines=size // LINE_BYTES))
            runs.await_output([flood])
            waited = asyncio.run(Tab(ticking, flood).waits(server, seconds=240))
            yield from told(f"live_line: beside a run that prints {size >> 20} MiB, watched by the same tab", waited)


def told(name: str, waited: list[float]) -> Iterator[Figure]:
    """Yield the median and the worst of a hundred."""
    yield within(f"{name}, p50", waited, 100)
    yield within(f"{name}, p99", waited, 500, quantile=0.99)


class Tab:
    """A tab that watches a run whose lines are the times at which they were printed, and maybe one that floods.

    Parameters
    ----------
    ticking, flood : str
        Ids of runs.
    """

    def __init__(self, ticking: str, flood: str = "") -> None:
        self._ticking = ticking
        self._flood = flood
        self._rest = b""
        self._waited: list[float] = []

    async def waits(self, server: JupyterServer, seconds: float) -> list[float]:
        """Return the milliseconds that each line took, for so long or until the flood has ended."""
        size = server.json(f"runs/{self._ticking}")["summary"]["log_bytes"]
        socket = await server.connect()
        await socket.write_message(json.dumps({"watch": self._ticking, "offset": size}))
        if self._flood:
            await socket.write_message(json.dumps({"watch": self._flood, "offset": 0}))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = await socket.read_message()
            assert message is not None, "the server has closed the socket"
            if isinstance(message, bytes) and self._take(message):
                break
        socket.close()
        while await socket.read_message() is not None:
            pass
        return self._waited[1:]

    def _take(self, message: bytes) -> bool:
        """Note how long its lines took; return whether the flood has ended."""
        now = time.time_ns()
        run_id, _offset = message[:16].hex(), struct.unpack(">Q", message[16:24])
        if run_id == self._flood:
            return b"end of the flood" in message
        *lines, self._rest = (self._rest + message[24:]).split(b"\n")
        self._waited += [(now - int(line)) / 1e6 for line in lines if len(line) == 19]
        return False
