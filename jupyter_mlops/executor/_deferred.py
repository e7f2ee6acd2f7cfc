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
            _do(after_delivery.pop(0))
    except KeyboardInterrupt:
        after_delivery.clear()
        sys.stderr.write("jupyter-mlops: stopped before everything was logged that autologging logs after a fit.\n")


def _do(work: Callable[[], None]) -> None:
    try:
        work()
    # A plot that fails must not cost the run its status or the other plots.
    except Exception as error:  # noqa: BLE001
        sys.stderr.write(f"jupyter-mlops: not everything was logged: {type(error).__name__}: {error}\n")
