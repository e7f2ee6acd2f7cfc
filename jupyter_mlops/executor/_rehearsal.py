"""A run's first steps without a run, in a process that was forked ahead of one.

What a forked process writes for the first time is copied from its parent, page by page and microseconds each, and a
run's start touches two thousand pages. Whoever waits for a run may as well have them.
"""

from __future__ import annotations

import contextlib

import msgspec

from ..capture import AmbientState, dump_values, load_values
from ..entities import Manifest, ProcessRecord, Result, RunSpec, decode
from ._shell import take_shell


def rehearse() -> None:
    """Do what `main` does before the cell, to no effect: this process takes on the state that it has.

    Call it in a process that forks no more: a library may start threads when it is asked for its state.
    """
    rehearse_reading()
    stream = dump_values({"rehearsal": [1]}, ambient=AmbientState.capture()).stream
    load_values(stream, namespace={}, apply_ambient=True)
    take_shell().run_cell("None", silent=True)


def rehearse_reading() -> None:
    """Read entities and values: what their first use builds is kept."""
    for kind in (RunSpec, Manifest, ProcessRecord, Result):
        with contextlib.suppress(msgspec.ValidationError):
            decode(b"{}", kind)
    load_values(dump_values({"rehearsal": [1]}).stream, namespace={})
