"""What an endpoint counts: for Prometheus, and as the few figures that a list of endpoints shows."""

from __future__ import annotations

import bisect
import time
from collections import Counter, deque
from collections.abc import Mapping

_BOUNDS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LAST = 1_000
_WINDOW_S = 60


class Metrics:
    """Counts of one server since its start; used by its event loop alone."""

    def __init__(self) -> None:
        self.in_flight = 0
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: Counter[str] = Counter()
        self._histogram: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()
        self._rows = 0
        self._last: deque[float] = deque(maxlen=_LAST)
        self._by_second: deque[list[int]] = deque(maxlen=_WINDOW_S + 1)
        self._began = time.monotonic()

    def count(self, kind: str, status: int, seconds: float, rows: int = 0) -> None:
        """Count a request that was answered.

        Parameters
        ----------
        kind : str
            What was asked: `infer`, `invocations`, ...
        status : int
            Of HTTP.
        seconds : float
            From its last byte to the answer.
        rows : int
            That were answered.
        """
        self._requests[kind, status] += 1
        if kind not in ("infer", "invocations"):
            return
        buckets = self._histogram.setdefault(kind, [0] * (len(_BOUNDS_S) + 1))
        buckets[bisect.bisect_left(_BOUNDS_S, seconds)] += 1
        self._seconds[kind] += seconds  # type: ignore[assignment]  # a Counter adds floats too
        self._rows += rows
        self._last.append(seconds)
        second = int(time.monotonic())
        if self._by_second and self._by_second[-1][0] == second:
            self._by_second[-1][1] += 1
        else:
            self._by_second.append([second, 1])

    def figures(self) -> dict[str, float]:
        """Return requests, errors, requests a second of the last minute, and the latency's median and p95."""
        asked = {key: count for key, count in self._requests.items() if key[0] in ("infer", "invocations")}
        ordered = sorted(self._last)
        now = time.monotonic()
        recent = sum(count for second, count in self._by_second if second > now - _WINDOW_S)
        return {
            "requests": sum(asked.values()),
            "errors": sum(count for (_, status), count in asked.items() if status >= 400),
            "rows": self._rows,
            "per_s": recent / max(1.0, min(_WINDOW_S, now - self._began)),
            "p50_s": _part(ordered, 0.5),
            "p95_s": _part(ordered, 0.95),
        }

    def text(self, model: Mapping[str, str], calls: int) -> str:
        """Return everything as Prometheus reads it."""
        lines = _head("mlops_endpoint_info", "gauge", "The model that is served.")
        lines.append(f"mlops_endpoint_info{{{_labels(model)}}} 1")
        lines += _head("mlops_endpoint_requests_total", "counter", "Requests that were answered.")
        for (kind, status), count in sorted(self._requests.items()):
            lines.append(f"mlops_endpoint_requests_total{{{_labels({'path': kind, 'code': str(status)})}}} {count}")
        lines += _head("mlops_endpoint_request_seconds", "histogram", "From a request's last byte to its answer.")
        for kind, buckets in sorted(self._histogram.items()):
            total = 0
            for bound, count in zip((*map(str, _BOUNDS_S), "+Inf"), buckets, strict=True):
                total += count
                labels = _labels({"path": kind, "le": bound})
                lines.append(f"mlops_endpoint_request_seconds_bucket{{{labels}}} {total}")
            lines.append(f"mlops_endpoint_request_seconds_sum{{{_labels({'path': kind})}}} {self._seconds[kind]:.9g}")
            lines.append(f"mlops_endpoint_request_seconds_count{{{_labels({'path': kind})}}} {total}")
        for name, kind, said, value in (
            ("mlops_endpoint_rows_total", "counter", "Rows that were answered.", self._rows),
            ("mlops_endpoint_model_calls_total", "counter", "Calls of the model; fewer than requests.", calls),
            ("mlops_endpoint_in_flight", "gauge", "Requests that are worked on.", self.in_flight),
        ):
            lines += [*_head(name, kind, said), f"{name} {value}"]
        return "\n".join([*lines, ""])


def _head(name: str, kind: str, said: str) -> list[str]:
    return [f"# HELP {name} {said}", f"# TYPE {name} {kind}"]


def _labels(values: Mapping[str, str]) -> str:
    escaped = {
        key: value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for key, value in values.items()
    }
    return ",".join(f'{key}="{value}"' for key, value in escaped.items())


def _part(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
