"""`models`: what the model registries hold; register what a run made, move aliases, delete."""

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
        change = self.parse_body(ChangeModel)
        self.write_entity(await self.in_thread(self.context.models.change, _checked(model_id), change))

    @authenticated
    @authorized
    async def delete(self, model_id: str) -> None:
        """Delete a version; without `version`, the model with all of them. Runs and their files stay."""
        version = self.whole_argument("version", 0, least=1)
        await self.in_thread(self.context.models.delete, _checked(model_id), version or None)
        self.set_status(204)
        self.finish()


def _checked(model_id: str) -> str:
    if not RUN_ID.fullmatch(model_id):
        raise RefusalError(404, "A model's id has 32 hex digits. Look for it in the list of models.", "id")
    return model_id
