"""What the server tells of registered models: those of every home that it shows, each registry once."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from ...entities import ChangeModel, ModelVersion, RegisteredModel, RegisteredModels, RegisterModel, encode
from ...exceptions import ModelNotFoundError
from ...tracking import RegistryAddress, registered_models, sqlite_path
from .._homes import Homes
from .._names import clean_text
from ._lineage import VersionRuns
from ._service import LOOKING_S, ModelService, registry_of

MOST_MODELS, MOST_VERSIONS = 200, 20
"""Of an answer, and of one model in it; versions with an alias are always among them."""

MOST_REGISTRIES = 5
"""That the runs of one home may add: each costs up to two seconds when it does not answer."""

REMOTE_EVERY_S = 60.0
"""Between two looks at a registry that is no local file."""

_LONGEST = 1_000


class ModelExplorer:
    """Reads and changes the registries of the homes that a server shows. Safe to share between threads; may block.

    Parameters
    ----------
    homes : Homes
        The homes that are shown.
    stores : callable, optional
        Return the addresses of tracking stores that a home's runs name, by the home's id.
    """

    def __init__(self, homes: Homes, stores: Callable[[str], Iterable[str]] = lambda _home_id: ()) -> None:
        self.homes = homes
        self._stores = stores
        self._runs: dict[str, VersionRuns] = {}
        self._remote: dict[str, tuple[float, RegisteredModels]] = {}
        self._lock = threading.Lock()

    def list(self, mark: str = "") -> RegisteredModels:
        """Return the models of all registries, by name; nothing is repeated where the asker's mark is still true."""
        found = [(home_id, service, self._look(service)) for home_id, service in self._services()]
        models = [
            (replace(model, home_id=home_id), service) for home_id, service, page in found for model in page.models
        ]
        models.sort(key=lambda each: each[0].name)
        told = RegisteredModels(
            models=tuple(self._told(service, model) for model, service in models[:MOST_MODELS]),
            total=sum(page.total for _home, _service, page in found),
            missing=tuple(words for _home, _service, page in found for words in page.missing),
        )
        now = hashlib.blake2b(encode(told), digest_size=16).hexdigest()
        if mark and mark == now:
            return RegisteredModels(total=told.total, mark=now, unchanged=True)
        return replace(told, mark=now)

    def register(self, wish: RegisterModel) -> ModelVersion:
        """Make what a run made a new version of a name, in its home's registry.

        Raises
        ------
        RunNotFoundError
            No home has the run.
        UsageError, TrackingError
            As `ModelService.register`.
        """
        home_id, run = self.homes.find(wish.run_id)
        service = ModelService(self.homes.service(home_id))
        made = service.register(run, wish.name, description=wish.description, aliases=wish.aliases)
        self._forget()
        return made

    def change(self, model_id: str, change: ChangeModel) -> RegisteredModel:
        """Change aliases and words of a model; return it as it is then.

        Raises
        ------
        ModelNotFoundError
            No registry here has it.
        UsageError, TrackingError
            As `ModelService.change`.
        """
        home_id, service, model = self._find(model_id)
        self._forget()
        return self._told(service, replace(service.change(model.name, change), home_id=home_id))

    def delete(self, model_id: str, version: int | None) -> None:
        """Delete a version of a model, or the model with all of them. Only after the user was asked.

        Raises
        ------
        ModelNotFoundError
            No registry here has it.
        TrackingError
            As `ModelService.delete`.
        """
        _, service, model = self._find(model_id)
        self._forget()
        service.delete(model.name if version is None else f"{model.name}/{version}")

    def _find(self, model_id: str) -> tuple[str, ModelService, RegisteredModel]:
        for home_id, service in self._services():
            for model in self._look(service).models:
                if model.model_id == model_id:
                    return home_id, service, model
        raise ModelNotFoundError("No such model is registered here. Look again.")

    def _told(self, service: ModelService, model: RegisteredModel) -> RegisteredModel:
        """Return a model as it travels, with what is known of its runs."""
        with self._lock:
            runs = self._runs.setdefault(model.home_id, VersionRuns(service.runs))
        return runs.all_told(_shown(model))

    def _look(self, service: ModelService) -> RegisteredModels:
        """Return what a registry holds; of one that is no local file, what it held a minute ago."""
        uri = service.address.registry_uri
        if sqlite_path(uri) is not None:
            return registered_models(service.address, LOOKING_S)
        with self._lock:
            at, known = self._remote.get(uri, (-math.inf, RegisteredModels()))
        if time.monotonic() - at < REMOTE_EVERY_S:
            return known
        found = registered_models(service.address, LOOKING_S)
        with self._lock:
            self._remote[uri] = (time.monotonic(), found)
        return found

    def _forget(self) -> None:
        with self._lock:
            self._remote.clear()

    def _services(self) -> Iterator[tuple[str, ModelService]]:
        """Yield a home of each registry: the home's, and those that its runs were tracked beside."""
        seen: set[str] = set()
        for home_id, runs in self.homes:
            services = [ModelService(runs)]
            named = [uri for uri in self._stores(home_id) if uri]
            services += [ModelService(runs, RegistryAddress(uri, registry_of(uri))) for uri in named[:MOST_REGISTRIES]]
            for service in services:
                uri = service.address.registry_uri
                if uri not in seen:
                    seen.add(uri)
                    yield home_id, service


def _shown(model: RegisteredModel) -> RegisteredModel:
    """Return a model as it travels: fewer versions, shorter texts, no tags."""
    kept = [each for place, each in enumerate(model.versions) if place < MOST_VERSIONS or each.aliases]
    versions = tuple(replace(each, description=_text(each.description), tags={}) for each in kept)
    return replace(model, description=_text(model.description), tags={}, versions=versions)


def _text(text: str) -> str:
    return clean_text(text[:_LONGEST])
