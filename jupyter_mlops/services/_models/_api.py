"""`mlops.models`: the model registry of this home, for scripts and cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...entities import ChangeModel, ModelVersion, RegisteredModel
from ...exceptions import UnknownReferenceError
from .._default import current_service
from .._edge import python_edge
from .._run import Run
from ._service import ModelService

if TYPE_CHECKING:
    from .._service import RunService
    from ._lineage import ModelLineage


class Models:
    """Every registered model, by name. Nothing is looked up before it is asked for.

    Parameters
    ----------
    service : RunService, optional
        The process's own unless given.

    Examples
    --------
    >>> version = models.register("best", "cancer", aliases=["champion"])
    >>> version.label, models["cancer@champion"].run_name
    ('cancer/1', 'wide')
    """

    def __init__(self, service: RunService | None = None) -> None:
        self._service = service

    @property
    def service(self) -> ModelService:
        """The service that answers."""
        return ModelService(self._service or current_service())

    @python_edge
    def register(
        self,
        run: str | Run,
        name: str,
        *,
        description: str = "",
        aliases: Collection[str] = (),
        tags: Mapping[str, str] | None = None,
        X: Any = None,
    ) -> ModelVersion:
        """Wait for a run, and make what it made a new version of a name.

        Parameters
        ----------
        run : str or Run
            A run or a reference to one.
        name : str
            Of the model; made where there is none.
        description, aliases, tags
            Of the version. An alias that means another version is moved.
        X : DataFrame, array or list of str, optional
            Real rows: a run that has neither logged a model nor was exported is exported now, compared on these.

        Raises
        ------
        UsageError
            The run has no model, or a word is none that a registry takes.
        TrackingError
            The registry or the run's store does not answer in time; the model is kept.
        """
        from .._bundles import exported

        service = self.service
        found = service.runs.find(run)
        found.wait()
        if X is not None:
            exported(service.runs, found, X)
        return service.register(found, name, description=description, aliases=aliases, tags=tags)

    @python_edge
    def __getitem__(self, reference: str) -> ModelVersion:
        """Return the version that a reference means: `NAME` (the newest), `NAME/3`, `NAME@champion`."""
        return self.service.find(reference)

    def __iter__(self) -> Iterator[RegisteredModel]:
        return iter(self.service.list().models)

    def __len__(self) -> int:
        return len(self.service.list().models)

    def __contains__(self, reference: object) -> bool:
        try:
            return bool(self.service.find(str(reference)))
        except UnknownReferenceError:
            return False

    @python_edge
    def lineage(self, reference: str) -> ModelLineage:
        """Return where a version came from: run, data, reports."""
        return self.service.lineage(reference)

    @python_edge
    def alias(self, reference: str, alias: str) -> RegisteredModel:
        """Let an alias mean a version; it moves when it meant another."""
        version = self.service.find(reference)
        return self.service.change(version.name, ChangeModel(aliases={alias: version.version}))

    @python_edge
    def unalias(self, name: str, alias: str) -> RegisteredModel:
        """Remove an alias; the version that it meant stays."""
        return self.service.change(name, ChangeModel(aliases={alias: None}))

    @python_edge
    def delete(self, reference: str) -> str:
        """Delete a version, or for a name alone the model with all of them. Runs and their files stay."""
        return self.service.delete(reference)

    def __repr__(self) -> str:
        return f"<Models of {self.service.runs.home.path}>"


models = Models()
"""The registered models of this process's home."""
