"""Which metric decides what is best in an experiment, and which way: set by the user once, never guessed."""

from __future__ import annotations

import json
from pathlib import Path

from ..exceptions import UsageError
from ..home import read_json, write_atomic


class MainMetrics:
    """The main metric of each experiment, kept in `<home>/main_metrics.json`; `-loss` means that smaller is better."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, experiment: str) -> str | None:
        """Return the metric of an experiment, `-` first when smaller is better; None when it was never set."""
        metric = (read_json(self._path) or {}).get(experiment)
        return metric if isinstance(metric, str) else None

    def set(self, experiment: str, metric: str) -> None:
        """Remember the metric of an experiment.

        Raises
        ------
        UsageError
            There is no name behind the sign.
        """
        if not metric.removeprefix("-").strip():
            raise UsageError("A main metric needs a name: `%runs main acc` (larger is better) or `%runs main -loss`.")
        known = read_json(self._path) or {}
        write_atomic(self._path, json.dumps({**known, experiment: metric}, indent=1, sort_keys=True).encode())
