"""A handle of one run: who it is, how it stands, what it printed, logged and returned.

The handle is an identity and a way to the files; everything is read when it is asked for, so a handle is never out of
date and the process that made the run need not be the one that reads it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from ..entities import CellError, Environment, GitState, Provenance, RunSpec, RunState, RunStatus, ValueRef
from ..exceptions import HomeError, RunFailedError, RunNotFoundError
from ._displays import Display, read_displays
from ._edge import python_edge
from ._log import RunLog
from ._names import clean_name

if TYPE_CHECKING:
    from ..home import Home, RunDirectory
    from ..launchers import SubmittedRun

Value = TypeVar("Value")

_POLL_FIRST_S, _POLL_RESULT_S, _POLL_MOST_S = 0.001, 0.01, 0.05
_POLL_SHARE = 0.02
"""Of the time that has passed: so much later than the run, at most, is its end seen."""

RESULT = "result"
"""What the value that a function returns is called among the results of its run."""


class Run:
    """One tracked execution of a cell.

    Two handles of one run are equal. A handle is safe to share between threads.

    Parameters
    ----------
    home : Home
        Where the run lives.
    run_id : str
        32 hex digits.
    attach : callable
        Return the launcher's handle of a run, to stop it.
    captured : tuple of ValueRef
        What travels, as far as the submission has just told.
    """

    def __init__(
        self,
        home: Home,
        run_id: str,
        attach: Callable[[RunSpec], SubmittedRun],
        captured: tuple[ValueRef, ...] = (),
    ) -> None:
        self._home = home
        self._id = run_id
        self._attach = attach
        self._captured = captured
        self._since = time.monotonic()
        self._ended: RunState | None = None
        self._logged: dict[str, dict[str, Any]] = {}

    @property
    def id(self) -> str:
        """32 hex digits, the run's key for ever."""
        return self._id

    @cached_property
    def directory(self) -> RunDirectory:
        """The run's files."""
        return self._home.run(self._id)

    @cached_property
    def spec(self) -> RunSpec:
        """What was asked."""
        return self.directory.spec()

    @property
    def name(self) -> str:
        """The name, safe to show; not unique."""
        return clean_name(self.directory.user().name or self.spec.name)

    @property
    def experiment(self) -> str:
        """The experiment's name, safe to show."""
        return clean_name(self.spec.experiment)

    @property
    def cell(self) -> str:
        """The cell as typed."""
        return self.directory.cell()

    @property
    def state(self) -> RunState:
        """How the run stands now; true whatever died."""
        if self._ended is None:
            state = self.directory.state()
            # Without a witness the verdict may still change: a slow start looks like "never started".
            if not (state.status.is_terminal and state.ended_at):
                return state
            self._ended = state
        return self._ended

    @property
    def status(self) -> RunStatus:
        """SCHEDULED, RUNNING, FINISHED, FAILED or KILLED."""
        return self.state.status

    @property
    def is_lost(self) -> bool:
        """Whether the run ended without a witness."""
        return self.state.is_lost

    @property
    def error(self) -> CellError | None:
        """The exception that ended the cell, when one did."""
        result = self.directory.result()
        return result.error if result else self.state.error

    def wait(self, timeout_s: float | None = None) -> RunState:
        """Wait for the end and return the state then; after `timeout_s` seconds the state as it is.

        Interrupting the wait never touches the run.
        """
        self._wait_until(lambda: self.state.status.is_terminal, timeout_s, _POLL_MOST_S)
        return self.state

    def wait_delivery(self, timeout_s: float | None = None, names: Collection[str] = ()) -> bool:
        """Wait until the results are there, or never will be; the process may still be going. False when time is up.

        Where `names` are given, it is enough that the run has released all of them early.
        """
        looked_at = -math.inf

        def is_there() -> bool:
            nonlocal looked_at
            if self.directory.result_file.exists() or (names and self.directory.released().issuperset(names)):
                return True
            # Who waits for results wants them at once; that there will be none may be told a moment later.
            if time.monotonic() - looked_at < _POLL_MOST_S:
                return False
            looked_at = time.monotonic()
            return self.state.status.is_terminal

        return self._wait_until(is_there, timeout_s, _POLL_RESULT_S)

    def _wait_until(self, is_true: Callable[[], bool], timeout_s: float | None, longest_s: float) -> bool:
        """Look again and again, so that an interrupt always comes through; False when time is up."""
        deadline = math.inf if timeout_s is None else time.monotonic() + timeout_s
        while not is_true():
            now = time.monotonic()
            if now >= deadline:
                return False
            time.sleep(min(pause_s(now - self._since, longest_s), deadline - now))
        return True

    @python_edge
    def stop(self) -> RunState:
        """Stop the run: SIGINT, then SIGTERM, then SIGKILL. Return its state; harmless when it has ended."""
        if not self.state.status.is_terminal:
            self._attach(self.spec).stop()
        return self.state

    @property
    def output(self) -> RunLog:
        """The log by byte offset."""
        return RunLog(self.directory)

    def log(self, tail: int | None = None) -> str:
        """Return what the run has printed, or the last `tail` lines of it."""
        return self.output.text(tail)

    def follow(self, offset: int = 0) -> Iterator[str]:
        """Yield what the run prints from byte `offset` on, until it has ended."""
        return self.output.follow(lambda: self.state.status.is_terminal, offset)

    def displays(self) -> tuple[Display, ...]:
        """Return the display events, oldest first: figures, tables, HTML, the last expression."""
        return read_displays(self.directory)

    @property
    def metrics(self) -> dict[str, float]:
        """Last value of each metric."""
        from ..tracking import last_values

        return self._read_once("metrics", last_values)

    def metric_history(self, key: str) -> tuple[Any, ...]:
        """Return every point of a metric, in the order of logging."""
        from ..tracking import read_metrics

        return tuple(read_metrics(self.directory).get(key, ()))

    @property
    def lost_points(self) -> int:
        """How many points of metrics found no room on a full disk."""
        from ..tracking import lost_points

        return lost_points(self.directory)

    @property
    def params(self) -> dict[str, str]:
        """Parameters as text: `-p`, and what the cell logged."""
        from ..tracking import read_params

        return self._read_once("params", read_params)

    @property
    def tags(self) -> dict[str, str]:
        """Tags: `-t`, what the cell set, and what the user has changed since."""
        from ..tracking import read_tags

        return self.directory.user().tagged(self._read_once("tags", read_tags))

    def _read_once(self, what: str, read: Callable[[RunDirectory], dict[str, Value]]) -> dict[str, Value]:
        """Return what a run logged; what an ended run logged never changes again and is read once."""
        if what in self._logged:
            return dict(self._logged[what])
        has_ended = self.state.status.is_terminal and self._ended is not None
        values = read(self.directory)
        if has_ended:
            self._logged[what] = values
        return dict(values)

    @property
    def provenance(self) -> Provenance:
        """Notebook, upstream cells, data fingerprints and seeds."""
        return self.directory.provenance()

    @property
    def environment(self) -> Environment | None:
        """Packages and machine; None until the run has delivered."""
        return self.directory.read(Environment, self.directory.environment_file)

    @property
    def git(self) -> GitState | None:
        """Commit and patch; None outside a repository and until the run has started."""
        return self.directory.read(GitState, self.directory.git_file)

    @python_edge
    def result(self, name: str = RESULT) -> Any:
        """Wait for the run and return one of its results; by default what the function of `train` returned.

        Raises
        ------
        RunFailedError
            The run failed or was stopped, or this name could not come back.
        UntrustedManifestError
            The results were not written by this user; nothing is unpickled.
        """
        return self.results((name,))[name]

    @property
    def captured(self) -> tuple[ValueRef, ...]:
        """What the run took along; empty while large inputs are still being stored and another process submitted it.

        Raises
        ------
        UntrustedManifestError
            The inputs were not written by this user.
        """
        if not self._captured:
            manifest = self.directory.inputs()
            self._captured = manifest.values if manifest else ()
        return tuple(value for value in self._captured if not value.name.startswith("__"))

    @python_edge
    def results(self, names: tuple[str, ...] | None = None, *, held: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Wait for the run and return its results; names that were one object are one object.

        Parameters
        ----------
        names : tuple of str, optional
            Only these; by default everything that came back or was released unchanged.
        held : Mapping, optional
            Objects that the caller still has for names that the run captured: what the run left alone comes back as
            these very objects.

        Raises
        ------
        RunFailedError, NotRebuiltError
            The run failed or was stopped, or a name in `names` could not come back, or not be built again here.
        UntrustedManifestError
            The results were not written by this user; nothing is unpickled.
        """
        from ._results import load_results

        self.wait_delivery()
        self.raise_failure()
        return load_results(self._home, self._id, names, held)

    def raise_failure(self) -> None:
        """Raise `RunFailedError` when the run ended badly: the error in one line, its cell line, where the log is."""
        result = self.directory.result()
        if result is not None and result.status is RunStatus.FINISHED:
            return
        state = self.state
        if state.status is RunStatus.FINISHED:
            return
        if not state.status.is_terminal:
            # result.json of a failed cell is there before its process has gone
            state = self.wait()
        raise RunFailedError(_failure(self.name, state, self.error))

    def keep(self) -> None:
        """Keep the run from being collected."""
        self.directory.keep_file.touch(mode=0o600)

    def unkeep(self) -> None:
        """Let the run be collected again."""
        self.directory.keep_file.unlink(missing_ok=True)

    @property
    def exists(self) -> bool:
        """Whether the run's directory is there and says what was asked."""
        if "spec" in self.__dict__:
            return self.directory.spec_file.exists()
        try:
            return bool(self.spec)
        except (HomeError, RunNotFoundError, OSError):
            return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and (other._id, other._home.path) == (self._id, self._home.path)

    def __hash__(self) -> int:
        return hash(self._id)

    def __repr__(self) -> str:
        return f"<Run {self.name} {self._id[:8]} {self.status.value}>"


def _failure(name: str, state: RunState, error: CellError | None) -> str:
    see = f"See %runs logs {name}."
    if error is None or state.status is RunStatus.KILLED:
        return f"Run {name} is {state.status.value}: {state.reason or 'no reason known'}. {see}"
    said = f"Run {name} failed: {error.headline}"
    return f"{said}{'' if said.endswith(('.', '?', '!')) else '.'} {see}"


def pause_s(age_s: float, longest_s: float) -> float:
    """Return how long to sleep between two looks at a run whose handle is so old: it was mostly made with the run."""
    return min(max(_POLL_FIRST_S, _POLL_SHARE * age_s), longest_s)
