"""Reads metric spools while they grow: for the keeper, and for whoever shows a run's metrics.

A spool ends where nothing is written yet. A slot that was given out and not (wholly) written looks the same, so a
reader that comes back waits at it; `skip_gaps` says that nobody will fill it any more.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .._lines import read_lines
from ._spool import CHECK_FACTOR, CHECK_MASK, LOST_KEY, RECORD, RECORD_SIZE, Series

_CHUNK = 1 << 20


class Point(NamedTuple):
    """One value of a metric; `timestamp` in milliseconds since 1970, UTC."""

    key_id: int
    step: int
    timestamp: int
    value: float


class SpoolPage(NamedTuple):
    """What was read: points in the order of writing, where to go on, losses told, whether a gap stopped the reading."""

    points: list[Point]
    end: int
    lost: int
    at_gap: bool


def spool_paths(directory: Path) -> list[Path]:
    """Return the spools of a run: the executor's own and those of its children."""
    return sorted(directory.glob("metrics*.spool"))


def read_keys(spool: Path, *, links: bool = False) -> dict[int, Series]:
    """Return the series of a spool by key id; those whose points stand in another one only where `links` asks."""
    found: dict[int, Series] = {}
    for line in read_lines(spool.with_suffix(".keys")):
        try:
            series = Series(**json.loads(line.data))
        except (ValueError, TypeError):
            continue  # torn by a full disk; its number is used up all the same
        if links or not series.link:
            found[line.number] = series
    return found


def read_spool(path: Path, start: int = 0, *, limit: int | None = None, skip_gaps: bool = False) -> SpoolPage:
    """Return the points of a spool from a byte offset on.

    Parameters
    ----------
    path : Path
        An absent file has no points.
    start : int
        0 or an earlier `SpoolPage.end`.
    limit : int, optional
        Stop after so many points: whoever gets fewer has all that there is.
    skip_gaps : bool
        Pass over slots that hold no whole record, up to the last one that does.

    Returns
    -------
    SpoolPage
        `lost` is the largest count of lost points met from `start` on.
    """
    points: list[Point] = []
    lost, end, at_gap = 0, start, False
    for offset, key_id, step, timestamp, value in _records(path, start):
        if limit is not None and len(points) >= limit:
            break
        if key_id == 0:
            at_gap = True
            if not skip_gaps:
                break
            continue
        at_gap = False
        end = offset + RECORD_SIZE
        if key_id == LOST_KEY:
            lost = max(lost, int(value) if math.isfinite(value) else 0)
        else:
            points.append(Point(key_id, step, timestamp, value))
    return SpoolPage(points, end, lost, not skip_gaps and at_gap and _has_more(path, end + RECORD_SIZE))


def trim_spool(path: Path) -> None:
    """Give back the space behind a spool's last record. Only once its writer has ended: it may have the file mapped."""
    end = read_spool(path, skip_gaps=True).end
    if path.stat().st_size > end:
        os.truncate(path, end)


def _records(path: Path, start: int) -> Iterator[tuple[int, int, int, int, float]]:
    """Yield offset, key id (0 for a slot without a whole record), step, timestamp and value of each slot."""
    try:
        file = path.open("rb")
    except OSError:
        return
    with file:
        file.seek(start)
        offset = start
        while chunk := file.read(_CHUNK):
            whole = len(chunk) - len(chunk) % RECORD_SIZE
            for step, timestamp, value, key_id, check in RECORD.iter_unpack(memoryview(chunk)[:whole]):
                if key_id and check != (step ^ timestamp ^ key_id * CHECK_FACTOR) & CHECK_MASK:
                    key_id = 0
                yield offset, key_id, step, timestamp, value
                offset += RECORD_SIZE
            if whole != len(chunk):
                return


def _has_more(path: Path, start: int) -> bool:
    """Return whether a whole record stands at `start` or behind."""
    return any(record[1] for record in _records(path, start))
