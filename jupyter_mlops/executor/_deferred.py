"""Work that a run leaves until its results are delivered, such as the plots and models of autologging."""

from __future__ import annotations

import traceback
from collections.abc import Callable

after_delivery: list[Callable[[], None]] = []
"""Called in order once the waiting notebook has the results of a run that finished, while the run still counts as running.

A call that raises is shown in the log and does not change how the run ended.
"""


def run_deferred() -> None:
    """Do the work, that which is added meanwhile included."""
    while after_delivery:
        work = after_delivery.pop(0)
        try:
            work()
        except Exception:  # a plot that fails must not cost the run its status or the other plots
            traceback.print_exc()
