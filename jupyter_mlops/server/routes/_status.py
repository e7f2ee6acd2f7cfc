"""`status`: what the front end asks first."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ._base import MlopsHandler


class StatusHandler(MlopsHandler):
    """How the server stands: its homes, what is live, whether the catalog is still being built."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `ServerStatus`."""
        self.write_entity(await self.in_thread(self.context.status))
