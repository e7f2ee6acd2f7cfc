"""The catalog's table in memory: every run of every home and store that is shown, as a row of columns and its summary.

Whoever looks (services) and whoever feeds (the sources) hold `lock` for as long as they are at it, which is
milliseconds. Rows are small numbers that are used again; `version` grows with every change.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import compress, count, islice, takewhile

import msgspec

from ...entities import Figure, RunStatus, RunSummary, understood
from ._columns import Mask, NumberColumn, TextColumn, flags_of, mask_of

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(understood(RunSummary)).decode

_STATUS_ORDER = ("RUNNING", "SCHEDULED", "FAILED", "KILLED", "FINISHED")
_TIMES = ("submitted_at", "started_at", "ended_at")


class RunTable:
    """Runs by row. Not safe between threads without `lock`.

    Attributes
    ----------
    texts : dict of str to TextColumn
        `name`, `experiment`, `notebook`, `user`, `status`, `home_id`.
    numbers : dict of str to NumberColumn
        `submitted_at`, `started_at`, `ended_at` in seconds since 1970, `duration_s`.
    metrics : dict of str to NumberColumn
        By key; so are `params` and `tags`, which are of TextColumn.
    statuses : Counter of RunStatus
        How many runs stand so: a status bar asks again and again.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.version = 0
        self.texts = {name: TextColumn() for name in ("name", "experiment", "notebook", "user", "home_id")}
        self.texts["status"] = TextColumn(_STATUS_ORDER.index)
        self.numbers = {name: NumberColumn() for name in (*_TIMES, "duration_s")}
        self.metrics: defaultdict[str, NumberColumn] = defaultdict(NumberColumn)
        self.params: defaultdict[str, TextColumn] = defaultdict(TextColumn)
        self.tags: defaultdict[str, TextColumn] = defaultdict(TextColumn)
        self.statuses: Counter[RunStatus] = Counter()
        self.moved: set[int] = set()
        self._rows: dict[str, int] = {}
        self._bodies: list[bytes | None] = []
        self._free: list[int] = []
        self._sorted: list[str] | None = None
        self._shown = bytearray()
        self._archived = bytearray()

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._rows)

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._rows

    @property
    def height(self) -> int:
        """Rows that there are, those that wait for a new run included."""
        return len(self._bodies)

    @property
    def all(self) -> Mask:
        """The rows that hold a run."""
        return mask_of(self._shown)

    @property
    def archived(self) -> Mask:
        """The rows of runs that are out of sight."""
        return mask_of(self._archived)

    def run_ids(self) -> Iterator[str]:
        """Yield the id of every run, in no order."""
        return iter(self._rows)

    def beginning(self, prefix: str) -> Mask:
        """Return the rows of runs whose ids begin so."""
        if self._sorted is None:
            self._sorted = sorted(self._rows)
        start = bisect_left(self._sorted, prefix)
        found = takewhile(lambda run_id: run_id.startswith(prefix), islice(self._sorted, start, None))
        flags = bytearray(self.height)
        for run_id in found:
            flags[self._rows[run_id]] = 1
        return mask_of(flags)

    def having(self, text: str, value: str, most: int) -> list[str]:
        """Return the ids of some runs with a text of `texts`: at most so many."""
        flags = flags_of(self.all & self.texts[text].equal_to(value), self.height)
        return [self.summary(row).run_id for row in islice(compress(count(), flags), most)]

    def row(self, run_id: str) -> int | None:
        """Return the row of a run, None where it is not here."""
        return self._rows.get(run_id)

    def summary(self, row: int) -> RunSummary:
        """Return the summary of a row that holds a run."""
        body = self._bodies[row]
        if body is None:
            raise KeyError(row)
        return _decode(body)

    def body(self, run_id: str) -> bytes | None:
        """Return a run's summary as `decode_body` takes it, None where it is not here."""
        row = self._rows.get(run_id)
        return None if row is None else self._bodies[row]

    def get(self, run_id: str) -> RunSummary | None:
        """Return the summary of a run, None where it is not here."""
        row = self._rows.get(run_id)
        return None if row is None else self.summary(row)

    def put(self, summary: RunSummary) -> bool:
        """Enter a run, or what it is now; return whether that changed anything."""
        body = _encode(summary)
        row = self._rows.get(summary.run_id)
        if row is None:
            row = self._new_row(summary.run_id)
        elif self._bodies[row] == body:
            return False
        else:
            self._clear(row, summary)
        self._bodies[row] = body
        self._fill(row, summary)
        self._changed(row)
        return True

    def remove(self, run_id: str) -> bool:
        """Take a run away; return whether it was here."""
        row = self._rows.pop(run_id, None)
        if row is None:
            return False
        self._sorted = None
        self._clear(row, None)
        for text in self.texts.values():
            text.set(row, None)
        for number in self.numbers.values():
            number.set(row, None)
        self._bodies[row] = None
        self._shown[row] = self._archived[row] = 0
        self._free.append(row)
        self._changed(row)
        return True

    def _changed(self, row: int) -> None:
        self.version += 1
        self.moved.add(row)

    def _new_row(self, run_id: str) -> int:
        if self._free:
            row = self._free.pop()
        else:
            row = len(self._bodies)
            self._bodies.append(None)
            self._shown.append(0)
            self._archived.append(0)
        self._rows[run_id] = row
        self._sorted = None
        return row

    def _fill(self, row: int, run: RunSummary) -> None:
        self._shown[row] = 1
        self.statuses[run.status] += 1
        self._archived[row] = run.archived
        texts = self.texts
        texts["name"].set(row, run.name)
        texts["experiment"].set(row, run.experiment)
        texts["notebook"].set(row, run.notebook)
        texts["user"].set(row, run.user)
        texts["home_id"].set(row, run.home_id)
        texts["status"].set(row, run.status.value)
        for name in _TIMES:
            self.numbers[name].set(row, seconds_of(getattr(run, name)))
        self.numbers["duration_s"].set(row, run.duration_s)
        for key, figure in run.metrics.items():
            self.metrics[key].set(row, float(figure))
        for key, text in run.params.items():
            self.params[key].set(row, text)
        for key, text in run.tags.items():
            self.tags[key].set(row, text)

    def _clear(self, row: int, now: RunSummary | None) -> None:
        """Take a row out of what its run is counted in, and out of the columns of keys that it has no more."""
        before = self.summary(row)
        self.statuses[before.status] -= 1
        _take(self.metrics, before.metrics, now.metrics if now else {}, row)
        _take(self.params, before.params, now.params if now else {}, row)
        _take(self.tags, before.tags, now.tags if now else {}, row)


def decode_body(body: bytes) -> RunSummary:
    """Return the summary that `RunTable.body` gave, perhaps in another process.

    Raises
    ------
    msgspec.MsgspecError
        It is none.
    """
    return _decode(body)


@lru_cache(maxsize=1024)  # Most runs start when they are submitted.
def seconds_of(moment: str) -> float | None:
    """Return an ISO 8601 moment in seconds since 1970, None where there is none."""
    if not moment:
        return None
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _take(
    columns: Mapping[str, NumberColumn] | Mapping[str, TextColumn],
    before: Mapping[str, Figure],
    now: Mapping[str, Figure],
    row: int,
) -> None:
    for key in before.keys() - now.keys():
        columns[key].set(row, None)
