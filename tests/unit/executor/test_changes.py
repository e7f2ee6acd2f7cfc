"""Which inputs count as changed: by content, for whatever size, and without reading what nobody wrote."""

import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_mlops.capture import dump_values, load_values
from jupyter_mlops.executor._changes import Baseline, _address, _is_unwritten
from jupyter_mlops.executor._inputs import RestoredInputs
from jupyter_mlops.home import ObjectStore

LARGE = 400_000
"""Numbers of 8 bytes: beyond the size from which the system is asked which pages were written."""


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    (tmp_path / "objects").mkdir()
    return ObjectStore(tmp_path / "objects")


@pytest.fixture
def restore(store: ObjectStore) -> Callable[..., RestoredInputs]:
    """Return values as a run has them: unpickled, large buffers mapped from the store."""

    def restored(**values: Any) -> RestoredInputs:
        pickled = dump_values(values, namespace={})
        mapped = tuple((store.map(ref), ref) for ref in map(store.put, pickled.buffers))
        loaded = load_values(pickled.stream, [view for view, _ in mapped], namespace={})
        return RestoredInputs(loaded, frozenset(loaded), mapped)

    return restored


def frame(rows: int) -> Any:
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame({"a": np.arange(float(rows)), "b": np.arange(rows), "c": [f"row {i}" for i in range(rows)]})


def change_item(value: Any) -> None:
    value[len(value) // 2] = -1


def change_frame(value: Any) -> None:
    value.loc[3, "a"] = -1.0


CHANGES = [
    pytest.param(lambda: {"a": [1, 2]}, lambda value: value["a"].append(3), id="dict"),
    pytest.param(lambda: [1, [2]], lambda value: value[1].append(3), id="list"),
    pytest.param(lambda: {"a", "b"}, lambda value: value.add("c"), id="set"),
    pytest.param(lambda: random.Random(1), lambda value: value.random(), id="random"),
    pytest.param(lambda: np.random.default_rng(1), lambda value: value.random(), id="generator"),
    pytest.param(lambda: np.arange(10), change_item, id="small array"),
    pytest.param(lambda: np.arange(20_000.0), change_item, id="middle array"),
    pytest.param(lambda: np.arange(float(LARGE)), change_item, id="large array"),
    pytest.param(lambda: [np.arange(float(LARGE)), {}], lambda value: change_item(value[0]), id="array in a list"),
    pytest.param(lambda: frame(10), change_frame, id="small frame"),
    pytest.param(lambda: frame(LARGE), change_frame, id="large frame"),
]


@pytest.mark.parametrize(("make", "change"), CHANGES)
def test_a_value_is_unchanged_until_it_is_changed(restore, make, change):
    inputs = restore(value=make())
    baseline = Baseline(inputs, ["value"])
    assert baseline.is_unchanged("value")

    change(inputs.values["value"])

    assert not baseline.is_unchanged("value")


def test_reading_everything_changes_nothing(restore):
    inputs = restore(table=frame(LARGE), data=np.arange(float(LARGE)))
    baseline = Baseline(inputs, ["table", "data"])

    assert inputs.values["data"].sum() + inputs.values["table"]["a"].sum() > 0

    assert baseline.is_unchanged("table")
    assert baseline.is_unchanged("data")


def test_a_value_that_was_changed_and_put_back_is_unchanged(restore):
    inputs = restore(data=np.arange(float(LARGE)))
    baseline = Baseline(inputs, ["data"])

    inputs.values["data"][5] = math.pi
    inputs.values["data"][5] = 5.0

    assert baseline.is_unchanged("data")


def test_an_estimator_that_was_fitted_is_changed(restore):
    linear_model = pytest.importorskip("sklearn.linear_model")
    inputs = restore(model=linear_model.LinearRegression(), other=linear_model.LinearRegression())
    baseline = Baseline(inputs, ["model", "other"])

    inputs.values["model"].fit([[0.0], [1.0]], [0.0, 1.0])

    assert (baseline.is_unchanged("model"), baseline.is_unchanged("other")) == (False, True)


@pytest.mark.torch
def test_torch_parameters_are_compared_by_content(restore):
    torch = pytest.importorskip("torch")
    inputs = restore(layer=torch.nn.Linear(1000, 1000), other=torch.nn.Linear(1000, 1000))
    baseline = Baseline(inputs, ["layer", "other"])

    with torch.no_grad():
        inputs.values["layer"].weight[0, 0] += 1

    assert (baseline.is_unchanged("layer"), baseline.is_unchanged("other")) == (False, True)


def test_what_cannot_change_needs_no_comparison(restore):
    inputs = restore(number=1, text="a", module=math)

    baseline = Baseline(inputs, [])

    assert all(map(baseline.is_unchanged, ("number", "text", "module")))


def test_a_value_that_was_not_compared_counts_as_changed(restore):
    assert not Baseline(restore(rows=[1]), []).is_unchanged("rows")


def test_a_value_that_cannot_be_pickled_any_more_counts_as_changed(restore):
    inputs = restore(rows=[1])
    baseline = Baseline(inputs, ["rows"])

    inputs.values["rows"].append(i for i in range(3))

    assert not baseline.is_unchanged("rows")


@pytest.mark.parametrize("written", [0, 4096, LARGE * 4 + 1, LARGE * 8 - 1])
def test_the_system_tells_which_mappings_were_written(store, written):
    data = np.zeros(LARGE)
    view = store.map(store.put(data))
    place = _address(view), view.nbytes

    assert bytes(view[:4096]) == bytes(4096)
    before = _is_unwritten(*place)
    view[written] = 1

    assert (before, _is_unwritten(*place)) == (True, False)


def test_memory_that_never_was_a_files_counts_as_written():
    data = np.ones(LARGE)
    assert not _is_unwritten(data.ctypes.data, data.nbytes)
