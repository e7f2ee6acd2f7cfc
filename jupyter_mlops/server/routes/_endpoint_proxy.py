"""`endpoints/NAME/...`: the fixed proxy to an endpoint's unix socket; one that is down is started.

Little passes: headers by a list in both directions, no cookie, no token and no redirect. The endpoint's secret is put
in here, and never leaves the server.
"""

from __future__ import annotations

import contextlib
from http import HTTPStatus
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from ...services import LocalEndpoint
from .._forwarding import Forwarded, NotListeningError, Target, forward
from ._base import MlopsHandler, RefusalError

MOST_ENDPOINT_BYTES = 10_000_000
"""Of a request's body, as the endpoint itself has it."""

PASSED_ON = ("Accept", "Content-Type", "Content-Encoding", "Inference-Header-Content-Length")
"""Request headers that an endpoint sees; no cookie, token or XSRF header is among them."""

PASSED_BACK = ("Content-Length", "Content-Type", "Inference-Header-Content-Length", "Retry-After")
"""Response headers that a client sees."""

_PRIVATE = "/-/"
"""Paths that only this machine's own programs may ask."""

_SILENCE_S = 120.0


class EndpointProxyHandler(MlopsHandler):
    """An endpoint, for whoever may use this Jupyter server."""

    _track_activity = False
    most_body_bytes = MOST_ENDPOINT_BYTES

    @authenticated
    @authorized
    async def get(self, name: str, path: str) -> None:
        """Hand the request to the endpoint."""
        await self._answer(name, path)

    @authenticated
    @authorized
    async def post(self, name: str, path: str) -> None:
        """Hand the request to the endpoint."""
        await self._answer(name, path)

    async def _answer(self, name: str, path: str) -> None:
        if path.startswith((_PRIVATE, "//")) or ".." in path.split("/") or any(char in path for char in "\\\0"):
            raise RefusalError(404, "An endpoint has no such path. Its /openapi.json lists what there is.")
        endpoint = await self.in_thread(self.context.endpoints.find, name)
        try:
            await self._pass_on(endpoint, path)
        except NotListeningError:
            # It has crashed, or nobody has asked since the machine was started.
            await self.in_thread(self.context.endpoints.ensure, endpoint)
            try:
                await self._pass_on(endpoint, path)
            except NotListeningError:
                raise RefusalError(503, f"Endpoint {name} does not answer. Try again, or look at its log.") from None

    async def _pass_on(self, endpoint: LocalEndpoint, path: str) -> None:
        socket, secret = await self.in_thread(_address, endpoint)
        headers = HTTPHeaders({key: self.request.headers[key] for key in PASSED_ON if key in self.request.headers})
        headers["Authorization"] = f"Bearer {secret}"
        query = f"?{self.request.query}" if self.request.query else ""
        url = quote(path, safe="/:@!$&'()*+,;=~") + query
        request = Forwarded(str(self.request.method), url, headers, self.request.body)
        try:
            await forward(Target(socket), request, self._begin, self._send, silence_s=_SILENCE_S)
        except NotListeningError:
            raise
        except (StreamClosedError, TimeoutError):
            if not self._headers_written:
                raise RefusalError(503, "The endpoint went away before it answered. Try again.") from None
            # A part of the answer is out: only a broken connection tells the client that the rest is missing.
            self.request.connection.close()  # type: ignore[union-attr] # there is one while we answer
            return
        if not self._finished:
            with contextlib.suppress(StreamClosedError):
                await self.finish()

    async def _begin(self, status: int, sent: HTTPHeaders) -> None:
        """Take over status and headers, by the list."""
        if 300 <= status < 400:
            raise RefusalError(502, "The endpoint wants to lead to another place.")
        self.clear()
        self.set_status(status, None if status in HTTPStatus.__members__.values() else "Unknown")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Content-Type")
        for name in PASSED_BACK:
            if name in sent:
                self.set_header(name, sent[name])
        await self.flush()

    async def _send(self, piece: bytes) -> None:
        """Hand a piece of the body on, and wait while the client is slower than the endpoint."""
        self.write(piece)
        await self.flush()


def _address(endpoint: LocalEndpoint) -> tuple[str, str]:
    return str(endpoint.directory.socket), endpoint.directory.secret()
