"""Stand-ins for methods and functions of libraries, in what is loaded and in what comes later."""

import functools
import inspect
import pickle
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from jupyter_mlops.executor._autolog._patches import EstimatorPatches, patch_functions


class Available:
    """As scikit-learn's: a method that instances have or not."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        self.fn = fn

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return functools.partial(self.fn, instance)


@pytest.fixture
def library() -> Iterator[ModuleType]:
    module = ModuleType("patchable.base")
    source = """
class BaseEstimator:
    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
    def get_params(self):
        return {}
class Mixin:
    def score(self):
        return "score"
class Model(Mixin, BaseEstimator):
    def fit(self, X):
        return ("fit", X)
    predict = Available(lambda self: "predicted")
def metric(y):
    return ("metric", y)
__all__ = ["metric", "Model"]
"""
    vars(module)["Available"] = Available
    sys.modules |= {"patchable": ModuleType("patchable"), module.__name__: module}
    exec(source, vars(module))
    yield module
    del sys.modules["patchable"], sys.modules[module.__name__]


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def watching(seen: list[str]) -> Callable[..., Any]:
    def watching(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            seen.append(name)
            return function(*args, **kwargs)

        return call

    return watching


def patch(library: ModuleType, watching: Callable[..., Any], packages: tuple[str, ...] = ("patchable",)) -> None:
    EstimatorPatches(packages, ("fit", "predict", "score"), watching).apply(library)


def test_methods_are_watched_where_they_are_defined_each_once(library, watching, seen):
    patch(library, watching)
    model = library.Model()

    assert (model.fit(1), model.predict(), model.score()) == (("fit", 1), "predicted", "score")
    assert seen == ["fit", "predict", "score"]


def test_classes_that_come_later_are_watched_as_well(library, watching, seen):
    patch(library, watching)

    exec("class Later(BaseEstimator):\n    def fit(self):\n        return 'later'", vars(library))

    assert library.Later().fit() == "later"
    assert seen == ["fit"]


def test_a_notebooks_own_class_is_watched_in_what_it_inherits_only(library, watching, seen):
    patch(library, watching)

    class Own(library.Model):
        def fit(self, X):
            return super().fit(X)

        def predict(self):
            return "own"

    assert (Own().fit(2), Own().predict()) == (("fit", 2), "own")
    assert seen == ["fit"]


def test_other_packages_are_left_alone(library, watching, seen):
    patch(library, watching, packages=("another",))

    assert library.Model().fit(1) == ("fit", 1)
    assert seen == []


def test_a_watched_method_looks_as_before(library, watching):
    before = inspect.signature(library.Model.fit)
    patch(library, watching)

    assert (inspect.signature(library.Model.fit), library.Model.fit.__name__) == (before, "fit")
    assert type(pickle.loads(pickle.dumps(library.Model()))) is library.Model


def test_functions_are_found_where_they_are_defined_too(library, watching, seen):
    front = ModuleType("patchable")
    front.metric = library.metric

    patch_functions(front, ["metric", "absent", "Model"], watching)

    assert front.metric is library.metric
    assert front.metric(3) == ("metric", 3)
    assert seen == ["metric"]
    assert pickle.loads(pickle.dumps(library.metric)) is library.metric
