"""The runs of a home, newest first, each handle made once: what a run was asked never changes, nor how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..entities import RunSpec, ValueRef
from ._run import Run

if TYPE_CHECKING:
    from ..home import Home
    from ..launchers import SubmittedRun

_MOST_HANDLES = 20_000


class RunIndex:
    """Finds handles by id and in order. Looking reads only the directories that were not seen before."""

    def __init__(self, home: Home, attach: Callable[[RunSpec], SubmittedRun]) -> None:
        self._home = home
        self._attach = attach
        self._known: dict[str, Run] = {}

    def get(self, run_id: str) -> Run:
        """Return the handle of a run, whether or not its directory exists."""
        run = self._known.get(run_id)
        if run is None:
            run = Run(self._home, run_id, self._attach)
            if len(self._known) >= _MOST_HANDLES:
                self._known.clear()
            self._known[run_id] = run
        return run

    def add(self, run_id: str, captured: tuple[ValueRef, ...]) -> Run:
        """Return the handle of a run that was submitted just now, with what it takes along."""
        run = self._known[run_id] = Run(self._home, run_id, self._attach, captured)
        return run

    def __contains__(self, run_id: str) -> bool:
        return self.get(run_id).exists

    def __iter__(self) -> Iterator[Run]:
        """Yield every run, newest first; a directory without a readable spec is a submission that never was."""
        for run_id in self._home.run_ids():
            run = self.get(run_id)
            if run.exists:
                yield run

    def ids(self) -> tuple[str, ...]:
        """Return the ids of every directory, newest first, without opening one."""
        return tuple(self._home.run_ids())
