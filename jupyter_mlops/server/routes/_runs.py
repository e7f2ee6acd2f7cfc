"""`runs`, `runs/groups`, `runs/columns`: what the table of runs shows."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...services import RunSelection
from ._base import MlopsHandler

GROUPINGS = ("experiment", "notebook")
ORDERS = ("desc", "asc")
MOST_RUNS = 1_000


class RunsHandler(MlopsHandler):
    """A page of runs."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `RunPage`."""
        selection = RunSelection(
            query=self.text_argument("query"),
            sort=self.text_argument("sort", "submitted_at", most=300),
            order=self.choice_argument("order", ORDERS),
            group_by=self.choice_argument("group_by", ("", *GROUPINGS)),
            group=self.text_argument("group"),
            archived=self.choice_argument("archived", ("false", "true")) == "true",
        )
        offset, limit = self.whole_argument("offset", 0), self.whole_argument("limit", 50, least=1, most=MOST_RUNS)
        self.write_entity(await self.in_thread(self.context.catalog.page, selection, offset, limit))


class RunGroupsHandler(MlopsHandler):
    """The groups of the sidebar."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `RunGroups`."""
        query, by = self.text_argument("query"), self.choice_argument("by", GROUPINGS)
        self.write_entity(await self.in_thread(self.context.catalog.groups, query, by))


class RunColumnsHandler(MlopsHandler):
    """The keys that runs have."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `RunColumns`."""
        self.write_entity(await self.in_thread(self.context.catalog.columns))
