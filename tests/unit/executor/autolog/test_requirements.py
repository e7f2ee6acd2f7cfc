"""Requirements of a logged model: the flavor's own list where it has one, MLflow's search only where it has none."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from jupyter_mlops.executor._autolog._requirements import use_known_requirements


@pytest.fixture
def searched() -> list[tuple[Any, ...]]:
    return []


@pytest.fixture
def mlflow_modules(searched: list[tuple[Any, ...]]) -> Iterator[dict[str, ModuleType]]:
    """A module that defines the search, two that have imported it by name, one with its own, one of somebody else."""

    def infer_pip_requirements(model_uri, flavor, fallback=None, timeout=None, extra_env_vars=None):
        searched.append((model_uri, flavor, fallback, timeout, extra_env_vars))
        return ["found==1"]

    modules = {name: ModuleType(name) for name in ("mlflow.story_env", "mlflow.story_a", "mlflow.story_b", "story_c")}
    for module in modules.values():
        module.infer_pip_requirements = infer_pip_requirements
    modules["mlflow.story_own"] = ModuleType("mlflow.story_own")
    modules["mlflow.story_own"].infer_pip_requirements = own = lambda *_: ["own"]
    own.__name__ = "infer_pip_requirements"
    sys.modules |= modules
    yield modules
    for name in modules:
        del sys.modules[name]


@pytest.fixture
def infer(mlflow_modules: dict[str, ModuleType]) -> Any:
    use_known_requirements(mlflow_modules["mlflow.story_env"])
    return mlflow_modules["mlflow.story_env"].infer_pip_requirements


def test_known_requirements_start_no_search_and_are_a_list_of_their_own(infer, searched):
    known = ["scikit-learn==1.5"]
    given = infer("runs:/1/model", "sklearn", known)
    given.append("mine")
    assert (given, known, searched) == (["scikit-learn==1.5", "mine"], ["scikit-learn==1.5"], [])


def test_they_may_be_given_by_name_and_may_be_empty(infer, searched):
    assert infer("m", flavor="pyfunc", fallback=[], timeout=3) == []
    assert searched == []


def test_a_flavor_without_any_is_searched_as_before(infer, searched):
    assert infer("m", "custom", None, 5, extra_env_vars={"A": "1"}) == ["found==1"]
    assert searched == [("m", "custom", None, 5, {"A": "1"})]


def test_modules_that_imported_the_search_by_name_get_it_and_others_are_left_alone(infer, mlflow_modules):
    inside = [mlflow_modules[name].infer_pip_requirements for name in ("mlflow.story_a", "mlflow.story_b")]
    assert inside == [infer, infer]
    assert mlflow_modules["mlflow.story_own"].infer_pip_requirements("m") == ["own"]
    assert mlflow_modules["story_c"].infer_pip_requirements is infer.__wrapped__
    assert infer.__name__ == "infer_pip_requirements"
