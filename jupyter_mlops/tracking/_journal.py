"""The journal: everything that a run tells its tracking store, except metrics, in the order in which it was told.

Written in the executor (and in children that it starts), read by the keeper, which replays it into the real store. The
record of a run (`_record`) is the journal read from its start.
"""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from ._lines import LineFile, read_lines

JOURNAL_NAME = "journal.jsonl"


class Entry(NamedTuple):
    """One operation: `end` is the byte offset behind its line, `at` milliseconds since 1970, UTC."""

    op: str
    run_id: str
    at: int
    fields: dict[str, Any]
    end: int


class Journal:
    """Appends operations. Safe between threads and processes; never raises for trouble with the disk.

    Parameters
    ----------
    directory : Path
        The run directory.
    """

    def __init__(self, directory: Path) -> None:
        self._lines = LineFile(directory / JOURNAL_NAME)
        self._sequence = itertools.count(1)

    @property
    def lost(self) -> int:
        """Operations that found no space."""
        return self._lines.lost

    def append(self, op: str, run_id: str, /, **fields: Any) -> bool:
        """Record an operation; return whether it is on record.

        Parameters
        ----------
        op : str
            Such as "log_param"; `_record` and `_shipping` know what each one means.
        run_id : str
            The run that it belongs to, by our id.
        **fields
            Anything JSON holds.
        """
        entry = {"seq": next(self._sequence), "at": time.time_ns() // 1_000_000, "op": op, "run_id": run_id, **fields}
        return self._lines.append(json.dumps(entry, ensure_ascii=False, default=str).encode("utf-8", "replace"))

    def close(self) -> None:
        """Let the file go; a later operation opens it again."""
        self._lines.close()


def read_journal(directory: Path, start: int = 0) -> list[Entry]:
    """Return the operations from a byte offset on, whole lines only; a line that a full disk tore is passed over."""
    entries: list[Entry] = []
    for line in read_lines(directory / JOURNAL_NAME, start):
        try:
            fields = json.loads(line.data)
            op, run_id, at = fields.pop("op"), fields.pop("run_id"), fields.pop("at")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        fields.pop("seq", None)
        entries.append(Entry(op, run_id, at, fields, line.end))
    return entries
