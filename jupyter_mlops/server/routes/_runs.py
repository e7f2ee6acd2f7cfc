"""`runs`, `runs.csv`, `runs/groups`, `runs/columns`: what the table of runs shows."""

from __future__ import annotations

from functools import partial

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...services import MOST_ASKED, RunSelection, csv_head, csv_rows, parse_columns
from ._base import MlopsHandler

GROUPINGS = ("experiment", "notebook")
ORDERS = ("desc", "asc")
MOST_RUNS = 1_000
_CSV = "text/csv; charset=utf-8"


class SelectingHandler(MlopsHandler):
    """A route that is asked for runs by query and order."""

    def selection(self) -> RunSelection:
        """Return the runs that are asked for."""
        return RunSelection(
            query=self.text_argument("query"),
            sort=self.text_argument("sort", "submitted_at", most=300),
            order=self.choice_argument("order", ORDERS),
            group_by=self.choice_argument("group_by", ("", *GROUPINGS)),
            group=self.text_argument("group"),
            archived=self.flag_argument("archived"),
        )


class RunsHandler(SelectingHandler):
    """A page of runs."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `RunPage`."""
        selection = self.selection()
        offset, limit = self.whole_argument("offset", 0), self.whole_argument("limit", 50, least=1, most=MOST_RUNS)
        self.write_entity(await self.in_thread(self.context.catalog.page, selection, offset, limit))


class RunGroupsHandler(MlopsHandler):
    """The groups of the sidebar."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `RunGroups`."""
        query, by = self.text_argument("query"), self.choice_argument("by", GROUPINGS)
        read = partial(self.context.catalog.groups, query, by, archived=self.flag_argument("archived"))
        self.write_entity(await self.in_thread(read))


class RunColumnsHandler(MlopsHandler):
    """The keys that runs have."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `RunColumns`."""
        self.write_entity(await self.in_thread(self.context.catalog.columns))


class RunTrendsHandler(MlopsHandler):
    """The courses that the list draws of other tools' runs."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return `RunTrends` of each `id`, as far as they are known."""
        run_ids = [self.run_id(text) for text in self.get_query_arguments("id")[: MOST_ASKED + 1]]
        self.write_entity(await self.in_thread(self.context.catalog.trends, run_ids))


class RunsCsvHandler(SelectingHandler):
    """The table as a file for spreadsheets."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Send the runs as CSV. `formulas=raw` leaves texts as they are; `bom=true` is for old spreadsheets."""
        selection, columns = self.selection(), parse_columns(self.text_argument("columns", most=60_000))
        formulas_are_text = self.choice_argument("formulas", ("text", "raw")) == "text"
        page = await self.in_thread(self.context.catalog.page, selection, 0, MOST_RUNS)
        self.set_header("Content-Disposition", 'attachment; filename="runs.csv"')
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Type", _CSV)
        self.write(("\ufeff" if self.flag_argument("bom") else "") + csv_head(columns))
        told: set[str] = set()
        offset = 0
        while page.runs:
            # A run that comes meanwhile moves the others down: one that was told already is not told again.
            new = [run for run in page.runs if run.run_id not in told]
            told.update(run.run_id for run in new)
            self.write(await self.in_thread(partial(csv_rows, new, columns, formulas_are_text=formulas_are_text)))
            await self.flush()
            offset += MOST_RUNS
            page = await self.in_thread(self.context.catalog.page, selection, offset, MOST_RUNS)
        self.finish(set_content_type=_CSV)
