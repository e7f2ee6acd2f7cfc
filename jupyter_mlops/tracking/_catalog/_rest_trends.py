"""The course of one metric of many runs that only an MLflow server has: one question for all that share a metric."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from .._foreign._rest import sampled_points
from .._logbook import SPARK_POINTS, Sparkline
from ._rows import stored_value

_MOST_RUNS = 100
"""Of a question: MLflow takes no more."""


def ask_trends(uri: str, keys: Mapping[str, str], timeout_s: float) -> Iterator[dict[str, tuple[float, ...]]]:
    """Yield the course of a metric of each run, by step, an answer at a time; empty where the run has none.

    Parameters
    ----------
    uri : str
        The server's address; it may hold a login.
    keys : Mapping of str to str
        The metric by the run's id.
    timeout_s : float
        For so long a server is asked, by all questions together.

    Raises
    ------
    OSError
        The server does not answer in time, or refuses.
    ValueError
        It answers nonsense.
    """
    end = time.monotonic() + timeout_s
    for key in dict.fromkeys(keys.values()):
        runs = [run_id for run_id, wanted in keys.items() if wanted == key]
        for start in range(0, len(runs), _MOST_RUNS):
            left_s = end - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(f"asking for the courses of {len(keys)} runs needs more than {timeout_s:g} s")
            some = runs[start : start + _MOST_RUNS]
            found = sampled_points(uri, some, key, SPARK_POINTS, left_s)
            yield {
                run_id: _thinned([stored_value(point.value, False) for point in sorted(points)])
                for run_id, points in found.items()
            }


def _thinned(values: list[float]) -> tuple[float, ...]:
    """Return some tens of values: an older server tells all points of each step that it chooses."""
    line = Sparkline()
    line.extend(values)
    return line.points
