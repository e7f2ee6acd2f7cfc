"""`mlops.runs`: the runs of this home, for scripts and cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..exceptions import UnknownReferenceError
from ._default import current_service
from ._edge import python_edge
from ._run import Run

if TYPE_CHECKING:
    from ._diff import RunDiff
    from ._listing import RunPage
    from ._reproduction import Reproduction
    from ._service import RunService


class Runs:
    """Every run of the home, newest first. Nothing is looked up before it is asked for.

    Parameters
    ----------
    service : RunService, optional
        The process's own unless given.

    Examples
    --------
    >>> model = runs["baseline"].result("model")
    >>> [run.name for run in runs.search("acc > 0.9 state:finished")]
    ['baseline']
    """

    def __init__(self, service: RunService | None = None) -> None:
        self._service = service

    @property
    def service(self) -> RunService:
        """The service that answers."""
        return self._service or current_service()

    @python_edge
    def __getitem__(self, reference: str) -> Run:
        """Return the run that a reference means; see `RunService.find`."""
        return self.service.find(reference)

    def __iter__(self) -> Iterator[Run]:
        return iter(self.service)

    def __len__(self) -> int:
        return sum(1 for _ in self.service)

    def __contains__(self, reference: object) -> bool:
        try:
            return isinstance(reference, Run) or bool(self.service.find(str(reference)))
        except UnknownReferenceError:
            return False

    @property
    @python_edge
    def last(self) -> Run:
        """The newest run."""
        return self.service.find("last")

    @python_edge
    def find(self, reference: str, experiment: str = "") -> Run:
        """Return the run that a reference means, within an experiment when one is named."""
        return self.service.find(reference, experiment)

    @python_edge
    def search(self, query: str = "", limit: int = 1000) -> RunPage:
        """Return the newest runs that fit a query such as `acc > 0.9 and lr < 0.1 state:finished`."""
        return self.service.list(query, limit)

    @python_edge
    def diff(self, a: str | Run, b: str | Run) -> RunDiff:
        """Return what differs between two runs."""
        return self.service.diff(a, b)

    @python_edge
    def reproduce(self, run: str | Run) -> Run:
        """Run a run's cell again on exactly its inputs."""
        return self.service.reproduce(run)

    @python_edge
    def compare(self, original: str | Run, again: str | Run) -> Reproduction:
        """Wait for both runs and tell which outputs and metrics are equal."""
        return self.service.compare_reproduction(original, again)

    def __repr__(self) -> str:
        return f"<Runs of {self.service.home.path}>"


runs = Runs()
"""The runs of this process's home."""
