"""Work that a run leaves until its results are delivered, such as the plots and models of autologging."""

from __future__ import annotations

import traceback
from collections.abc import Callable

after_delivery: list[Callable[[], None]] = []
"""Called in order once the waiting notebook has the results of a run that finished; the run still counts as running.

A call that raises is shown in the log and does not change how the run ended.
"""


def run_deferred() -> None:
    """Do the work, that which is added meanwhile included."""
    while after_delivery:
        work = after_delivery.pop(0)
        try:
            work()
        # A plot that fails must not cost the run its status or the other plots.
        except Exception:  # noqa: BLE001
            traceback.print_exc()
