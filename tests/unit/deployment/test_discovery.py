"""Targets by name, and what is said of those that are not there."""

from importlib.metadata import EntryPoint

import pytest

from jupyter_mlops.deployment import _discovery, load_target, target_names
from jupyter_mlops.exceptions import UsageError


@pytest.fixture
def installed(monkeypatch):
    def install(**points):
        made = {name: EntryPoint(name, value, _discovery.GROUP) for name, value in points.items()}
        monkeypatch.setattr(_discovery, "installed", lambda group: made)

    return install


def test_our_targets_are_known_by_their_names():
    for name in target_names():
        assert load_target(name).name == name


def test_an_unknown_target_is_told_with_those_that_are_known():
    with pytest.raises(UsageError, match=r"No target is called 'heroku'\. Known: .*mlflow.*triton; and local"):
        load_target("heroku")


def test_an_installed_target_comes_before_ours(installed):
    installed(triton="collections:OrderedDict", mine="collections:OrderedDict")

    assert type(load_target("triton")).__name__ == "OrderedDict"
    assert "mine" in target_names()


def test_a_target_that_cannot_be_loaded_is_named(installed):
    installed(broken="no_such_module:Target")

    with pytest.raises(UsageError, match=r"The target 'broken' of a package cannot be loaded: ModuleNotFoundError"):
        load_target("broken")
