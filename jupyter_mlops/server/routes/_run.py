"""`runs/ID` and what is done to one run: look, change, stop, delete, repeat."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...entities import ChangeRun
from ...services import MOST_COMPARED, NotebookPath
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
        summary = await self.in_changing_thread(self.context.explorer.change, run_id, change)
        self.context.touch(run_id)
        self.write_entity(summary)

    @authenticated
    @authorized
    async def delete(self, run_id: str) -> None:
        """Delete the run: for good, or another tool's as MLflow does; 409 while one of ours lives."""
        run_id = self.run_id(run_id)
        await self.in_changing_thread(self.context.explorer.delete, run_id)
        self.context.touch(run_id)
        self.set_status(204)
        self.finish()


class StopHandler(MlopsHandler):
    """Stopping a run."""

    @authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        """Ask the run to end; return `RunSummary` as it stands then."""
        run_id = self.run_id(run_id)
        summary = await self.in_thread(self.context.explorer.stop, run_id)
        self.context.touch(run_id)
        self.write_entity(summary)


class NotebookHandler(MlopsHandler):
    """A notebook that repeats the run."""

    @authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        """Write the notebook below the server's root; return `NotebookPath`."""
        run_id, wish = self.run_id(run_id), self.parse_body(NotebookPath)
        path = await self.in_thread(self.context.explorer.write_notebook, run_id, wish.path)
        self.write_entity(NotebookPath(path=path), 201)


class ComparisonsHandler(MlopsHandler):
    """Runs side by side."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `Comparison` of two to twenty runs."""
        run_ids = [self.run_id(text) for text in self.get_query_arguments("id")[: MOST_COMPARED + 1]]
        self.write_entity(await self.in_thread(self.context.explorer.compare, run_ids))
