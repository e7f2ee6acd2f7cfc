"""A real Jupyter server over a directory, with or without the extension, for benchmarks to ask and to weigh."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

TOKEN = "benchmark"
_STARTS_WITHIN_S = 120.0


class JupyterServer:
    """A server on a loopback port; ends with the `with`.

    Parameters
    ----------
    root : Path
        What it shows.
    extension : bool
        Whether ours is loaded.
    measures_lag : bool
        Whether `lags_ms` is to be asked, for which the server wakes up a hundred times a second.
    """

    def __init__(self, root: Path, *, extension: bool = True, measures_lag: bool = False) -> None:
        self.root = root
        self._measures_lag = measures_lag
        self._lags_told = 0
        self._extension = extension
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    def __enter__(self) -> JupyterServer:
        scratch = tempfile.mkdtemp(prefix="mlops-bench-server-")
        environment = {
            **os.environ,
            "JUPYTER_TOKEN": TOKEN,
            "JUPYTER_CONFIG_DIR": f"{scratch}/config",
            "JUPYTER_RUNTIME_DIR": f"{scratch}/runtime",
        }
        environment.pop("JUPYTER_MLOPS_HOME", None)
        command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={self.port}"]
        command += [f"--ServerApp.root_dir={self.root}", "--ServerApp.ip=127.0.0.1", "--ServerApp.log_level=ERROR"]
        command += [f"--ServerApp.jpserver_extensions=jupyter_mlops={self._extension}"]
        self._lag_file = Path(scratch) / "lag"
        if self._measures_lag:
            command += ["--ServerApp.jpserver_extensions=benchmarks._lag_probe=True"]
            environment["MLOPS_BENCH_LAG"] = str(self._lag_file)
            environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path[:1]])
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process = psutil.Process(self._process.pid)
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the Jupyter server did not start")
            time.sleep(0.05)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def get(self, route: str, **query: Any) -> bytes:
        """Return what a route of ours answers; raise RuntimeError for a refusal. One connection for all."""
        status, body = self._ask(f"/jupyter-mlops/api/{route}?{urlencode(query, doseq=True)}")
        if status != 200:
            raise RuntimeError(f"{route}: {status} {body[:200]!r}")
        return body

    def json(self, route: str, **query: Any) -> Any:
        """Return what a route of ours answers, decoded."""
        return json.loads(self.get(route, **query))

    async def connect(self) -> WebSocketClientConnection:
        """Open the live socket, as a browser tab does."""
        url = f"ws://127.0.0.1:{self.port}/jupyter-mlops/api/live"
        return await websocket_connect(HTTPRequest(url, headers={"Authorization": f"token {TOKEN}"}))

    def cpu_s(self) -> float:
        """Return the processor seconds that the server has used, in all of its threads."""
        times = self.process.cpu_times()
        return times.user + times.system

    def lags_ms(self) -> list[float]:
        """Return how late the event loop was at each wake-up since the last call."""
        told = self._lag_file.read_text().split("\n")[:-1]
        new, self._lags_told = told[self._lags_told :], len(told)
        return [float(line) for line in new]

    def _ask(self, path: str) -> tuple[int, bytes]:
        self._connection.request("GET", path, headers={"Authorization": f"token {TOKEN}"})
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def _answers(self) -> bool:
        try:
            return self._ask("/api")[0] == 200
        except OSError:
            self._connection.close()
            return False
