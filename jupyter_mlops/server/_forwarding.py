"""One HTTP exchange with a child, streamed: the part of a proxy that knows sockets and nothing of Jupyter."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import HTTPError

_PIECE_BYTES = 64 << 10
_LARGEST_ANSWER_BYTES = 1 << 40


class NotListeningError(StreamClosedError):
    """Nobody listens there: the child was never asked."""


class UnansweredError(StreamClosedError):
    """The child was asked and has gone without a word; what it has done is not known."""


class Target(NamedTuple):
    """Where a child listens: a path for a unix socket or host and port; and what its paths begin with."""

    address: str | tuple[str, int]
    prefix: str = ""


class Forwarded(NamedTuple):
    """A request as the child gets it; `path` is still encoded."""

    method: str
    path: str
    headers: HTTPHeaders
    body: bytes


async def forward(
    target: Target,
    request: Forwarded,
    begin: Callable[[int, HTTPHeaders], Awaitable[None]],
    send: Callable[[bytes], Awaitable[None]],
    *,
    silence_s: float = 120.0,
) -> None:
    """Put a request to a child and hand its answer on as it comes.

    Parameters
    ----------
    target : Target
        From a table of ours, never from a client.
    request : Forwarded
        Headers are sent as they are, beside `Host` and `Content-Length`.
    begin, send : callable
        Get status and headers, and pieces of the body of 64 KiB at most; the child waits for them.
    silence_s : float
        How long the child may take until it answers.

    Raises
    ------
    NotListeningError
        The child is not there; another attempt does no harm.
    UnansweredError
        It goes away before its answer begins.
    StreamClosedError
        It goes away before its answer is whole.
    asyncio.TimeoutError
        It does not answer.
    """
    stream = await _connect(target)
    try:
        connection = HTTP1Connection(
            stream,
            True,
            HTTP1ConnectionParameters(no_keep_alive=True, chunk_size=_PIECE_BYTES, max_body_size=_LARGEST_ANSWER_BYTES),
        )
        headers = request.headers.copy()
        headers["Host"] = "localhost" if isinstance(target.address, str) else f"localhost:{target.address[1]}"
        if request.method == "POST":
            headers["Content-Length"] = str(len(request.body))
        line = RequestStartLine(request.method, f"{target.prefix}{request.path}", "")
        connection.write_headers(line, headers, request.body if request.method == "POST" else None)
        connection.finish()
        receiver = _Receiver(stream, begin, send)
        reading = asyncio.ensure_future(connection.read_response(receiver))
        try:
            await asyncio.wait_for(asyncio.shield(_first(reading, receiver.begun)), silence_s)
            with contextlib.suppress(StreamClosedError):  # then the answer is not whole
                await reading
        finally:
            reading.cancel()
        if receiver.problem is not None:
            raise receiver.problem
        if not receiver.is_whole:
            raise StreamClosedError if receiver.begun.is_set() else UnansweredError
    finally:
        stream.close()


def safe_location(location: str, public_path: str) -> str | None:
    """Return where a redirect of a child leads, None where that is not below its own public path."""
    parts = urlsplit(location)
    if parts.scheme or parts.netloc or "\\" in location or ".." in parts.path.split("/"):
        return None
    if not location.startswith("/"):
        return location
    return location if location.startswith(f"{public_path}/") and not location.startswith("//") else None


async def _connect(target: Target) -> IOStream:
    family = socket.AF_INET6 if ":" in target.address[0] else socket.AF_INET
    if isinstance(target.address, str):
        family = socket.AF_UNIX
    stream = IOStream(socket.socket(family))
    try:
        await stream.connect(target.address)
    except OSError as error:  # StreamClosedError is one
        stream.close()
        raise NotListeningError(real_error=error) from None
    return stream


async def _first(reading: asyncio.Future[bool], begun: asyncio.Event) -> None:
    """Return when the answer has begun, or will not."""
    waiting = asyncio.ensure_future(begun.wait())
    both: list[asyncio.Future[Any]] = [reading, waiting]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


class _Receiver(HTTPMessageDelegate):
    """Hands an answer on piece by piece. Tornado would only log what goes wrong here, so it is kept for `forward`."""

    def __init__(
        self,
        stream: IOStream,
        begin: Callable[[int, HTTPHeaders], Awaitable[None]],
        send: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self._stream = stream
        self._begin = begin
        self._send = send
        self.begun = asyncio.Event()
        self.is_whole = False
        self.problem: Exception | None = None

    async def headers_received(self, start_line: object, headers: HTTPHeaders) -> None:
        """Take the head of the answer."""
        assert isinstance(start_line, ResponseStartLine)
        if start_line.code >= 200:
            self.begun.set()
            await self._keep_problem(self._begin(start_line.code, headers))

    async def data_received(self, chunk: bytes) -> None:
        """Take a piece of the body; of an answer that was refused at its head, what was read with it is dropped."""
        if self.problem is None:
            await self._keep_problem(self._send(chunk))

    def finish(self) -> None:
        """Take the end."""
        self.is_whole = True

    async def _keep_problem(self, work: Awaitable[None]) -> None:
        try:
            await work
        except (HTTPError, OSError) as error:
            self.problem = self.problem or error
            self._stream.close()
