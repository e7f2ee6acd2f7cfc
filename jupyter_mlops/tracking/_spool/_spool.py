"""The metric spool: how a training loop logs in a microsecond and loses nothing when it is killed.

Runs in the executor. A point is 32 bytes written into memory that the kernel owns (a shared mapping of
`metrics.spool`), so a call that returned is on record whatever kills the process. The space is allocated before it is
mapped: a write into a hole of a mapping on a full disk is a SIGBUS. When no space can be had, points are counted
instead of kept, and the count stands in the spool's last record. The reader is `_reading`; the keeper ships from
there.
"""

from __future__ import annotations

import itertools
import json
import mmap
import os
import struct
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .._lines import LineFile
from .._values import check_key, metric_step, metric_timestamp, metric_value

RECORD = struct.Struct("<qqdII")
RECORD_SIZE = RECORD.size
LOST_KEY = 0xFFFF_FFFF
"""Key id of the record that holds the number of points lost."""

CHECK_MASK = 0xFFFF_FFFF
CHECK_FACTOR = 2_654_435_761
_FIRST_SEGMENT = 64 << 10
_LARGEST_SEGMENT = 16 << 20
_RETRY_S = 0.5


class Series(NamedTuple):
    """Which metric of which run a point belongs to; the rest is what MLflow lets a metric refer to.

    The points of a `link` stand in another series of the run: they are repeated only to be linked to a model.
    """

    run_id: str
    key: str
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None
    link: bool = False


class _Drawn(NamedTuple):
    """What a point got before its way turned out to be the slow one; a slot below 0 is none."""

    step: int | None
    slot: int
    time: int


class _NoSpaceError(Exception):
    """The spool has no room for the record now."""


