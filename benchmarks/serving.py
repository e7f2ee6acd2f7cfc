"""One row over HTTP with a connection that is kept: our endpoint beside `mlflow models serve` of the same ONNX file.

The same client asks both, one request after the other. MLflow's server needs fastapi and uvicorn, which its skinny
package does not bring; without them its figures are an error line, and ours are told alone.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from jupyter_mlops.home import Home
from jupyter_mlops.services import Endpoints, LocalEndpoint

from ._figure import Figure, more_often
from ._server import TOKEN, JupyterServer

_STARTS_WITHIN_S = 120.0
_LEAST_TIMES = 3.0
_MOST_ADDED_MS = 10.0
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")

Ask = Callable[[], None]


def figures(quick: bool) -> Iterator[Figure]:
    """Yield throughput and latency of both, and what the Jupyter server adds."""
    os.environ.pop("JUPYTER_MLOPS_HOME", None)
    number = 500 if quick else 3_000
    with tempfile.TemporaryDirectory(prefix="mlops-bench-") as directory:
        root = Path(directory)
        body = _make_model(root / "cancer.onnx")
        endpoint = _deployed(root)
        try:
            ours = _times(_asker(_socket_of(endpoint), "/invocations", body, _secret_of(endpoint)), number)
            with JupyterServer(root) as server:
                through = socket.create_connection(("127.0.0.1", server.port))
                headers = {"Authorization": f"token {TOKEN}"}
                path = f"/jupyter-mlops/endpoints/{endpoint.name}/invocations"
                proxied = _times(_asker(through, path, body, headers), number // 3)
        finally:
            endpoint.stop()
        yield from _added(ours, proxied)
        theirs = _of_mlflow(root, body, number // 3)
        yield more_often(
            "serving: one row, requests a second",
            [_per_s(ours)],
            "mlflow models serve",
            [_per_s(theirs)],
            _LEAST_TIMES,
            "1/s",
        )
        for name, part in (("p50", 0.5), ("p99", 0.99)):
            yield _quicker(f"serving: one row, {name}", _part(ours, part), _part(theirs, part), len(ours))


def _make_model(path: Path) -> str:
    """Write a checked model, and return the request for one of its rows."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from jupyter_mlops.export import ExportWish, export_model

    data = load_breast_cancer(as_frame=True)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(data.data, data.target)
    export_model(model, data.data[:50], path, ExportWish(timed=False))
    return json.dumps({"inputs": data.data[:1].to_numpy().tolist()})  # a form that both take for one tensor


def _deployed(root: Path) -> LocalEndpoint:
    from jupyter_mlops.export import open_bundle

    return Endpoints(Home.create(root / ".mlops")).deploy(open_bundle(root / "cancer.onnx"))


def _socket_of(endpoint: LocalEndpoint) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(endpoint.directory.socket))
    return connection


def _secret_of(endpoint: LocalEndpoint) -> dict[str, str]:
    return {"Authorization": f"Bearer {endpoint.directory.secret()}"}


def _asker(connection: socket.socket, path: str, body: str, headers: dict[str, str]) -> Ask:
    """Return what asks once: bytes that are ready, and as little work of the client's own as can be."""
    sent = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    asked = f"POST {path} HTTP/1.1\r\n{head}\r\n{body}".encode()
    connection.settimeout(60)

    def ask() -> None:
        connection.sendall(asked)
        answer = connection.recv(65_536)
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65_536)
        told, _, content = answer.partition(b"\r\n\r\n")
        found = _LENGTH.search(told)
        while found is None or len(content) < int(found[1]):
            content += connection.recv(65_536)
        if b" 200 " not in told[:20] or b"predictions" not in content:
            raise RuntimeError(f"{told[:100]!r}: {content[:300]!r}")

    return ask


def _times(ask: Ask, number: int) -> list[float]:
    """Return the milliseconds of so many requests, after some that warm up."""
    for _ in range(50):
        ask()
    found = []
    for _ in range(number):
        began = time.perf_counter()
        ask()
        found.append((time.perf_counter() - began) * 1000)
    return found


def _of_mlflow(root: Path, body: str, number: int) -> list[float]:
    """Return the milliseconds of MLflow's own server, with one worker as ours has one process."""
    import mlflow.onnx
    import onnx

    mlflow.onnx.save_model(onnx.load(root / "cancer.onnx"), root / "model")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(root / "model"), "--env-manager", "local"]
    command += ["-h", "127.0.0.1", "-p", str(port), "--workers", "1"]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with (root / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        _until_it_answers(process, port, root / "mlflow.log")
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _times(_asker(connection, "/invocations", body, {}), number)
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def _until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/ping")
            connection.getresponse().read()
            return
        except OSError:
            pass
        finally:
            connection.close()
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text(errors="replace")[-2000:])
        time.sleep(0.2)


def _added(ours: list[float], proxied: list[float]) -> Iterator[Figure]:
    """Yield what the Jupyter server adds at the median."""
    added = statistics.median(proxied) - statistics.median(ours)
    yield Figure(
        name="serving: one row through the Jupyter server, added at p50",
        value=added,
        unit="ms",
        reach=f"<= {_MOST_ADDED_MS:g} ms",
        ok=added <= _MOST_ADDED_MS,
        n=len(proxied),
    )


def _quicker(name: str, ours: float, theirs: float, n: int) -> Figure:
    return Figure(
        name=name,
        value=ours,
        unit="ms",
        peer="mlflow models serve",
        ratio=theirs / ours,
        reach="less than the peer",
        ok=ours < theirs,
        n=n,
    )


def _per_s(milliseconds: list[float]) -> float:
    return 1000 * len(milliseconds) / sum(milliseconds)


def _part(milliseconds: list[float], part: float) -> float:
    ordered = sorted(milliseconds)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
