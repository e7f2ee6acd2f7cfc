"""`tensorboards`: which TensorBoards this server supervises; open one, end one."""

from __future__ import annotations

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...entities import OpenTensorBoard
from ._base import RUN_ID, MlopsHandler, RefusalError


class TensorBoardsHandler(MlopsHandler):
    """All of them."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return a list of `TensorBoardInstance`."""
        instances = await self.in_thread(self.context.tensorboards.instances)
        self.finish(msgspec.json.encode(instances))

    @authenticated
    @authorized
    async def post(self) -> None:
        """Open what `OpenTensorBoard` asks for, or find it; return `TensorBoardInstance`, which may be starting."""
        wish = self.parse_body(OpenTensorBoard)
        self.write_entity(await self.in_thread(self.context.tensorboards.open, wish), 201)


class TensorBoardHandler(MlopsHandler):
    """One of them."""

    @authenticated
    @authorized
    async def delete(self, board_id: str) -> None:
        """End it."""
        if not RUN_ID.fullmatch(board_id) or not await self.in_thread(self.context.tensorboards.stop, board_id):
            raise RefusalError(404, "No such TensorBoard is open.", "id")
        self.set_status(204)
        self.finish()
