"""How far a run was shipped: `tracking.json`, written by the keeper after each transaction.

Exactly once comes from this: what the store has and this file does not say yet is sent again, and sending again changes
nothing.
"""

from __future__ import annotations

import msgspec

from ..entities import encode
from ..home import RunDirectory, write_atomic


class Cursor(msgspec.Struct, kw_only=True):
    """Where a run is in its tracking store, and how much of it.

    Parameters
    ----------
    uri : str
        Of the store, without credentials.
    experiment : str
        Name that the run is under there.
    run_ids, model_ids : dict
        Our id to the store's.
    journal_end : int
        Bytes of the journal that are shipped.
    spool_ends : dict
        The same for each spool, by file name.
    artifacts : dict
        Path below the run directory to "size:mtime_ns" of what was uploaded.
    user : str
        "size:mtime_ns" of the `user.json` that was told.
    shipped : list of str
        Parts that are shipped once: "datasets", "git", "start".
    status : str
        As the store was told last.
    done : bool
        The run has ended and all of it is shipped.
    problem : str
        What the store refused, or why it cannot be reached; empty when all is well.
    """

    wire_version: int = 1
    uri: str = ""
    experiment: str = ""
    run_ids: dict[str, str] = {}
    model_ids: dict[str, str] = {}
    journal_end: int = 0
    spool_ends: dict[str, int] = {}
    artifacts: dict[str, str] = {}
    user: str = ""
    shipped: list[str] = []
    status: str = ""
    done: bool = False
    problem: str = ""


def read_cursor(run: RunDirectory) -> Cursor:
    """Return how far a run was shipped; nothing of it, where the file does not say."""
    return run.read(Cursor, run.tracking_file) or Cursor()


def write_cursor(run: RunDirectory, cursor: Cursor) -> None:
    """Record how far a run was shipped. After a power cut an older record costs a repetition, so it is not synced."""
    write_atomic(run.tracking_file, encode(cursor), durable=False)
