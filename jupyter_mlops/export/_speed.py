"""How long file and original take for one row and for many, in this process, in turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..entities import OnnxLatency
from ._original import Original
from ._parity import Candidate
from ._subject import Rows

MANY = 10_000
_LARGEST = 256 << 20
_PATIENCE_S = 20.0
_LONGEST_S = 0.5
_MOST = 200


def latencies(candidate: Candidate, original: Original) -> tuple[OnnxLatency, ...]:
    """Return the latency of one row and of 10,000, which are the answered real rows again and again.

    Of rows that are large, or take the file long, there are fewer.
    """
    answered = np.flatnonzero(original.real.answered)
    rows = original.real.rows
    one = _latency(candidate, original, rows.take(answered[:1]))
    feeds, _ = original.subject.feeds(candidate.inputs, rows.take(answered[:1]))
    size = max(1, sum(feed.nbytes for feed in feeds.values()))
    many = max(2, int(min(MANY, _LARGEST / size, _PATIENCE_S / max(one.onnx_p50, 1e-9))))
    return one, _latency(candidate, original, rows.take(answered[np.arange(many) % len(answered)]))


def _latency(candidate: Candidate, original: Original, rows: Rows) -> OnnxLatency:
    feeds, _ = original.subject.feeds(candidate.inputs, rows)
    names = list(candidate.outputs)

    def by_file() -> Any:
        return candidate.session.run(names, feeds)

    def by_original() -> Any:
        return original.subject.said((original.first,), rows)

    ours, theirs = _timed(by_file), _timed(by_original)
    quantiles = [float(np.quantile(times, share)) for times in (ours, theirs) for share in (0.5, 0.95)]
    return OnnxLatency(
        rows=len(rows),
        onnx_p50=quantiles[0],
        onnx_p95=quantiles[1],
        original_p50=quantiles[2],
        original_p95=quantiles[3],
    )


def _timed(work: Callable[[], Any]) -> list[float]:
    """Return seconds of each call; the first is not counted where there is time for more."""
    began = time.perf_counter()
    work()
    times = [time.perf_counter() - began]
    if times[0] < _LONGEST_S:
        times.clear()
    while len(times) < _MOST and time.perf_counter() - began < _LONGEST_S:
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return times or [time.perf_counter() - began]
