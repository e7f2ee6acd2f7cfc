"""The extension: registers routes and event schemas, starts what lives as long as the server, and ends it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from pathlib import Path

from jupyter_server._tz import utcnow
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Bool

from ..services import EndpointSupervisor
from ._context import ServerContext
from ._kernels import export_to_kernels
from ._supervision import supervise
from ._watcher import HomeChanges, Watcher
from .routes import ROUTES

RUNS_CHANGED = "https://schema.jupyter-mlops.org/runs-changed/v1"
"""Id of the event that says which runs changed."""

_SCHEMAS = Path(__file__).parent / "events"


class MlopsExtension(ExtensionApp):
    """The run explorer's server side; configured as `c.MlopsExtension`."""

    name = "jupyter_mlops"
    extension_url = "/lab"
    load_other_extensions = True

    report_activity = Bool(
        True, help="While runs go on, tell that the server is active, so that a culler of idle servers waits."
    ).tag(config=True)

    context: ServerContext
    _watching: tuple[asyncio.Task[None], ...] = ()

    @property
    def server(self) -> ServerApp:
        """The server that the extension is linked to."""
        assert self.serverapp is not None, "Jupyter links an extension to its server before it uses it"
        return self.serverapp

    def initialize_settings(self) -> None:
        """Make what the routes share, and say which events there are."""
        self.context = ServerContext(Path(self.server.root_dir), self.server.base_url)
        self.settings["jupyter_mlops_context"] = self.context
        # A client hears only of schemas that were there when it connected.
        for schema in sorted(_SCHEMAS.glob("*.yaml")):
            self.server.event_logger.register_event_schema(schema)
        export_to_kernels(self.server.kernel_manager, self.context.root, self.server.base_url)

    def initialize_handlers(self) -> None:
        """Register the table of routes."""
        self.handlers.extend((f"/jupyter-mlops/{pattern}", handler) for pattern, handler in ROUTES)

    async def _start_jupyter_server_extension(self, _server: ServerApp) -> None:
        """Begin to watch runs and endpoints, now that there is an event loop."""
        context = self.context
        watcher = Watcher(context.homes, context.catalog, context.pool, self._tell, self._tell_live)
        context.hurry = watcher.hurry
        loop = asyncio.get_running_loop()
        looking_after = supervise(EndpointSupervisor(context.homes))
        self._watching = (loop.create_task(watcher.run()), loop.create_task(looking_after))

    async def stop_extension(self) -> None:
        """End what lives as long as the server. Runs and endpoints are none of that."""
        for watching in self._watching:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        await self.context.close()

    def _tell(self, changes: HomeChanges) -> None:
        """Tell tabs, and whoever listens to the server's events, what has changed."""
        self.context.live.touch(changes.run_ids)
        self.context.live.tell_changed(changes.home_id, changes.cursor)
        self.server.event_logger.emit(
            schema_id=RUNS_CHANGED, data={**dataclasses.asdict(changes), "run_ids": list(changes.run_ids)}
        )

    def _tell_live(self, unfinished: int) -> None:
        """Be active while runs go on: who culls idle servers would end the machine under them."""
        if unfinished and self.report_activity:
            self.server.web_app.settings["last_activity_times"]["jupyter_mlops"] = utcnow()
