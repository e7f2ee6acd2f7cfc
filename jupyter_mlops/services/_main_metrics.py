"""Which metric decides what is best in an experiment, and which way: set by the user once, never guessed."""

from __future__ import annotations

import json
from pathlib import Path

from ..exceptions import HomeError, UsageError
from ..home import exclusive, read_json, write_atomic


class MainMetrics:
    """The main metric of each experiment, kept in `<home>/main_metrics.json`; `-loss` means that smaller is better."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def modified_ns(self) -> int:
        """When a metric was set last; 0 where none ever was."""
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0

    def get(self, experiment: str) -> str | None:
        """Return the metric of an experiment, `-` first when smaller is better; None when it was never set."""
        return self.all().get(experiment)

    def all(self) -> dict[str, str]:
        """Return the metric of every experiment that has one, as `get` does."""
        return {name: metric for name, metric in (read_json(self._path) or {}).items() if isinstance(metric, str)}

    def set(self, experiment: str, metric: str) -> None:
        """Remember the metric of an experiment.

        Raises
        ------
        UsageError
            There is no name behind the sign.
        HomeError
            The home may not be written.
        """
        if not metric.removeprefix("-").strip():
            raise UsageError("A main metric needs a name: `%runs main acc` (larger is better) or `%runs main -loss`.")
        try:
            # Two notebooks may set theirs at once, each reading what the other has not written yet.
            with exclusive(self._path.with_suffix(".lock")):
                known = read_json(self._path) or {}
                write_atomic(self._path, json.dumps({**known, experiment: metric}, indent=1, sort_keys=True).encode())
        except OSError as error:
            why = error.strerror or error
            raise HomeError(f"Cannot write {self._path}: {why}. Free space, or make it writable.") from error
