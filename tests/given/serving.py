"""A real Jupyter server in a process of its own, as `jupyter server` starts it: what `test_server*.py` share."""

import http.client
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from jupyter_mlops.testing import wait_until

ROOT = Path(__file__).parents[2]
TOKEN = "secret-of-the-test"
TOKEN_HEADER = {"Authorization": f"token {TOKEN}"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """A server that can be killed and started again on the same port.

    Parameters
    ----------
    root : Path
        What it shows.
    base_url : str
        As a hub gives it: encoded.
    flags : tuple of str
        Of Python, before `-m jupyter_server`.
    """

    def __init__(self, root: Path, scratch: Path, base_url: str = "/", flags: tuple[str, ...] = ()) -> None:
        self.root = root
        self.scratch = scratch
        self.base_url = base_url
        self.port = free_port()
        self._flags = flags
        self.errors = scratch / "stderr"
        # What a wheel installs below `etc/jupyter`: the extension is enabled by it and by nothing else.
        enabled = scratch / "etc" / "jupyter_server_config.d"
        shutil.copytree(ROOT / "jupyter-config" / "server-config", enabled)
        self.environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(scratch / "etc"),
            "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
            "JUPYTER_DATA_DIR": str(scratch / "data"),
        }

    def start(self) -> "Server":
        """Start, and wait until it answers."""
        arguments = {
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": self.root,
            "ServerApp.base_url": self.base_url,
            "IdentityProvider.token": TOKEN,
            "ServerApp.open_browser": False,
            "ServerApp.allow_root": True,
        }
        command = [sys.executable, *self._flags, "-m", "jupyter_server"]
        command += [f"--{name}={value}" for name, value in arguments.items()]
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=self.scratch, stdout=subprocess.DEVNULL, stderr=errors
            )
        wait_until(self._answers, 60)
        return self

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.errors.read_text()
        try:
            return self.get("api/status")[0] == 200
        except OSError:
            return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)

    def get(self, route: str, **query: Any) -> tuple[int, Any]:
        status, body = self.ask("GET", f"jupyter-mlops/{route}?{urlencode(query, doseq=True)}")
        return status, json.loads(body) if body[:1] in (b"{", b"[") else body

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(
                method, f"{self.base_url}{path}", text, {**TOKEN_HEADER, "Content-Type": "application/json"}
            )
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    async def connect(self) -> WebSocketClientConnection:
        url = f"ws://127.0.0.1:{self.port}{self.base_url}jupyter-mlops/api/live"
        return await websocket_connect(HTTPRequest(url, headers=TOKEN_HEADER))

    def kernels(self) -> list[psutil.Process]:
        """The kernels that have begun: between fork and exec a child still has the server's own environment."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "ipykernel_launcher" in " ".join(child.cmdline())]


@contextmanager
def serving(root: Path, scratch: Path, **options: Any) -> Iterator[Server]:
    """Serve a directory for the length of a `with`."""
    scratch.mkdir(parents=True, exist_ok=True)
    server = Server(root, scratch, **options).start()
    try:
        yield server
    finally:
        server.stop()


def encoded(path: str) -> str:
    """Return a base URL as a hub gives it."""
    return quote(path)


def log_piece(message: bytes) -> tuple[str, int, bytes]:
    """Return run id, offset and bytes of a binary message."""
    return message[:16].hex(), struct.unpack(">Q", message[16:24])[0], message[24:]
