"""`runs/ID` and what is done to one run: look, change, stop."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...entities import ChangeRun
from ._base import MlopsHandler


class RunHandler(MlopsHandler):
    """One run."""

    @authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Return `RunDetail`."""
        self.write_entity(await self.in_thread(self.context.explorer.detail, self.run_id(run_id)))

    @authenticated
    @authorized
    async def patch(self, run_id: str) -> None:
        """Change name, note, tags, archived or kept; return `RunSummary`."""
        run_id, change = self.run_id(run_id), self.parse_body(ChangeRun)
        summary = await self.in_thread(self.context.explorer.change, run_id, change)
        self.context.live.touch([run_id])
        self.write_entity(summary)


class StopHandler(MlopsHandler):
    """Stopping a run."""

    @authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        """Ask the run to end; return `RunSummary` as it stands then."""
        self.write_entity(await self.in_thread(self.context.explorer.stop, self.run_id(run_id)))
