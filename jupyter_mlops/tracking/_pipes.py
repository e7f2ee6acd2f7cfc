"""Waits for what a child says; not by `select`, which knows no file above 1,023: a busy server has more open."""

from __future__ import annotations

import math
import select


def is_heard(pipe: int, wait_s: float) -> bool:
    """Return whether there is something to read from a pipe, or its end, before the time is over."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    return bool(poll.poll(math.ceil(max(0.0, wait_s) * 1000)))
