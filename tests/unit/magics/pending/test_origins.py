"""Which run made a value, known as long as the value lives; what a word on a line means in the notebook."""

import gc
from types import SimpleNamespace

import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.magics._named_values import near_name, value_named
from jupyter_mlops.magics._pending._origins import Origins


class Model:
    """Something that can be referred to weakly."""


def test_a_value_is_known_under_any_name():
    model, origins = Model(), Origins()
    origins.note("a" * 32, {"model": model})
    best = model

    assert origins.run_id(best) == "a" * 32
    assert origins.run_id(Model()) == ""


def test_the_latest_run_that_gave_a_value_counts():
    model, origins = Model(), Origins()
    origins.note("a" * 32, {"model": model})
    origins.note("b" * 32, {"model": model})

    assert origins.run_id(model) == "b" * 32


def test_nothing_is_kept_alive_and_a_new_value_at_the_same_place_is_a_new_value():
    origins = Origins()
    model = Model()
    origins.note("a" * 32, {"model": model})
    del model
    gc.collect()

    assert origins.run_id(Model()) == ""
    assert vars(origins)["_known"] == {}


@pytest.mark.parametrize("value", [3, "text", [1], (1,), {"a": 1}, None, 2.5])
def test_what_cannot_be_referred_to_weakly_is_not_remembered(value):
    origins = Origins()
    origins.note("a" * 32, {"value": value})

    assert origins.run_id(value) == ""


def test_a_delivery_and_a_load_are_noted(notebook, run_named):
    model = Model()
    run = notebook.submit(run_named("wide").finish(model=model), names="model", cell="model = fit()")
    notebook.run("model")

    assert notebook.pending.deliveries.origins.run_id(notebook["model"]) == run.id


NAMES = {"model": SimpleNamespace(best=SimpleNamespace(depth=3)), "X_test": 1, "_hidden": 2}


@pytest.mark.parametrize(
    ("name", "value"), [("X_test", 1), ("model.best.depth", 3), ("model", NAMES["model"]), ("_hidden", 2)]
)
def test_a_name_means_its_value(name, value):
    assert value_named(name, NAMES) is value


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("modle", "modle is not defined here. Did you mean model[?]"),
        ("qqq", "qqq is not defined here.$"),
        ("X_tset.shape", "X_tset is not defined here. Did you mean X_test[?]"),
        ("model.worst", "model.worst: SimpleNamespace has no worst"),
    ],
)
def test_a_name_that_means_nothing_is_told(name, message):
    with pytest.raises(UsageError, match=message):
        value_named(name, NAMES)


def test_what_begins_with_an_underscore_is_never_meant():
    assert near_name("_hiden", NAMES) == ""
