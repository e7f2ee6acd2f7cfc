"""The HTTP server around the application: where it listens, how long it waits, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets, bind_unix_socket
from tornado.web import Application

from ._state import Serving

_BACKLOG = 1_024
_MOST_READ_BYTES = 256_000_000
"""Of a body that is refused so much is read: who sends more is cut off, and hears nothing."""

_LOOK_S = 0.02


class Server:
    """Listens for an application from `listen_...` to `close`.

    Parameters
    ----------
    serving : Serving
        Whose limits hold; closed with the server.
    application : Application
        That answers.
    """

    def __init__(self, serving: Serving, application: Application) -> None:
        self._serving = serving
        self._path: Path | None = None
        self._server = HTTPServer(
            application,
            idle_connection_timeout=serving.limits.header_s,
            max_body_size=max(_MOST_READ_BYTES, serving.limits.body_bytes),
            max_header_size=16_384,
        )
        _allow_connections()

    def listen_on_socket(self, path: Path) -> None:
        """Listen on a unix socket that only this user can open; one of a dead server gives way.

        Raises
        ------
        OSError
            The place cannot be written.
        """
        self._path = path
        gc.freeze()  # what is there now stays: looking through it again and again would hold requests up
        self._server.add_socket(bind_unix_socket(str(path), mode=0o600, backlog=_BACKLOG))

    def listen_on_port(self, host: str, port: int) -> int:
        """Listen on a port of a container, and return it.

        Raises
        ------
        OSError
            It is taken, or not ours.
        """
        gc.freeze()  # as above
        sockets = bind_sockets(port, host, backlog=_BACKLOG)
        self._server.add_sockets(sockets)
        return int(sockets[0].getsockname()[1])

    async def close(self, patience_s: float = 10.0) -> None:
        """Take no more requests, and end when those that are worked on are answered or the patience is over."""
        self._server.stop()
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
        deadline = asyncio.get_running_loop().time() + patience_s
        while self._serving.metrics.in_flight and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_LOOK_S)
        await self._server.close_all_connections()
        self._serving.close()


def _allow_connections() -> None:
    """Have as many files open as the system allows this user: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
