"""Reads a metric spool by columns: for curves, where a million points one by one would take seconds.

What stands in a spool, and what a gap is, `_spool` and `_reading` say. Here gaps are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from operator import eq, xor
from pathlib import Path
from typing import Any, NamedTuple

from ._spool import CHECK_FACTOR, CHECK_MASK, LOST_KEY, RECORD_SIZE

_FIRST_CHUNK, _LARGEST_CHUNK = 64 << 10, 4 << 20
_WORDS = RECORD_SIZE // 4


class SpoolColumns(NamedTuple):
    """Points of one series, in the order of writing."""

    steps: list[int]
    times: list[int]
    values: list[float]


class SpoolPart(NamedTuple):
    """Points by key id, and the byte offset behind the last."""

    end: int
    series: dict[int, SpoolColumns]


def read_columns(path: Path, start: int = 0) -> Iterator[SpoolPart]:
    """Yield the points of a spool from a byte offset on, some megabytes at a time.

    Parameters
    ----------
    path : Path
        An absent file has no points.
    start : int
        0 or an earlier `SpoolPart.end`.
    """
    try:
        file = path.open("rb")
    except OSError:
        return
    with file:
        file.seek(start)
        size = _FIRST_CHUNK
        while chunk := file.read(size):
            whole = memoryview(chunk)[: len(chunk) - len(chunk) % RECORD_SIZE]
            kept, series = _split(whole) if whole else (0, {})
            # Space is allocated ahead: a whole chunk without a record is the end.
            if not kept:
                return
            yield SpoolPart(start + kept * RECORD_SIZE, series)
            start += len(whole)
            file.seek(start)
            size = min(4 * size, _LARGEST_CHUNK)


def _split(chunk: memoryview) -> tuple[int, dict[int, SpoolColumns]]:
    """Return the number of slots up to the last whole record, and the points by key id."""
    words, longs = chunk.cast("I"), chunk.cast("q")
    keys = words[6::_WORDS].tolist()
    # In the order of the keys, which is that of their first points: whoever shows one metric shows the first.
    known = {key: key * CHECK_FACTOR & CHECK_MASK for key in sorted(set(keys)) if key}
    # A record is whole where its check, with the low words of step and time taken out, is what its key makes.
    rests = map(xor, map(xor, words[0::_WORDS], words[2::_WORDS]), words[7::_WORDS])
    whole = bytes(map(eq, rests, map(known.get, keys)))
    kept = whole.rfind(1) + 1
    steps, times = longs[0::4].tolist(), longs[1::4].tolist()
    values: Any = chunk.cast("d")[2::4].tolist()
    only = next(iter(known), 0)
    if len(known) == 1 and kept == whole.count(1) and only != LOST_KEY:
        return kept, {only: SpoolColumns(steps[:kept], times[:kept], values[:kept])}
    places: dict[int, list[int]] = {key: [] for key in known if key != LOST_KEY}
    for place, key in compress(enumerate(keys), whole):
        if key in places:
            places[key].append(place)
    return kept, {
        key: SpoolColumns([steps[at] for at in found], [times[at] for at in found], [values[at] for at in found])
        for key, found in places.items()
        if found
    }
