"""The model registry of a home: what runs made, under names and numbers. It is MLflow's, whichever is configured.

Looking takes two seconds at most and imports no MLflow; changing goes through MLflow's client in a child process.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ...entities import ChangeModel, ModelVersion, RegisteredModel, RegisteredModels
from ...exceptions import RunNotFoundError, TrackingError, UsageError
from .._surroundings import tracking_uris
from ._lineage import ModelLineage, VersionRuns, lineage_of, run_of
from ._references import ModelReference, demand_alias, demand_name, demand_text
from ._shipping import ship
from ._source import source_of

if TYPE_CHECKING:
    from ...tracking import RegistryAddress
    from .._run import Run
    from .._service import RunService

LOOKING_S, FINDING_S = 2.0, 10.0
"""For a listing, and for what somebody has asked for by name; nobody waits longer."""


class ModelService:
    """Registers what runs made, and finds it again. Safe to share between threads.

    Parameters
    ----------
    runs : RunService
        The home whose registry is meant, unless the environment names another.
    address : RegistryAddress, optional
        The registry that is meant in any case.
    """

    def __init__(self, runs: RunService, address: RegistryAddress | None = None) -> None:
        self.runs = runs
        self._address = address

    @property
    def address(self) -> RegistryAddress:
        """The registry, as MLflow finds it: the registry's own address, else the tracking store's, else the home's."""
        return self._address or address_of(self.runs)

    def list(self, timeout_s: float = LOOKING_S) -> RegisteredModels:
        """Return the registered models, by name; `missing` says what could not be looked at.

        The newest version of each, and those with an alias, say what is known of their runs.
        """
        from ...tracking import registered_models

        found = registered_models(self.address, timeout_s)
        runs = VersionRuns(self.runs)
        return replace(found, models=tuple(runs.all_told(model, 1) for model in found.models))

    def find(self, reference: str, timeout_s: float = FINDING_S) -> ModelVersion:
        """Return the version that a reference means: `NAME` (the newest), `NAME/3`, `NAME@champion`.

        Nobody waits longer than `timeout_s` seconds.

        Raises
        ------
        ModelNotFoundError
            There is none.
        TrackingError
            The registry cannot be looked at.
        """
        return VersionRuns(self.runs).told(ModelReference.parse(reference).find(self._models(timeout_s))[1])

    def model(self, name: str) -> RegisteredModel:
        """Return a model with its versions.

        Raises
        ------
        ModelNotFoundError, TrackingError
            As `find`.
        """
        models = self._models()
        named = next((model for model in models if model.name == name), None)
        return VersionRuns(self.runs).all_told(named or ModelReference(demand_name(name)).find(models)[0])

    def lineage(self, reference: str) -> ModelLineage:
        """Return where a version came from: run, data, reports.

        Raises
        ------
        ModelNotFoundError, TrackingError
            As `find`.
        """
        model, version = ModelReference.parse(reference).find(self._models())
        return lineage_of(self.runs, model, VersionRuns(self.runs).told(version))

    def register(
        self,
        run: Run,
        name: str,
        *,
        description: str = "",
        aliases: Collection[str] = (),
        tags: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> ModelVersion:
        """Make what a run made a new version of a name. The run is shipped to its store first.

        Raises
        ------
        UsageError
            The run goes on, it has no model, or a name is none.
        TrackingError
            The store does not have the run in time, or the registry does not answer; the model is kept.
        """
        from ...tracking import ONNX_TAG, RUN_TAG, call_registry

        name, description = demand_name(name), demand_text(description)
        aliases = [demand_alias(alias) for alias in aliases]
        if not run.state.status.is_terminal:
            raise UsageError(f"Run {run.name} has not ended. Register it when it has.")
        service = self if self._address else ModelService(self.runs, address_of(self.runs, run))
        source = source_of(run)
        shipped = ship(run, source, **({} if timeout_s is None else {"timeout_s": timeout_s}))
        onnx = {ONNX_TAG: source.sha256} if source.sha256 else {}
        made = call_registry(
            # The store that has the run knows where its files lie; the registry may be another.
            service.address._replace(tracking_uri=shipped.tracking_uri),
            "register",
            name=name,
            source=f"models:/{shipped.model_ids[source.model_id]}" if source.model_id else source.folder,
            run_id=shipped.run_id,
            tags={**(tags or {}), RUN_TAG: run.id, **onnx},
            description=description,
            aliases=aliases,
        )
        return service.find(f"{name}/{made['version']}")

    def change(self, name: str, change: ChangeModel) -> RegisteredModel:
        """Set, move and remove aliases, and describe; return the model as it is then.

        Raises
        ------
        UsageError
            An alias, a version or a text is none; nothing was changed.
        TrackingError
            The registry does not answer.
        """
        model = self.model(name)
        for alias, version in change.aliases.items():
            demand_alias(alias)
            if version is not None:
                ModelReference(name, version).find([model])
            elif alias not in model.aliases:
                ModelReference(name, alias=alias).find([model])
        if change.description is not None:
            demand_text(change.description)
            if change.version is not None:
                ModelReference(name, change.version).find([model])
            self._call("describe", name=name, version=change.version, text=change.description)
        if change.aliases:
            self._call("alias", name=name, aliases=change.aliases)
        return self.model(name)

    def tag(self, reference: str, tags: Mapping[str, str | None]) -> ModelVersion:
        """Set tags of a version; None removes one.

        Raises
        ------
        UsageError
            A key is none that a registry takes.
        TrackingError
            The registry does not answer.
        """
        from ...tracking import RUN_TAG, check_key

        version = self.find(reference)
        for key, text in tags.items():
            try:
                check_key(key, "tag")
            except ValueError as error:
                raise UsageError(str(error)) from None
            if key == RUN_TAG:
                raise UsageError(f"{key} says which run the version came from; it stays.")
            if text is None and key not in version.tags:
                raise UsageError(f"{version.label} has no tag {key[:80]!r}.")
            demand_text(text or "")
        self._call("tag", name=version.name, version=version.version, tags=dict(tags))
        return self.find(version.label)

    def delete(self, reference: str) -> str:
        """Delete a version, or a model with all of its versions for a name alone; return what was deleted.

        The run, its files and its reports stay. Only after the user was asked.

        Raises
        ------
        ModelNotFoundError
            There is none.
        TrackingError
            The registry does not answer.
        """
        parsed = ModelReference.parse(reference)
        if parsed.version is None and not parsed.alias:
            name = self.model(parsed.name).name
            self._call("delete", name=name, version=None)
            return name
        version = self.find(reference)
        self._call("delete", name=version.name, version=version.version)
        return version.label

    def run_of(self, version: ModelVersion) -> Run:
        """Return the run that made a version.

        Raises
        ------
        RunNotFoundError
            It is none of this home.
        """
        run = run_of(self.runs, version)
        if run is None:
            raise RunNotFoundError(f"The run of {version.label} ({version.run_id[:8] or 'not named'}) is not here.")
        return run

    def _models(self, timeout_s: float = FINDING_S) -> tuple[RegisteredModel, ...]:
        """Return the models as the registry has them; raise where it cannot be looked at."""
        from ...tracking import registered_models

        found = registered_models(self.address, timeout_s)
        if found.missing:
            raise TrackingError(" ".join(found.missing))
        return found.models

    def _call(self, do: str, **details: Any) -> None:
        from ...tracking import call_registry

        call_registry(self.address, do, **details)


def address_of(runs: RunService, run: Run | None = None) -> RegistryAddress:
    """Return the registry that MLflow would take, here, or where a run was submitted if nothing is chosen here.

    Parameters
    ----------
    runs : RunService
        The home, whose own store is the last resort.
    run : Run, optional
        To be registered: a server knows no notebook's `mlflow.set_registry_uri`, but runs remember it.
    """
    from ...tracking import RegistryAddress, absolute_uri, home_store_uri

    tracking, registry = tracking_uris()
    cwd = Path.cwd()
    if run is not None and not (tracking or registry):
        tracking, registry, cwd = run.spec.tracking_uri, run.spec.registry_uri, Path(run.spec.cwd)
    tracking = absolute_uri(tracking, cwd) or home_store_uri(runs.home.path)
    return RegistryAddress(tracking, absolute_uri(registry, cwd) or registry_of(tracking))


def registry_of(tracking_uri: str) -> str:
    """Return the registry that belongs to a tracking store: on Databricks, Unity Catalog's."""
    word, *profile = tracking_uri.split("://", 1)
    return "://".join(["databricks-uc", *profile]) if word == "databricks" else tracking_uri
