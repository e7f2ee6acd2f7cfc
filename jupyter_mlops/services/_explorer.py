"""What the server asks about single runs of the homes that it shows: look, change, stop, delete."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from ..entities import ArtifactPage, ChangeRun, Comparison, RunDetail, RunReports, RunSummary
from ..exceptions import RunNotFoundError
from ._artifacts import list_artifacts
from ._comparison import compare_details, demand_few
from ._deletion import delete_run
from ._detail import read_detail
from ._displays import DisplayPage, read_display_page
from ._homes import Homes
from ._log import LogPart
from ._log_search import LogMatches, search_log
from ._notebook import write_notebook_below
from ._reports._summaries import summarise_reports
from ._run import Run
from ._stored_runs import StoredRuns
from ._summary import SummaryReader
from ._user_changes import change_run

_MOST_READERS = 512


class RunExplorer:
    """Reads and changes single runs, whichever home has them. Safe to share between threads; every call may block.

    Parameters
    ----------
    homes : Homes
        The homes that are shown.
    stored : StoredRuns
        The runs that have no directory in them.
    """

    def __init__(self, homes: Homes, stored: StoredRuns) -> None:
        self.homes = homes
        self._stored = stored
        self._readers: OrderedDict[str, SummaryReader] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, run_id: str) -> Run:
        """Return the handle of a run.

        Raises
        ------
        RunNotFoundError
            No home has it; one that only a store has has no directory.
        """
        found = self._find(run_id)
        if found is None:
            raise RunNotFoundError(
                f"{self._stored.summary(run_id).name} was made by another tool: its code, log and files are not here. "
                "It can be looked at, compared, tagged, archived and deleted here; stop or repeat it there."
            )
        return found[1]

    def summary(self, run_id: str) -> RunSummary:
        """Return a run as a row of the table."""
        return self.reader(run_id).read()

    def detail(self, run_id: str) -> RunDetail:
        """Return what the run view shows: all of a run with a directory, of another tool's what its store has."""
        try:
            reader = self.reader(run_id)
        except RunNotFoundError:
            return self._stored.detail(run_id)
        return read_detail(reader.run, reader.read())

    def change(self, run_id: str, change: ChangeRun) -> RunSummary:
        """Change what a user may change of a run; of another tool's in its store."""
        found = self._find(run_id)
        if found is None:
            return self._stored.change(run_id, change)
        change_run(found[1], change)
        return self.summary(run_id)

    def stop(self, run_id: str) -> RunSummary:
        """Ask a run to end; harmless when it has ended."""
        self.run(run_id).stop()
        return self.summary(run_id)

    def delete(self, run_id: str) -> None:
        """Delete a run that has ended, or another tool's from its store."""
        found = self._find(run_id)
        if found is None:
            self._stored.delete(run_id)
            return
        home_id, run = found
        delete_run(run, self.homes.service(home_id).home)
        with self._lock:
            self._readers.pop(run_id, None)

    def write_notebook(self, run_id: str, path: str) -> str:
        """Write a notebook that reproduces a run, below the server's root; return its path there."""
        return write_notebook_below(self.homes.root, path, self.run(run_id))

    def displays(self, run_id: str, start: int) -> DisplayPage:
        """Return what a run displayed, from an event on."""
        run = self.run(run_id)
        return read_display_page(run.directory, start)

    def artifacts(self, run_id: str, path: str) -> ArtifactPage:
        """Return what a folder of a run's artifacts holds."""
        return list_artifacts(self.run(run_id), path)

    def compare(self, run_ids: Sequence[str]) -> Comparison:
        """Return runs side by side."""
        details = [self.detail(run_id) for run_id in demand_few(run_ids)]
        return compare_details(details, [self.reports(run_id) for run_id in run_ids])

    def reports(self, run_id: str) -> RunReports:
        """Return what a run keeps of reports; another tool's keeps none here."""
        try:
            run = self.run(run_id)
        except RunNotFoundError:
            return RunReports(run_id=run_id)
        return summarise_reports(run)

    def log_part(self, run_id: str, start: int, limit: int) -> LogPart:
        """Return bytes of a run's log."""
        return self.run(run_id).output.part(start, limit)

    def search_log(self, run_id: str, text: str, start: int) -> LogMatches:
        """Return lines of a run's log that hold a text."""
        return search_log(self.run(run_id).output, text, start)

    def reader(self, run_id: str) -> SummaryReader:
        """Return what reads a run's summary; those asked last are kept, and read only what is new.

        Raises
        ------
        RunNotFoundError
            No home has the run, or has it any more.
        """
        home_id, run = self.homes.find(run_id)
        with self._lock:
            reader = self._readers.pop(run_id, None)
            if reader is None or reader.run != run:
                reader = SummaryReader(run, home_id, self.homes.service(home_id).main_metrics)
            self._readers[run_id] = reader
            while len(self._readers) > _MOST_READERS:
                self._readers.popitem(last=False)
        return reader

    def _find(self, run_id: str) -> tuple[str, Run] | None:
        """Return a run with a directory, and its home's id; None for one that only a store has.

        Raises
        ------
        RunNotFoundError
            Nobody has it.
        """
        try:
            return self.homes.find(run_id)
        except RunNotFoundError as unknown:
            try:
                self._stored.summary(run_id)
            except RunNotFoundError:
                raise unknown from None
        return None
