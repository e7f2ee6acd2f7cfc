"""Puts functions in the place of a library's own, in the classes that there are and in those to come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable
from types import FunctionType, ModuleType
from typing import Any

Watching = Callable[[str, Callable[..., Any]], Callable[..., Any]]
"""Name of a function and the function to the one that is to stand in for it."""

_PREPARATION = (
    "sklearn.preprocessing.",
    "sklearn.impute.",
    "sklearn.feature_extraction.",
    "sklearn.feature_selection.",
    "sklearn.compose._column_transformer.",
)
"""Estimators that prepare data. MLflow logs them as parts of a pipeline only."""


class EstimatorPatches:
    """Stand-ins for methods of scikit-learn's estimators.

    Parameters
    ----------
    packages : collection of str
        Whose estimators, by the top-level name.
    methods : iterable of str
        Their names.
    watching : callable
        Makes the stand-ins.
    """

    def __init__(self, packages: Collection[str], methods: Iterable[str], watching: Watching) -> None:
        self._packages = packages
        self._methods = tuple(methods)
        self._watching = watching
        self._placed: set[int] = set()

    def apply(self, base: ModuleType) -> None:
        """Patch every estimator that is loaded, and every one that will be.

        Parameters
        ----------
        base : module
            `sklearn.base`.
        """
        root = base.BaseEstimator
        inherited = root.__init_subclass__.__func__

        def __init_subclass__(cls: type, /, **options: Any) -> None:
            inherited(cls, **options)
            self._adopt(cls)

        root.__init_subclass__ = classmethod(__init_subclass__)
        waiting = [root]
        while waiting:
            kind = waiting.pop()
            self._adopt(kind)
            waiting += kind.__subclasses__()

    def _adopt(self, kind: type) -> None:
        """Patch the methods of one class where they are defined: often in a mixin."""
        if kind.__module__.partition(".")[0] not in self._packages or f"{kind.__module__}.".startswith(_PREPARATION):
            return
        for name in self._methods:
            owner = next((owner for owner in kind.__mro__ if name in vars(owner)), None)
            if owner is None or owner.__module__.partition(".")[0] not in self._packages:
                continue
            method = vars(owner)[name]
            if isinstance(method, FunctionType):
                if id(method) not in self._placed:
                    self._place(owner, name, method)
            # A method that some instances do not have: scikit-learn's descriptor holds it.
            elif isinstance(getattr(method, "fn", None), FunctionType) and id(method.fn) not in self._placed:
                self._place(method, "fn", method.fn, name)

    def _place(self, owner: Any, attribute: str, method: FunctionType, name: str = "") -> None:
        stand_in = self._watching(name or attribute, method)
        self._placed.add(id(stand_in))
        setattr(owner, attribute, stand_in)


def patch_functions(module: ModuleType, names: Iterable[str], watching: Watching) -> None:
    """Patch functions of a module, here and where they are defined, so that earlier imports by reference find them."""
    for name in names:
        function = getattr(module, name, None)
        if not isinstance(function, FunctionType):
            continue
        stand_in = watching(name, function)
        for place in (module, sys.modules.get(function.__module__)):
            if place is not None and vars(place).get(name) is function:
                setattr(place, name, stand_in)
