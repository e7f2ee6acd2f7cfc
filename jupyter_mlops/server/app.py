"""The extension: registers routes, starts what lives as long as the server, and ends it."""

from __future__ import annotations

from pathlib import Path

from jupyter_server.extension.application import ExtensionApp

from ._context import ServerContext
from .routes import ROUTES


class MlopsExtension(ExtensionApp):
    """The run explorer's server side; configured as `c.MlopsExtension`."""

    name = "jupyter_mlops"
    extension_url = "/lab"
    load_other_extensions = True
    context: ServerContext

    def initialize_settings(self) -> None:
        """Make what the routes share."""
        assert self.serverapp is not None, "an extension is linked to its server first"
        self.context = ServerContext(Path(self.serverapp.root_dir), self.serverapp.base_url)
        self.settings["jupyter_mlops_context"] = self.context

    def initialize_handlers(self) -> None:
        """Register the table of routes."""
        self.handlers.extend((f"/jupyter-mlops/{pattern}", handler) for pattern, handler in ROUTES)

    async def stop_extension(self) -> None:
        """End what lives as long as the server."""
        await self.context.close()
