"""An endpoint's server in a thread of the test, on a unix socket, asked by plain HTTP."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from jupyter_mlops.deployment.serving import Limits, ServedModel, Server, Serving, application


class Answer(NamedTuple):
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Running:
    """A server that runs until `end`."""

    def __init__(self, path: Path, data: bytes, limits: Limits | None, secret: str) -> None:
        self.path = path / "s"
        (path / "model.onnx").write_bytes(data)
        self.model = ServedModel.load(path / "model.onnx", "m", "1")
        self._limits, self._secret = limits, secret
        self._ready = threading.Event()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    def _run(self) -> None:
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        self.serving = Serving(self.model, self._limits, self._secret)
        server = Server(self.serving, application(self.serving))
        server.listen_on_socket(self.path)
        self._ended = asyncio.Event()
        self._ready.set()
        await self._ended.wait()
        await server.close(5.0)

    def end(self) -> None:
        if not self._thread.is_alive():
            return
        self.loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(20)

    def switch(self, model: ServedModel) -> None:
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (self.serving.switch(model), done.set()))
        assert done.wait(5)

    def connection(self) -> http.client.HTTPConnection:
        """One that is kept."""
        return UnixConnection(self.path)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        connection = UnixConnection(self.path)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


Serve = Callable[..., Running]


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    running = []

    def start(data: bytes, limits: Limits | None = None, secret: str = "") -> Running:
        running.append(Running(tmp_path_factory.mktemp("s"), data, limits, secret))
        return running[-1]

    yield start
    for each in running:
        each.end()
