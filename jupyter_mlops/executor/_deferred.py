"""Work that a run leaves until its results are delivered, such as the plots and models of autologging."""

from __future__ import annotations

import sys
from collections.abc import Callable

after_delivery: list[Callable[[], None]] = []
"""Called in order once the waiting notebook has what the cell ended with; the run still counts as running.

A call that raises is told in one line of the log and does not change how the run ended.
"""


def run_deferred() -> None:
    """Do the work, that which is added meanwhile included. A request to stop ends it."""
    try:
        while after_delivery:
            # A plot that fails must not cost the run its status or the other plots.
            attempt(after_delivery.pop(0), "not everything was logged")
    except KeyboardInterrupt:
        after_delivery.clear()
        sys.stderr.write("jupyter-mlops: stopped before everything was logged that autologging logs after a fit.\n")


def attempt(work: Callable[[], object], complaint: str) -> bool:
    """Do what the run can do without; say whether it went well, and tell its failure in one line of the log."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  # libraries raise anything, and nothing of it may end the run
        sys.stderr.write(f"jupyter-mlops: {complaint}: {type(error).__name__}: {error}\n")
        return False
    return True
