"""The use cases around runs: each method is one sentence of the product, for magics, command line, scripts and server.

Nothing here waits for a store, a network or another process, except where its name says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..entities import Origin, RunSpec
from ..exceptions import UnknownReferenceError
from ._commands import SubmitRun, TravelReport
from ._index import RunIndex
from ._main_metrics import MainMetrics
from ._references import References
from ._run import Run

if TYPE_CHECKING:
    from ..home import CollectionPlan, Home
    from ..launchers import Launcher, SubmittedRun
    from ._diff import RunDiff
    from ._listing import OtherRun, RunPage
    from ._reproduction import Reproduction

PAGE_SIZE = 20
"""Runs that a listing shows unless it is asked for more."""


class RunService:
    """Submits runs, finds them, compares and repeats them. Safe to share between threads.

    Parameters
    ----------
    home : Home
        Where runs live.
    launcher : Launcher
        Starts the runs that name no other.
    """

    def __init__(self, home: Home, launcher: Launcher) -> None:
        self.home = home
        self.launcher = launcher
        self.main_metrics = MainMetrics(home.path / "main_metrics.json")
        self._index = RunIndex(home, self._attach)

    @cached_property
    def _references(self) -> References:
        return References(self._index, self.main_metrics)

    def submit(self, command: SubmitRun) -> Run:
        """Turn a cell into a run and return its handle at once.

        Raises
        ------
        CannotTravelError
            Something that the cell reads cannot leave the kernel; nothing was written.
        SyntaxError
            The cell is not Python; the line numbers are the cell's.
        UsageError, HomeError, LaunchError
            Nothing was started, and nothing is left behind.
        """
        from ._submission import plan_submission, start_run

        launcher = self.launcher_named(command.launcher)
        plan = plan_submission(command, self.home, launcher.name)
        return self._index.add(start_run(plan, self.home, launcher), plan.pickled.values)

    def dry_run(self, command: SubmitRun) -> TravelReport:
        """Tell what a submission would do, without doing it."""
        from ._submission import report_travel

        self.launcher_named(command.launcher)
        return report_travel(command, self.home)

    def rerun(self, reference: str | Run, namespace: Mapping[str, object], **changes: Any) -> Run:
        """Submit the cell of a run again, with the same parameters and what the notebook's names hold now.

        Parameters
        ----------
        reference : str or Run
            The run to repeat.
        namespace : Mapping
            The notebook's names.
        **changes
            Fields of `SubmitRun` that are to differ, such as `pending`, `transform` or `history`.

        Raises
        ------
        UsageError
            The notebook has no longer what the cell reads; nothing was started. Also what `submit` raises.
        """
        from ._reruns import require_names

        command = dataclasses.replace(self.rerun_command(reference, namespace), **changes)
        require_names(self.find(reference), command)
        return self.submit(command)

    def rerun_command(self, reference: str | Run, namespace: Mapping[str, object]) -> SubmitRun:
        """Return what `rerun` would submit, so that a notebook can see what it promises."""
        run = self.find(reference)
        spec = run.spec
        return SubmitRun(
            source=run.cell,
            namespace=namespace,
            name=spec.name,
            experiment=spec.experiment,
            params=spec.params,
            tags=spec.tags,
            returns=spec.pending if spec.explicit_returns else None,
            launcher=spec.launcher,
            timeout_s=spec.timeout_s,
            autolog=spec.autolog,
            notebook=run.provenance.notebook,
            origin=Origin("rerun", run.id),
            export=spec.export,
        )

    def reproduce(self, reference: str | Run) -> Run:
        """Run a run's cell again on exactly its inputs: data, parameters, random states; return the new run's handle.

        Raises
        ------
        MissingObjectError
            The inputs were collected.
        """
        from ._reproduction import start_reproduction

        run = self.find(reference)
        return self.get(start_reproduction(run, self.home, self.launcher_named(run.spec.launcher)))

    def compare_reproduction(self, original: str | Run, again: str | Run) -> Reproduction:
        """Wait for both runs and tell which outputs and metrics are equal, to the bit or by how much not."""
        from ._reproduction import compare_runs

        return compare_runs(self.find(original), self.find(again))

    def reproduce_notebook(self, reference: str | Run, path: Path) -> Path:
        """Write a notebook that reproduces a run and return its path; refuse to replace a file."""
        from ._notebook import write_notebook

        return write_notebook(self.find(reference), path)

    def get(self, run_id: str) -> Run:
        """Return the handle of a run by its whole id, without looking whether it exists."""
        return self._index.get(run_id)

    def find(self, reference: str | Run, experiment: str = "") -> Run:
        """Return the run that a reference means; a handle means itself.

        Parameters
        ----------
        reference : str or Run
            An id or its unique beginning, a name, `last`, `last~2`, `best:METRIC`, `best:-METRIC`, `best`.
        experiment : str
            Look in this experiment only.

        Raises
        ------
        UnknownReferenceError
            No run fits, or several do.
        """
        return reference if isinstance(reference, Run) else self._references.find(reference, experiment)

    def find_own(self, reference: str | Run) -> Run:
        """Return the run of ours that a reference means, as `find` does.

        Raises
        ------
        UnknownReferenceError
            No run fits, or several do; of another tool's run the message says what can be seen of it.
        """
        found = self.find_any(reference)
        if isinstance(found, Run):
            return found
        other = found.run
        raise UnknownReferenceError(
            f"{other.name or other.id[:8]} was made by another tool: what it ran, printed and returned is not here. "
            f"%runs show {other.id[:8]} tells what its store knows."
        )

    def find_any(self, reference: str | Run) -> Run | OtherRun:
        """Return the run that a reference means, of another tool where it means none of ours.

        Raises
        ------
        UnknownReferenceError
            No run fits, or several do; the tracking store is asked for at most two seconds.
        """
        from ._listing import find_other

        if isinstance(reference, Run):
            return reference
        try:
            return self.find(reference)
        except UnknownReferenceError as unknown:
            return find_other(self.others, reference, unknown)

    def __iter__(self) -> Iterator[Run]:
        """Yield every run, newest first."""
        return iter(self._index)

    def list(self, query: str = "", limit: int = PAGE_SIZE, *, foreign: bool = False) -> RunPage:
        """Return the newest runs that fit a query.

        Parameters
        ----------
        query : str
            In the language of `_query.py`.
        limit : int
            At most so many.
        foreign : bool
            Also ask the tracking store, for at most 2 s, for runs of other tools; the page says what is missing then.
        """
        from ._listing import list_runs

        return list_runs(self._index, query, limit, self.home if foreign else None)

    def others(self) -> RunPage:
        """Return the newest runs of other tools in the tracking store, which is asked for at most two seconds."""
        from ._listing import list_others

        return list_others(self._index, self.home)

    def diff(self, a: str | Run, b: str | Run) -> RunDiff:
        """Compare two runs; only what differs is in the answer."""
        from ._diff import diff_runs

        return diff_runs(self.find_own(a), self.find_own(b))

    def set_main_metric(self, metric: str, experiment: str = "") -> str:
        """Set what `best` means in an experiment (default: the newest run's); return the experiment's name."""
        where = experiment or self.find("last").experiment
        self.main_metrics.set(where, metric)
        return where

    def plan_collection(self, quota_bytes: int | None = None) -> CollectionPlan:
        """Tell what a collection would free."""
        from ..home import plan_collection

        return plan_collection(self.home, quota_bytes)

    def collect(self, plan: CollectionPlan) -> CollectionPlan:
        """Free what a plan lists, except what has come to be needed since; return what was freed."""
        from ..home import collect

        return collect(plan)

    def trust(self, reference: str | Run) -> tuple[str, ...]:
        """Sign a run's inputs and outputs as this user's own; only after the user was asked. Return what is signed now.

        Raises
        ------
        UntrustedManifestError
            A stream does not belong to its manifest: nobody can vouch for it.
        """
        return self.find(reference).directory.trust()

    def launcher_named(self, name: str) -> Launcher:
        """Return a launcher; the service's own for an empty name.

        Raises
        ------
        LauncherNotFoundError
            None of that name is installed.
        """
        if not name or name == self.launcher.name:
            return self.launcher
        from ..launchers import load_launcher

        return load_launcher(name, self.home)

    def _attach(self, spec: RunSpec) -> SubmittedRun:
        return self.launcher_named(spec.launcher).attach(spec.run_id)
