"""A real Jupyter server in a thread of the test: token and XSRF on, loopback, with a home and runs below its root."""

import asyncio
import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
import pytest
from jupyter_server.serverapp import ServerApp
from runs import write_run
from tornado.httpclient import HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders
from tornado.netutil import bind_sockets
from tornado.websocket import WebSocketClientConnection, websocket_connect

from jupyter_mlops.home import Home, _status
from jupyter_mlops.services import Run, service_of

TOKEN = "secret-of-the-test"
BUSY_S = 120
"""How long a story waits for an answer: changes of a registry start MLflow, twice perhaps, on whatever machine."""


class Answer(NamedTuple):
    """What the server said."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def entity(self, kind: type) -> Any:
        return msgspec.json.decode(self.body, type=kind)


class RunningServer:
    """A server that serves until `stop`.

    Parameters
    ----------
    root : Path
        What it shows.
    base_url : str
        Its prefix.
    config : dict
        Of traitlets, by class.
    """

    def __init__(self, root: Path, base_url: str = "/", config: dict[str, Any] | None = None) -> None:
        self.root = root
        self.base_url = base_url
        self._config = config or {}
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._started.wait(60), "the server did not start"

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"token {TOKEN}"}

    @property
    def extension(self) -> Any:
        return self.app.extension_manager.extension_points["jupyter_mlops"].app

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open())
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _open(self) -> None:
        from traitlets.config import Config

        config = Config(
            {
                "ServerApp": {
                    "root_dir": str(self.root),
                    "base_url": self.base_url,
                    "jpserver_extensions": {"jupyter_mlops": True},
                    "open_browser": False,
                    "allow_root": True,
                    "port": 0,
                },
                "IdentityProvider": {"token": TOKEN},
                **self._config,
            }
        )
        self.app = ServerApp(config=config, log_level=logging.ERROR)
        self.app.init_signal = lambda: None
        self.app.initialize(argv=[], new_httpserver=False)
        (self._socket, *_rest) = bind_sockets(0, "127.0.0.1", socket.AF_INET)
        self.port = self._socket.getsockname()[1]
        self._http = HTTPServer(self.app.web_app)
        self._http.add_sockets([self._socket])
        await self.app.extension_manager.start_all_extensions()

    def stop(self) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(30)

    async def _close(self) -> None:
        self._http.stop()
        await self._http.close_all_connections()
        await self.app._cleanup()

    def touch(self, run_id: str) -> None:
        """Say in the server's loop that a run has changed, as its watcher does."""
        self._loop.call_soon_threadsafe(self.extension.context.live.touch, [run_id])

    def path(self, route: str, **query: Any) -> str:
        text = urlencode(query, doseq=True)
        return f"{self.base_url}jupyter-mlops/{route}{'?' if text else ''}{text}"

    def request(
        self,
        method: str,
        route: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        token: str | None = TOKEN,
        **query: Any,
    ) -> Answer:
        """Ask a route of ours, as a script with a token does unless told otherwise."""
        sent = {"Authorization": f"token {token}"} if token else {}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body)
            sent["Content-Type"] = "application/json"
        return self.raw(method, self.path(route, **query), body, {**sent, **(headers or {})})

    def raw(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BUSY_S)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, route: str, **query: Any) -> Answer:
        return self.request("GET", route, **query)

    async def connect(
        self, headers: dict[str, str] | None = None, token: str | None = TOKEN
    ) -> WebSocketClientConnection:
        """Open the live socket from the test's own event loop."""
        sent = HTTPHeaders({"Authorization": f"token {token}"} if token else {})
        sent.update(headers or {})
        url = f"ws://127.0.0.1:{self.port}{self.path('api/live')}"
        return await websocket_connect(HTTPRequest(url, headers=sent, connect_timeout=10, request_timeout=10))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that the stories of a file share; each makes the runs that it needs."""
    running = RunningServer(tmp_path_factory.mktemp("root"))
    yield running
    running.stop()


@pytest.fixture
def home(server: RunningServer) -> Home:
    return Home.create(server.root / ".mlops")


MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(home: Home, server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> MakeRun:
    """Return a function that puts a run into the server's home and returns its handle.

    One without a status is starting: nobody has begun it. It stays so however long a busy machine takes for a story.
    """
    monkeypatch.setattr(_status, "STARTING_S", 600.0)

    def make(name: str = "baseline", *, refresh: bool = True, **story: object) -> Run:
        run_id = write_run(home, name=name, **story).run_id
        if refresh:
            # The watcher may be at it already, and one thread at a time refreshes: until the run is there.
            deadline = time.monotonic() + 20
            server.extension.context.homes.refresh()
            while not server.get("api/runs", query=f"id:{run_id}", archived="true").json["total"]:
                assert time.monotonic() < deadline, "the catalog did not see the run"
                server.extension.context.catalog.refresh()
        return service_of(home).get(run_id)

    return make
