"""Where runs are remembered: the spool that a run logs to, and the keeper that ships it to the tracking store.

Inside a run (executor): `install`, `log`, `SpoolingStore`. In the background, one process for each home: the keeper. For those
who show runs: `read_records` and friends, which never ask a store. Exports load when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._entry import open_spooling_store
    from ._import_hook import when_imported
    from ._session import TrackingSession, current_session, current_spool, install, log
    from ._spool import MetricSpool

__all__ = [
    "MetricSpool",
    "TrackingSession",
    "current_session",
    "current_spool",
    "install",
    "log",
    "open_spooling_store",
    "when_imported",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "MetricSpool": "._spool",
        "TrackingSession": "._session",
        "current_session": "._session",
        "current_spool": "._session",
        "install": "._session",
        "log": "._session",
        "open_spooling_store": "._entry",
        "when_imported": "._import_hook",
    },
)
