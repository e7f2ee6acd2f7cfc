"""`endpoints`: which there are, how they do, what they have logged; stop one, or serve the version before."""

from __future__ import annotations

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...entities import EndpointLog
from ._base import MlopsHandler

_LINES = 200


class EndpointsHandler(MlopsHandler):
    """All of them."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return a list of `Endpoint`."""
        self.finish(msgspec.json.encode(await self.in_thread(self.context.endpoints.list)))


class EndpointHandler(MlopsHandler):
    """One of them."""

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Return `Endpoint`."""
        self.write_entity(await self.in_thread(self.context.endpoints.stand, name))


class EndpointStopHandler(MlopsHandler):
    """Its end."""

    @authenticated
    @authorized
    async def post(self, name: str) -> None:
        """End it, and return `Endpoint`."""
        endpoint = await self.in_thread(self.context.endpoints.find, name)
        await self.in_thread(endpoint.stop)
        self.write_entity(await self.in_thread(self.context.endpoints.stand, name))


class EndpointRollbackHandler(MlopsHandler):
    """Its version before."""

    @authenticated
    @authorized
    async def post(self, name: str) -> None:
        """Serve the version before, and return `Endpoint`."""
        endpoint = await self.in_thread(self.context.endpoints.find, name)
        await self.in_thread(endpoint.rollback)
        self.write_entity(await self.in_thread(self.context.endpoints.stand, name))


class EndpointLogHandler(MlopsHandler):
    """Its log."""

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Return `EndpointLog`, its last lines."""
        lines = self.whole_argument("lines", _LINES, least=1, most=10_000)
        endpoint = await self.in_thread(self.context.endpoints.find, name)
        self.write_entity(EndpointLog(text=await self.in_thread(endpoint.log, lines)))
