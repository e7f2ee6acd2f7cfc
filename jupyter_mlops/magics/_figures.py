"""Figures for people, the same in every view: four significant digits, sizes, durations, and times as they are said."""

from __future__ import annotations

import math
from datetime import UTC, datetime

_SIZES = ("B", "KB", "MB", "GB", "TB")


def number(value: float) -> str:
    """Return a number with at most four significant digits: `0.9583`, `1.2e-05`, `12340`.

    Examples
    --------
    >>> number(0.958333), number(1e-5), number(20000.0)
    ('0.9583', '1e-05', '20000')
    """
    if not math.isfinite(value):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value, "NaN")
    if value == int(value) and abs(value) < 1e7:
        return str(int(value))
    # From 9999.5 on, four digits would be written as 1e+04.
    return f"{value:.0f}" if 9999.5 <= abs(value) < 1e7 else f"{value:.4g}"


def size(n_bytes: int) -> str:
    """Return bytes as `512 B`, `41 KB`, `1.2 GB` (powers of 1,000).

    Examples
    --------
    >>> size(41_300)
    '41 KB'
    """
    value, unit = float(n_bytes), 0
    while value >= 999.5 and unit < len(_SIZES) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_SIZES[unit]}" if 0 < value < 9.95 and unit else f"{value:.0f} {_SIZES[unit]}"


def clock(seconds: float) -> str:
    """Return a running time as `00:42` or `1:02:03`."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes:02}:{whole % 60:02}"


def span(seconds: float) -> str:
    """Return a finished time as `13 ms`, `4.2 s`, `1 m 58 s`, `2 h 5 m`."""
    if seconds < 0.9995:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole // 60} m {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole // 60 % 60} m"


def ago(moment: str, now: datetime | None = None) -> str:
    """Return a UTC ISO 8601 time as `just now`, `3 min ago`, `5 days ago` or a date; an unreadable one as it is."""
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 86400:
        return f"{seconds // 3600:.0f} h ago"
    days = int(seconds // 86400)
    if days < 30:
        return "yesterday" if days == 1 else f"{days} days ago"
    return then.astimezone().date().isoformat()
