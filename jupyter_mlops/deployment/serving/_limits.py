"""How much one client may ask, and how long it may take to do so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of a server.

    Parameters
    ----------
    body_bytes : int
        Of one request; more is answered with 413.
    rows : int
        Of one request; more is answered with 413.
    in_flight : int
        Requests that are worked on at a time; more are answered with 503 and `Retry-After`.
    header_s, body_s : float
        Seconds until the head of a request, and its body, must be there. An idle connection is closed after `header_s`.
    """

    body_bytes: int = 10_000_000
    rows: int = 1_000_000
    in_flight: int = 2_000
    header_s: float = 60.0
    body_s: float = 30.0
