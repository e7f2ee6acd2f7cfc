"""Asking an endpoint through its unix socket: what notebooks, scripts and whoever changes it use."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from ...exceptions import DeploymentError
from ._directory import EndpointDirectory


class Reply(NamedTuple):
    """An answer of the endpoint: status of HTTP, and its JSON."""

    status: int
    data: Any

    @property
    def problem(self) -> str:
        """What it says is wrong; empty when nothing is."""
        if self.status < 400:
            return ""
        said = self.data if isinstance(self.data, dict) else {}
        return str(said.get("error") or said.get("message") or f"HTTP status {self.status}")


class EndpointClient:
    """A connection that is kept, for one thread; `close` or a `with` is its end.

    Parameters
    ----------
    directory : EndpointDirectory
        Of the endpoint.
    timeout_s : float
        How long an answer may take.
    """

    def __init__(self, directory: EndpointDirectory, timeout_s: float = 60.0) -> None:
        self._name = directory.name
        self._headers = {"Authorization": f"Bearer {directory.secret()}", "Content-Type": "application/json"}
        self._connection = _UnixConnection(directory.socket, timeout_s)

    def ask(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """Return the answer to a request.

        Raises
        ------
        DeploymentError
            The endpoint does not answer, or not as one.
        """
        try:
            self._connection.request(method, path, body, self._headers)
            response = self._connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise DeploymentError(
                f"Endpoint {self._name} does not answer ({' '.join(str(error).split()) or type(error).__name__}). "
                f"%deploy logs {self._name} shows more."
            ) from error
        try:
            return Reply(response.status, json.loads(data))
        except ValueError:
            raise DeploymentError(
                f"Endpoint {self._name} does not answer with JSON (HTTP {response.status})."
            ) from None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> EndpointClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
