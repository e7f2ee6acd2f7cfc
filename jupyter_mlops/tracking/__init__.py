"""Where runs are remembered: the spool that a run logs to, and the keeper that ships it to the tracking store.

Inside a run (executor): `install`, `log` and the spooling store. In the background, one process for each home: the
keeper. For those who show runs: `read_metrics` and its like, which never ask a store. Exports load when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._entry import open_spooling_store
    from ._import_hook import when_imported
    from ._keeper_start import start_keeper
    from ._reading import (
        ChildRun,
        MetricPoint,
        last_values,
        lost_points,
        read_children,
        read_metrics,
        read_params,
        read_tags,
    )
    from ._session import TrackingSession, current_session, current_spool, install, log
    from ._spool import MetricSpool

__all__ = [
    "ChildRun",
    "MetricPoint",
    "MetricSpool",
    "TrackingSession",
    "current_session",
    "current_spool",
    "install",
    "last_values",
    "log",
    "lost_points",
    "open_spooling_store",
    "read_children",
    "read_metrics",
    "read_params",
    "read_tags",
    "start_keeper",
    "when_imported",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "ChildRun": "._reading",
        "MetricPoint": "._reading",
        "MetricSpool": "._spool",
        "TrackingSession": "._session",
        "current_session": "._session",
        "current_spool": "._session",
        "install": "._session",
        "last_values": "._reading",
        "log": "._session",
        "lost_points": "._reading",
        "open_spooling_store": "._entry",
        "read_children": "._reading",
        "read_metrics": "._reading",
        "read_params": "._reading",
        "read_tags": "._reading",
        "start_keeper": "._keeper_start",
        "when_imported": "._import_hook",
    },
)
