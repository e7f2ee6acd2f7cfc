"""What a benchmark yields, and the arithmetic that all of them share."""

from __future__ import annotations

import json
import math
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured figure.

    Parameters
    ----------
    name : str
        What was measured; the first word is the benchmark's.
    value, unit
        The median of ours, in `unit`.
    peer : str
        What it is compared with; empty where the goal is absolute.
    ratio : float, optional
        How many times less than the peer, or how many times as much, as `reach` says.
    reach : str
        The goal, in words.
    ok : bool
        Whether the goal was reached in this run.
    n : int
        Measurements behind the median.
    """

    name: str
    value: float
    unit: str
    peer: str = ""
    ratio: float | None = None
    reach: str = ""
    ok: bool = True
    n: int = 1

    def line(self) -> str:
        """Return the figure as one line of JSON; numbers have four significant digits.

        `load` is how many processes wanted each processor in the last minute: far above 1, mistrust milliseconds.
        """
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        fields = {key: rounded(value) for key, value in {**asdict(self), "load": load}.items()}
        return json.dumps(fields, allow_nan=False)


def rounded(value: object) -> object:
    """Return a float with four significant digits, and None for what JSON cannot hold; anything else as it is."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.4g}") if math.isfinite(value) else None


def at_most(name: str, ours: list[float], peer: str, theirs: list[float], limit: float, unit: str = "ms") -> Figure:
    """Return the figure "ours costs at most `limit` times the peer"."""
    value = statistics.median(ours)
    ratio = value / statistics.median(theirs)
    reach = f"<= {limit:g}x the peer"
    return Figure(
        name=name, value=value, unit=unit, peer=peer, ratio=ratio, reach=reach, ok=ratio <= limit, n=len(ours)
    )


def times_better(name: str, ours: list[float], peer: str, theirs: list[float], goal: float, unit: str = "ms") -> Figure:
    """Return the figure "ours costs at least `goal` times less than the peer"."""
    value = statistics.median(ours)
    ratio = statistics.median(theirs) / value
    reach = f">= {goal:g}x less than the peer"
    return Figure(name=name, value=value, unit=unit, peer=peer, ratio=ratio, reach=reach, ok=ratio >= goal, n=len(ours))


def more_often(name: str, ours: list[float], peer: str, theirs: list[float], goal: float, unit: str) -> Figure:
    """Return the figure "ours does at least `goal` times as much in a second as the peer"."""
    value = statistics.median(ours)
    ratio = value / statistics.median(theirs)
    reach = f">= {goal:g}x the peer"
    return Figure(name=name, value=value, unit=unit, peer=peer, ratio=ratio, reach=reach, ok=ratio >= goal, n=len(ours))


def reported(name: str, ours: list[float], peer: str, theirs: list[float], unit: str = "ms") -> Figure:
    """Return a figure that is told beside its peer, without a goal."""
    value = statistics.median(ours)
    ratio = value / statistics.median(theirs)
    return Figure(name=name, value=value, unit=unit, peer=peer, ratio=ratio, reach="reported", n=len(ours))


def within(name: str, ours: list[float], limit: float, unit: str = "ms", *, quantile: float = 0.5) -> Figure:
    """Return the figure "ours is at most `limit`, at this quantile"."""
    ordered = sorted(ours)
    value = ordered[min(len(ordered) - 1, math.ceil(quantile * len(ordered)) - 1 if quantile > 0 else 0)]
    if quantile == 0.5:
        value = statistics.median(ordered)
    reach = f"<= {limit:g} {unit}" + (f" (p{quantile * 100:g})" if quantile != 0.5 else "")
    return Figure(name=name, value=value, unit=unit, reach=reach, ok=value <= limit, n=len(ours))


def timed_ms(work: Callable[[], object]) -> float:
    """Return how long a call takes, in milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