class MetricSpool:
    """Appends metric points to a run directory.

    Safe between threads; a forked child gets a spool of its own. Nothing raises for trouble with the disk; what is no
    metric raises and is named.

    Parameters
    ----------
    directory : Path
        The run directory. Files appear in it with the first point.
    run_id : str
        The run that `write` and `log` speak for.

    Examples
    --------
    >>> spool = MetricSpool.open(run_dir, run_id)
    >>> spool.log(loss=0.5, accuracy=0.9)
    """

    def __init__(self, directory: Path, run_id: str) -> None:
        self.directory = directory
        self.run_id = run_id
        self._pack = RECORD.pack_into
        self._steps: dict[str, Callable[[], int]] = {}
        self.start_anew()
        _spools.add(self)

    @classmethod
    def open(cls, directory: Path | str, run_id: str) -> MetricSpool:
        """Return a spool for a run; where another process has `metrics.spool`, this one has `metrics-<pid>.spool`."""
        return cls(Path(directory), run_id)

    @property
    def lost(self) -> int:
        """Points that found no space."""
        return self._lost

    def log(self, metrics: Mapping[str, Any] | None = None, /, *, step: int | None = None, **more: Any) -> None:
        """Record one point for each metric; takes what `tracking.log` takes.

        Raises
        ------
        TypeError, ValueError
            A key, value or step that no store takes; points before it are kept.
        """
        if metrics:
            self.write(metrics, step)
        self.write(more, step)

    def write(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Record one point for each metric, as `log` does; the loop that has to be fast."""
        now = time.time_ns() // 1_000_000
        for key, value in metrics.items():
            at, slot = step, -1
            try:
                key_id, next_step = self._own[key]
                if at is None:
                    at = next_step()
                if type(value) is not float:
                    value = metric_value(key, value)
                check = (at ^ now ^ key_id * CHECK_FACTOR) & CHECK_MASK
                slot = self._claim()
                self._pack(self._buffer, slot, at, now, value, key_id, check)
                if step is not None:
                    self._own[key] = (key_id, itertools.count(at + 1).__next__)
                continue
            except (KeyError, struct.error, TypeError, _NoSpaceError):
                pass  # the slow way says what is wrong, or makes room
            self._write_slowly(key, value, step, _Drawn(at, slot, now))

    def write_point(self, series: Series, value: Any, step: int, timestamp_ms: int) -> None:
        """Record a point of any series, at a step and a time that the caller knows."""
        value = metric_value(series.key, value)
        step, timestamp_ms = metric_step(series.key, step), metric_timestamp(series.key, timestamp_ms)
        key_id = self._ids.get(series) or self._register(series)
        self._store(key_id, value, step, timestamp_ms)

    def close(self) -> None:
        """Let the files go. Points are durable before; one that is written later opens new files."""
        with self._lock:
            self._retry_at = 0.0
            if self._lost > self._confessed and self._has_room():
                self._confess()
            fd, keys = self._fd, self._keys
        self.start_anew()
        if fd >= 0 and keys is not None:
            os.close(fd)
            keys.close()

    def start_anew(self) -> None:
        """Forget the files: the next point opens new ones. What a forked child does first."""
        self._lock = threading.Lock()
        self._fd = -1
        self._keys: LineFile | None = None
        self._ids: dict[Series, int] = {}
        self._own: dict[str, tuple[int, Callable[[], int]]] = {}
        self._claim: Callable[[], int] = _no_space
        self._buffer = memoryview(bytearray())
        self._marker = memoryview(bytearray())
        self._size = 0
        self._resume = 0
        self._holes: list[int] = []
        self._retry_at = 0.0
        self._lost = 0
        self._confessed = 0

    def _write_slowly(self, key: str, value: Any, step: int | None, drawn: _Drawn) -> None:
        """Check and record a point for which the fast way found no room, no series or no number."""
        value, at = metric_value(check_key(key), value), drawn.step
        if step is not None:
            at = metric_step(key, step)
            self._steps[key] = itertools.count(at + 1).__next__
        elif at is None:
            at = self._steps.setdefault(key, itertools.count().__next__)()
        series = Series(self.run_id, key)
        key_id = self._ids.get(series) or self._register(series)
        at = metric_step(key, at)
        if key_id and (step is not None or key not in self._own):
            self._own[key] = (key_id, self._steps[key])
        self._store(key_id, value, at, drawn.time, drawn.slot)

    def _store(self, key_id: int, value: float, step: int, timestamp_ms: int, slot: int = -1) -> None:
        """Put a valid point into its slot, growing the file for it; count it as lost where that cannot be."""
        try:
            if key_id and slot < 0:
                slot = self._claim()
            if key_id:
                _put(self._buffer, slot, key_id, value, step, timestamp_ms)
                return
        except (struct.error, _NoSpaceError):
            pass  # no room yet
        with self._lock:
            if key_id and slot < 0 and self._has_room():
                slot = self._claim()
            if key_id and slot >= 0 and self._has_room(slot):
                _put(self._buffer, slot, key_id, value, step, timestamp_ms)
            else:
                self._lose(slot)

    def _register(self, series: Series) -> int:
        """Give a series its key id: the number of its line in the keys file; 0 when it cannot be written."""
        check_key(series.key)
        with self._lock:
            if series in self._ids:
                return self._ids[series]
            if not self._has_room() or self._keys is None:
                return 0
            line = {name: value for name, value in series._asdict().items() if value}
            if not self._keys.append(json.dumps(line).encode()):
                return 0
            self._ids[series] = self._keys.written
            self._confess()
            return self._keys.written

    def _has_room(self, slot: int = 0) -> bool:
        """Return whether a slot can be written, allocating where it has to; called with the lock held."""
        if self._claim is _no_space:
            slot = max(slot, self._resume)
            if time.monotonic() < self._retry_at:
                return False
        try:
            if self._fd < 0:
                self._open()
            while slot + RECORD_SIZE > len(self._buffer):
                self._allocate()
        except (OSError, ValueError, MemoryError):
            self._retry_at = time.monotonic() + _RETRY_S
            return False
        if self._claim is _no_space:
            self._claim = itertools.count(self._resume, RECORD_SIZE).__next__
            self._confess()
        return True

    def _open(self) -> None:
        for name in _names():
            path = self.directory / f"{name}.spool"
            try:
                self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                continue
            self._keys = LineFile(path.with_suffix(".keys"))
            return

    def _allocate(self) -> None:
        """Reserve the next segment on the disk, then map the whole file: slots of older mappings stay good."""
        size = self._size + min(max(self._size, _FIRST_SEGMENT), _LARGEST_SEGMENT)
        os.posix_fallocate(self._fd, self._size, size - self._size)
        whole = memoryview(mmap.mmap(self._fd, size))
        self._buffer, self._marker = whole[:-RECORD_SIZE], whole[-RECORD_SIZE:]
        self._size = size

    def _lose(self, slot: int) -> None:
        """Count a point as lost, in memory and in the record that is kept free for this; called with the lock held."""
        self._lost += 1
        if slot >= 0:
            self._holes.append(slot)
        if self._fd < 0 or slot >= 0:
            self._suspend()
        if len(self._marker):
            _put(self._marker, 0, LOST_KEY, float(self._lost), 0, time.time_ns() // 1_000_000)

    def _suspend(self) -> None:
        """Give out no slots until there is room again."""
        if self._claim is not _no_space:
            self._resume = self._claim()
            self._claim = _no_space

    def _confess(self) -> None:
        """After a loss: record the count, and fill the slots given out in vain so that no reader waits for them."""
        if self._lost == self._confessed or self._claim is _no_space:
            return
        slots, self._holes, self._confessed = [*self._holes, self._claim()], [], self._lost
        for slot in slots:
            if slot + RECORD_SIZE <= len(self._buffer):
                _put(self._buffer, slot, LOST_KEY, float(self._lost), 0, time.time_ns() // 1_000_000)


def _put(buffer: memoryview, offset: int, key_id: int, value: float, step: int, timestamp_ms: int) -> None:
    check = (step ^ timestamp_ms ^ key_id * CHECK_FACTOR) & CHECK_MASK
    RECORD.pack_into(buffer, offset, step, timestamp_ms, value, key_id, check)


def _no_space() -> int:
    raise _NoSpaceError


def _names() -> itertools.chain[str]:
    own = f"metrics-{os.getpid()}"
    return itertools.chain(("metrics", own), (f"{own}-{n}" for n in itertools.count(2)))


def _start_anew_in_child() -> None:
    for spool in list(_spools):
        spool.start_anew()


_spools: weakref.WeakSet[MetricSpool] = weakref.WeakSet()
os.register_at_fork(after_in_child=_start_anew_in_child)
