"""Where a text stands in a log, which may have gigabytes, and one line of it too: whatever is read here is bounded."""

from __future__ import annotations

import time

import msgspec

from ._log import RunLog

MOST_MATCHES = 1_000
SEARCH_S = 2.0
"""A search that has taken so long answers with what it found, and says where to go on."""

_PIECE = 1 << 20


class LogMatches(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text was found.

    Parameters
    ----------
    offsets : tuple of int
        Byte offsets of the lines that hold it, ascending.
    next : int, optional
        Offset to search on from; None when the end was reached.
    """

    offsets: tuple[int, ...]
    next: int | None = None


def search_log(log: RunLog, text: str, start: int = 0) -> LogMatches:
    """Return the lines at or behind `start` that hold a text, letter case aside for ASCII.

    A line longer than 1 MiB is searched piece by piece, and a match across two of its pieces is not seen.
    """
    wanted = text.encode().lower()
    if not wanted:
        return LogMatches(offsets=())
    deadline = time.monotonic() + SEARCH_S
    offsets: list[int] = []
    offset = line_start = start
    while True:
        part = log.part(offset, _PIECE)
        if part.data:
            # Only whole lines, so that none is cut in two; the rest is read again with the next piece.
            cut = part.data.rfind(b"\n") + 1 if len(part.data) == _PIECE else 0
            piece = part.data[: cut or None]
            line_start = _search_piece(piece, offset, line_start, wanted, offsets)
            offset += len(piece)
        elif part.gap is not None:
            offset = line_start = part.gap.end
        else:
            return LogMatches(offsets=tuple(offsets))
        if len(offsets) > MOST_MATCHES:
            return LogMatches(offsets=tuple(offsets[:MOST_MATCHES]), next=offsets[MOST_MATCHES])
        if time.monotonic() > deadline:
            return LogMatches(offsets=tuple(offsets), next=line_start)


def _search_piece(data: bytes, offset: int, line_start: int, wanted: bytes, offsets: list[int]) -> int:
    """Note the lines of a piece that hold the text; return where the line begins that the piece's end belongs to."""
    lowered = data.lower()
    found = lowered.find(wanted)
    while found >= 0 and len(offsets) <= MOST_MATCHES:
        newline = data.rfind(b"\n", 0, found)
        line = line_start if newline < 0 else offset + newline + 1
        if not offsets or offsets[-1] != line:
            offsets.append(line)
        behind = data.find(b"\n", found)
        found = lowered.find(wanted, behind + 1) if behind >= 0 else -1
    last = data.rfind(b"\n")
    return line_start if last < 0 else offset + last + 1
