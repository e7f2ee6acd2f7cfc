"""Where a text stands in a log, which may have gigabytes, and one line of it too: whatever is read here is bounded."""

from __future__ import annotations

import re
import time

import msgspec

from ._log import RunLog

MOST_MATCHES = 1_000
SEARCH_S = 2.0
"""A search that has taken so long answers with what it found, and says where to go on."""

_PIECE = 1 << 20
_TO_THE_TERMINAL = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\_-~])"
)
"""Colours, moves of the cursor, titles, addresses of links: what is never seen as text."""
_LONGEST_SEQUENCE = 4096


class LogMatches(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text was found.

    Parameters
    ----------
    offsets : tuple of int
        Byte offset in each line that holds it, ascending: where it first stands there.
    next : int, optional
        Offset to search on from; None when the end was reached.
    """

    offsets: tuple[int, ...]
    next: int | None = None


def search_log(log: RunLog, text: str, start: int = 0) -> LogMatches:
    """Return where the lines at or behind `start` hold a text, letter case aside for ASCII.

    What was overwritten since counts: it was printed, and may be what somebody looks for. What only a terminal reads
    does not.
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
    """Note where lines of a piece hold the text; return where the line begins that the piece's end belongs to."""
    lowered = data.lower()
    found = lowered.find(wanted)
    while found >= 0 and len(offsets) <= MOST_MATCHES:
        behind = _sequence_end(data, found)
        if not behind:
            newline = data.rfind(b"\n", 0, found)
            line = line_start if newline < 0 else offset + newline + 1
            if not offsets or offsets[-1] < line:
                offsets.append(offset + found)
            behind = data.find(b"\n", found)
        found = lowered.find(wanted, behind) if behind >= 0 else -1
    last = data.rfind(b"\n")
    return line_start if last < 0 else offset + last + 1


def _sequence_end(data: bytes, place: int) -> int:
    """Return where the control sequence ends that a place lies in; 0 when it lies in none."""
    escape = data.rfind(b"\x1b", max(0, place - _LONGEST_SEQUENCE), place + 1)
    sequence = _TO_THE_TERMINAL.match(data, escape) if escape >= 0 else None
    return sequence.end() if sequence and sequence.end() > place else 0
