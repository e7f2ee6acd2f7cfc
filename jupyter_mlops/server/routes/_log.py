"""`runs/ID/log`: what a run printed, by byte offset."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ._base import MlopsHandler

MOST_BYTES = 1 << 22
"""Of a log in one answer; a client asks again from where it ended."""


class LogHandler(MlopsHandler):
    """Bytes of a run's log."""

    @authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Return bytes from `start` on, at most up to `end`, 4 MiB, or the next gap, whichever comes first.

        `X-Log-Size` is the log's length. `X-Log-Gap: START-END` tells bytes that the cap has freed: the gap that
        ended the answer, or, with an empty body, the one that `start` lies in. The client goes on at its END.
        """
        start = self.whole_argument("start", 0)
        end = self.whole_argument("end", start + MOST_BYTES, least=start)
        part = await self.in_thread(
            self.context.explorer.log_part, self.run_id(run_id), start, min(end - start, MOST_BYTES)
        )
        self.set_header("X-Log-Size", str(part.size))
        if part.gap is not None:
            self.set_header("X-Log-Gap", f"{part.gap.start}-{part.gap.end}")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(part.data, set_content_type="application/octet-stream")


class LogSearchHandler(MlopsHandler):
    """Lines of a run's log that hold a text."""

    @authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Return `LogMatches`."""
        text, start = self.text_argument("text", most=1_000), self.whole_argument("start", 0)
        self.write_entity(await self.in_thread(self.context.explorer.search_log, self.run_id(run_id), text, start))
