"""`models`: what the model registries hold; register what a run made, move aliases."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...entities import ChangeModel, RegisterModel
from ._base import RUN_ID, MlopsHandler, RefusalError


class ModelsHandler(MlopsHandler):
    """All of them."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `RegisteredModels`; without the models where `mark` is still true."""
        mark = self.text_argument("mark", most=64)
        self.write_entity(await self.in_thread(self.context.models.list, mark))

    @authenticated
    @authorized
    async def post(self) -> None:
        """Make what `RegisterModel` names a new version; return `ModelVersion`. The run is shipped first."""
        wish = self.parse_body(RegisterModel)
        self.run_id(wish.run_id)
        self.write_entity(await self.in_thread(self.context.models.register, wish), 201)


class ModelHandler(MlopsHandler):
    """One of them."""

    @authenticated
    @authorized
    async def patch(self, model_id: str) -> None:
        """Set, move and remove aliases, and describe; return `RegisteredModel`."""
        if not RUN_ID.fullmatch(model_id):
            raise RefusalError(404, "A model's id has 32 hex digits. Look for it in the list of models.", "id")
        change = self.parse_body(ChangeModel)
        self.write_entity(await self.in_thread(self.context.models.change, model_id, change))
