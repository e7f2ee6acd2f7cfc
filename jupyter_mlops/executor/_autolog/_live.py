"""Autologging of trainings that MLflow watches while they run: Keras, Lightning, XGBoost, LightGBM.

A cell that trains nothing never imports MLflow: its patches come with the first call that they are for. What they do
after a training is parked (`_parking`).
"""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ...tracking import when_imported
from .._deferred import attempt
from ._parking import parking

_TRAININGS = frozenset({"fit", "fit_transform", "fit_predict", "train"})
_PARKED_FLAVORS = frozenset({"keras", "xgboost", "lightgbm"})
"""Lightning's patch leaves hooks in the model until its work afterwards is done: that is not for parking."""


@dataclass(frozen=True)
class _Library:
    """Where a library's trainings begin, and MLflow's flavor for it.

    Parameters
    ----------
    flavor : str
        In `mlflow`.
    module : str
        Its import makes the library usable.
    doors : tuple of str
        Functions and methods in the module: the first call of one brings MLflow's patches.
    patching : tuple of str
        MLflow's modules that place the patches.
    """

    flavor: str
    module: str
    doors: tuple[str, ...]
    patching: tuple[str, ...] = ()
    aliases: frozenset[str] = frozenset()


_LIBRARIES = (
    _Library(
        "keras", "keras.src.models.model", ("Model.fit",), ("mlflow.keras.autologging",), frozenset({"tensorflow"})
    ),
    _Library("xgboost", "xgboost", ("train", "DMatrix.__init__"), ("mlflow.xgboost", "mlflow.sklearn")),
    _Library("lightgbm", "lightgbm", ("train", "Dataset.__init__"), ("mlflow.lightgbm", "mlflow.sklearn")),
    _Library("pytorch", "lightning.pytorch.trainer.trainer", ("Trainer.fit",), ("mlflow.pytorch",)),
    _Library("pytorch", "pytorch_lightning.trainer.trainer", ("Trainer.fit",), ("mlflow.pytorch",)),
)
_STORE = f"{__name__.partition('.')[0]}.tracking._store._spooling"
"""Where MLflow's calls arrive in a run; it is of no use without MLflow."""

FLAVORS = frozenset(library.flavor for library in _LIBRARIES).union(*(library.aliases for library in _LIBRARIES))


def modules_for_autologging(loaded: Collection[str]) -> tuple[str, ...]:
    """Return the modules of MLflow that autologging will ask for where these modules are loaded.

    A warm parent holds them, so that the first training of a run does not import them. scikit-learn's fits ask for
    nothing, and a fork that holds MLflow starts some milliseconds later.
    """
    found = dict.fromkeys(name for library in _LIBRARIES if library.module in loaded for name in library.patching)
    return (*found, _STORE) if found else ()


class LiveAutologging:
    """Brings MLflow's patches to the libraries that a cell trains with.

    Parameters
    ----------
    flavors : collection of str
        Those to autolog.
    """

    def __init__(self, flavors: Collection[str]) -> None:
        self._libraries = [library for library in _LIBRARIES if {library.flavor, *library.aliases} & {*flavors}]
        self._doors: dict[str, list[Callable[[], None]]] = {}
        self._pid = os.getpid()

    def install(self) -> None:
        """Prepare the libraries that are loaded, and the others when they come."""
        for library in self._libraries:
            when_imported(library.module, functools.partial(self._place_doors, library))
            for name in library.patching:
                when_imported(name, _park_trainings)
            when_imported(f"mlflow.{library.flavor}", functools.partial(self._take_over, library.flavor))

    def bring(self, package: str) -> bool:
        """Bring the patches for a package; return whether they were not there before."""
        if package not in self._doors or os.getpid() != self._pid:
            return False
        # Whatever keeps MLflow from watching, the training goes on.
        if not attempt(functools.partial(_watch, package), f"{package} is not autologged"):
            self._remove_doors(package)
        return True

    def _take_over(self, flavor: str, module: ModuleType) -> None:
        """Have the cell's own `mlflow.<flavor>.autolog(...)` make ours superfluous."""
        autolog = vars(module)["autolog"]

        @functools.wraps(autolog)
        def choose(*args: Any, **options: Any) -> Any:
            self._remove_doors(flavor)
            return autolog(*args, **options)

        vars(module)["autolog"] = choose

    def _place_doors(self, library: _Library, module: ModuleType) -> None:
        doors = self._doors.setdefault(library.flavor, [])
        for door in library.doors:
            holder, _, name = door.rpartition(".")
            doors.append(self._place_door(library.flavor, getattr(module, holder) if holder else module, name))

    def _place_door(self, flavor: str, owner: Any, name: str) -> Callable[[], None]:
        """Put a function in the place of another that brings MLflow's patches first; return what undoes it."""
        function = getattr(owner, name)
        is_inherited = name not in vars(owner)

        @functools.wraps(function)
        def door(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return getattr(owner, name)(*args, **kwargs) if self.bring(flavor) else function(*args, **kwargs)

        def remove() -> None:
            if vars(owner).get(name) is door:
                delattr(owner, name) if is_inherited else setattr(owner, name, function)

        setattr(owner, name, door)
        return remove

    def _remove_doors(self, flavor: str) -> None:
        for remove in self._doors.pop(flavor, ()):
            remove()


def _watch(package: str) -> None:
    """Let MLflow autolog a package."""
    importlib.import_module(f"mlflow.{package}").autolog(silent=True)


def _park_trainings(module: ModuleType) -> None:
    """Have a module of MLflow place its patches of trainings so that they are parked."""
    safe_patch = module.safe_patch

    @functools.wraps(safe_patch)
    def place(
        integration: str,
        destination: Any,
        name: str,
        patch: Callable[..., Any],
        manage_run: bool = False,
        extra_tags: dict[str, str] | None = None,
    ) -> None:
        if integration not in _PARKED_FLAVORS or name not in _TRAININGS:
            safe_patch(integration, destination, name, patch, manage_run=manage_run, extra_tags=extra_tags)
            return
        from mlflow.utils.autologging_utils import safety

        if manage_run:
            # The run that MLflow starts for a training lasts as long as its patch, so it is parked with it.
            tags = safety._resolve_extra_tags(integration, extra_tags)
            patch = safety.with_managed_run(integration, patch, tags=tags)
        safe_patch(integration, destination, name, parking(patch, goes_on=integration == "keras"))

    vars(module)["safe_patch"] = place
