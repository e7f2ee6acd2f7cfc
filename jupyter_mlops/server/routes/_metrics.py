"""`runs/ID/metrics`: the curves of a run, small whatever it has logged."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...services import LEAST_POINTS, MOST_POINTS
from ._base import MlopsHandler


class MetricsHandler(MlopsHandler):
    """Metric curves of a run, whichever tool has made it."""

    @authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Return `MetricPage`: the curves of each `key`, of all where none is named, in at most `points` points."""
        run_id, keys = self.run_id(run_id), self.get_query_arguments("key", strip=False)
        points = self.whole_argument("points", MOST_POINTS, least=LEAST_POINTS, most=MOST_POINTS)
        self.write_entity(await self.in_thread(self.context.catalog.curves, run_id, keys, points))
