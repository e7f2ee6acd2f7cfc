"""The use cases around runs: what magics, command line, scripts and the server ask for. Each edge parses, calls one of these, shows the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._commands import SubmitRun, TravelReport
    from ._diff import Change, RunDiff
    from ._listing import RunPage
    from ._log import LogChunk, LogGap, RunLog
    from ._names import clean_name
    from ._query import parse_query
    from ._run import Run
    from ._service import RunService

__all__ = [
    "Change",
    "LogChunk",
    "LogGap",
    "Run",
    "RunDiff",
    "RunLog",
    "RunPage",
    "RunService",
    "SubmitRun",
    "TravelReport",
    "clean_name",
    "parse_query",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Change": "._diff",
        "LogChunk": "._log",
        "LogGap": "._log",
        "Run": "._run",
        "RunDiff": "._diff",
        "RunLog": "._log",
        "RunPage": "._listing",
        "RunService": "._service",
        "SubmitRun": "._commands",
        "TravelReport": "._commands",
        "clean_name": "._names",
        "parse_query": "._query",
    },
)
