"""A trainer and its model know each other again after a trip: with a library made for the story, and the real one."""

import sys
import weakref
from types import ModuleType

import pytest

from jupyter_mlops.capture import dump_values, load_values

REFUSED = "it lives in one process only"


class Profiler:
    """As Lightning's: it knows the model by a weak reference."""

    def __init__(self):
        self._lightning_module = None
        self.told = [1]


class SimpleProfiler(Profiler):
    pass


class Strategy:
    def __init__(self, model):
        self._lightning_module = model


class Model:
    """As Lightning's: it leaves its trainer behind when it is packed."""

    trainer = property(lambda self: self._trainer, lambda self, trainer: setattr(self, "_trainer", trainer))

    def __init__(self):
        self._trainer = None

    def __getstate__(self):
        return {**vars(self), "_trainer": None}


class Trainer:
    def __init__(self):
        self.profiler, self.strategy = SimpleProfiler(), Strategy(None)

    def fit(self, model):
        self.strategy._lightning_module = model
        self.profiler._lightning_module = weakref.proxy(model)
        model.trainer = self


@pytest.fixture(params=["lightning", "pytorch_lightning"])
def library(request, monkeypatch):
    from jupyter_mlops.capture._reducers import _active

    # The tables of reducers are kept for the life of a process, and these are of another library of the same name.
    _active._reducers_of.cache_clear()
    package, module = ModuleType(request.param), ModuleType("lightning.pytorch")
    for made in (package, module):
        made.Trainer, made.profilers = Trainer, ModuleType("profilers")
        made.profilers.Profiler = Profiler
    monkeypatch.setitem(sys.modules, request.param, package)
    if request.param == "lightning":
        monkeypatch.setitem(sys.modules, "lightning.pytorch", module)
    yield
    _active._reducers_of.cache_clear()


def travelled(**values):
    pickled = dump_values(values, namespace={})
    assert pickled.refused == ()
    return load_values(pickled.stream, pickled.buffers, namespace={})


@pytest.mark.usefixtures("library")
def test_a_trainer_and_its_model_know_each_other_again():
    trainer, model = Trainer(), Model()
    trainer.fit(model)
    found = travelled(model=model, trainer=trainer)
    assert found["trainer"].strategy._lightning_module is found["model"]
    assert found["model"].trainer is found["trainer"]
    assert found["trainer"].profiler._lightning_module.trainer is found["trainer"]
    assert (type(found["trainer"].profiler), found["trainer"].profiler.told) == (SimpleProfiler, [1])
    assert model.trainer is trainer
    assert trainer.profiler._lightning_module.trainer is trainer


@pytest.mark.usefixtures("library")
def test_a_model_on_its_own_takes_no_training_along():
    trainer, model = Trainer(), Model()
    trainer.fit(model)
    assert travelled(model=model)["model"].trainer is None


@pytest.mark.usefixtures("library")
def test_a_trainer_that_has_trained_nothing_yet():
    trainer = travelled(trainer=Trainer())["trainer"]
    assert (trainer.strategy._lightning_module, trainer.profiler._lightning_module) == (None, None)


@pytest.mark.usefixtures("library")
def test_a_model_that_another_trainer_has_taken_over_stays_there():
    first, second, model = Trainer(), Trainer(), Model()
    first.fit(model)
    second.fit(model)
    found = travelled(first=first, second=second)
    assert found["first"].strategy._lightning_module.trainer is found["second"]
