"""A run that at least one tab watches: its log's length and its summary, looked at no more often than is of use."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..entities import RunStatus, RunSummary, encode
from ..services import RunExplorer, RunLog

SUMMARY_S = 0.5
"""Between two looks at a run that prints."""

QUIET_SUMMARY_S = 1.0
"""Between two looks at a run that does not."""


class LiveRun:
    """What all tabs that watch a run share. Not safe between threads.

    Parameters
    ----------
    explorer : RunExplorer
        Reads summaries.
    run_id : str
        32 hex digits.

    Raises
    ------
    RunNotFoundError
        There is no such run.
    """

    def __init__(self, explorer: RunExplorer, run_id: str) -> None:
        self.run_id = run_id
        self.log: RunLog = explorer.run(run_id).output
        self.size = 0
        self.message = ""
        self.version = 0
        self._explorer = explorer
        self._path = explorer.run(run_id).directory.log_file
        self._compared: RunSummary | None = None
        self._summary_at = float("-inf")
        self._summary_size = -1
        self._is_settled = False

    @property
    def is_settled(self) -> bool:
        """Whether the run has ended, and all that it printed and logged was seen: it is looked at on request only."""
        return self._is_settled

    def touch(self) -> None:
        """Look again at once: somebody says that the run has changed."""
        self._is_settled = False
        self._summary_at = float("-inf")

    def look(self, now: float) -> None:
        """See how long the log is and, when it is time, how the run stands.

        Raises
        ------
        RunNotFoundError
            The run was deleted.
        MlopsError, OSError
            Not all of it can be read: a disk in trouble, or a newer version's file. The next look may fare better.
        """
        if self._is_settled:
            return
        self.size = _size(self._path)
        pause = SUMMARY_S if self.size != self._summary_size else QUIET_SUMMARY_S
        if now - self._summary_at >= pause:
            self._summary_at, self._summary_size = now, self.size
            self._read_summary()

    def _read_summary(self) -> None:
        summary = self._explorer.summary(self.run_id)
        # The clock alone is no change: the tab counts the seconds of a running run itself.
        compared = msgspec.structs.replace(summary, duration_s=None) if summary.status is RunStatus.RUNNING else summary
        if compared != self._compared:
            self._compared = compared
            self.message = '{"run":' + encode(summary).decode() + "}"
            self.version += 1
        if summary.status.is_terminal and summary.ended_at:
            self.size = _size(self._path)
            self._is_settled = True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
