"""Settings that the notebook made in its own modules hold in the run as well; what else a module has is its own."""

import sys
from types import ModuleType

import numpy as np
import pytest

from jupyter_mlops.capture import ModuleState


@pytest.fixture
def module():
    """A module that is loaded in the run."""
    made = ModuleType("set_here")
    sys.modules["set_here"] = made
    yield made
    del sys.modules["set_here"]


def state_of(captured=(), **attributes):
    sender = ModuleType("set_here")
    vars(sender).update(attributes)
    return ModuleState.of({"set_here": sender}, captured)


def test_plain_data_is_set_where_it_differs(module):
    same = ["x"]
    module.SCALE, module.SAME, module.FILES = 2, same, ["a"]
    state_of(SCALE=77, SAME=["x"], FILES=["b"], NEW=None).apply()
    assert (module.SCALE, module.FILES, module.NEW) == (77, ["b"], None)
    assert module.SAME is same


def test_an_object_that_travels_under_a_name_is_the_same_object(module):
    limits, data = {"n": 1}, np.zeros(3)
    module.LIMITS, module.DATA = {"n": 1}, None
    state_of([limits, data], LIMITS=limits, DATA=data).apply()
    assert module.LIMITS is limits
    assert module.DATA is data


@pytest.mark.parametrize(
    "value",
    [np.zeros(3), len, ModuleType("x"), object(), list(range(5_000)), "x" * 20_000, {"a": [object()]}, int, lambda: 1],
)
def test_what_is_no_setting_stays(value):
    assert state_of(VALUE=value) is None


@pytest.mark.parametrize("value", [1, "x", None, 2.5, True, (1, [2, {"a": {3}}]), {"b": frozenset([b"x"])}])
def test_settings_travel(module, value):
    state_of(VALUE=value).apply()
    assert value == module.VALUE


def test_true_is_not_one(module):
    module.FLAG = 1
    state_of(FLAG=True).apply()
    assert module.FLAG is True


def test_what_python_keeps_in_a_module_is_not_touched():
    assert ModuleState.of({"m": ModuleType("m")}, ()) is None


def test_a_module_that_is_imported_later_is_set_then(tmp_path, monkeypatch):
    (tmp_path / "set_later.py").write_text("SCALE = 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    sender = ModuleType("set_later")
    sender.SCALE = 5
    ModuleState.of({"set_later": sender}, ()).apply()
    try:
        assert __import__("set_later").SCALE == 5
    finally:
        del sys.modules["set_later"]
