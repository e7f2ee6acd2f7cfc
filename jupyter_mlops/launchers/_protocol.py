"""What every place to run must offer; `jupyter_mlops.testing.LauncherContract` tests it."""

from __future__ import annotations

from typing import Protocol

from ..entities import RunSpec, RunState


class SubmittedRun(Protocol):
    """A handle on a run: it owns nothing, so dropping it changes nothing. Safe to share between threads."""

    @property
    def run_id(self) -> str:
        """The run's id."""
        ...

    def state(self) -> RunState:
        """Return how the run stands now. Never blocks on the network longer than a second."""
        ...

    def wait(self, timeout_s: float | None = None) -> RunState:
        """Wait for the end of the run and return its state; the last known state when the time is up first.

        Interrupting the wait never touches the run.
        """
        ...

    def stop(self) -> None:
        """Ask for the run to end, soon and orderly; do nothing when it has ended. Does not wait for the end."""
        ...


class Launcher(Protocol):
    """Starts runs somewhere. Safe to share between threads; what it started outlives it, and its process.

    A run is started at most once, whoever is killed meanwhile: a run whose start was interrupted ends as FAILED.
    """

    @property
    def name(self) -> str:
        """What `--on` says: the name of its entry point."""
        ...

    def submit(self, spec: RunSpec) -> SubmittedRun:
        """Start the run whose directory is filled, or queue it.

        Returns in milliseconds: inputs that are still being written, runs that feed it and its turn are waited for
        elsewhere.

        Raises
        ------
        LaunchError
            It cannot be started here; nothing was.
        """
        ...

    def attach(self, run_id: str) -> SubmittedRun:
        """Return the handle of a run started earlier, by any process.

        Raises
        ------
        RunNotFoundError
            There is none.
        """
        ...
