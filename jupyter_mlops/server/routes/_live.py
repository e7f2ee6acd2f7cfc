"""`live`: one WebSocket for each browser tab, shared by all of its cards and views."""

from __future__ import annotations

from typing import Any

import msgspec
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ...entities import decode
from .._context import ServerContext
from ._base import AUTH_RESOURCE, RUN_ID

MOST_MESSAGE_BYTES = 10_000
_NOT_UNDERSTOOD, _TOO_MUCH = 1007, 1009


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    """What a tab may say."""

    watch: str = ""
    offset: int | None = None
    forget: str = ""


class LiveSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """Tells one tab what its runs print and how they stand. See `LiveHub`."""

    auth_resource = AUTH_RESOURCE

    @property
    def context(self) -> ServerContext:
        """What lives as long as the server."""
        context: ServerContext = self.settings["jupyter_mlops_context"]
        return context

    @property
    def max_message_size(self) -> int:
        """Bytes that a tab may send at once."""
        return MOST_MESSAGE_BYTES

    def get_compression_options(self) -> dict[str, Any] | None:
        """Return None: to compress what travels within one machine costs more than it saves."""
        return None

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Open the socket for a user who may read runs."""
        # Newer versions of tornado look at this header themselves.
        if self.request.headers.get("Sec-Fetch-Site") == "cross-site" and not self.token_authenticated:
            raise HTTPError(403)
        user = self.current_user
        if not await ensure_async(self.authorizer.is_authorized(self, user, "read", AUTH_RESOURCE)):
            raise HTTPError(403)
        await super().get(*args, **kwargs)

    def open(self, *args: str, **kwargs: str) -> None:
        """Take the tab in."""
        super().open(*args, **kwargs)
        self.context.live.open(self)

    def on_message(self, message: str | bytes) -> None:
        """Watch or forget a run; close on anything else."""
        try:
            request = decode(message, _Request)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            self.close(_NOT_UNDERSTOOD, "send watch or forget")
            return
        run_id = request.watch or request.forget
        if not RUN_ID.fullmatch(run_id) or (request.offset or 0) < 0:
            self.close(_NOT_UNDERSTOOD, "no run id or offset")
        elif request.forget:
            self.context.live.forget(self, run_id)
        elif not self.context.live.watch(self, run_id, request.offset):
            self.close(_TOO_MUCH, "too many runs are watched")

    def on_close(self) -> None:
        """Let the tab go."""
        self.context.live.close(self)
        super().on_close()

    async def send(self, messages: list[bytes | str]) -> None:
        """Send messages in order; see `Outlet`."""
        try:
            for message in messages:
                await self.write_message(message, binary=isinstance(message, bytes))
        except WebSocketClosedError:
            self.context.live.close(self)
