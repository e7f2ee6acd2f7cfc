"""Which names a run hands on before its cell: what no call changes and nothing that it may change shares."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from runs import spec_of
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.executor._early_release import release_early
from jupyter_mlops.executor._inputs import RestoredInputs
from jupyter_mlops.home import Home, LifeLock, RunDirectory, Word, has_said

ARRAY, FRAME, TENSOR = np.arange(6.0), pd.DataFrame({"a": [1, 2]}), torch.arange(6.0)


@pytest.fixture
def run(tmp_path) -> RunDirectory:
    home = Home.create(tmp_path / ".mlops")
    run = home.run(home.new_run_id())
    run.create()
    return run


def release(run: RunDirectory, values: dict[str, Any], undecided: str = "Z", pending: str = "") -> frozenset[str]:
    pending = (*undecided.split(), *pending.split())
    spec = spec_of(run.run_id, pending=pending, undecided=tuple(undecided.split()))
    return release_early(run, spec, RestoredInputs(values))


@pytest.mark.parametrize("value", [ARRAY, FRAME, FRAME["a"], TENSOR, 3, "text", (ARRAY, FRAME), len, np])
def test_data_is_handed_on_and_said_so(run, value):
    assert release(run, {"Z": value}) == run.released() == {"Z"}


@pytest.mark.parametrize(
    "value", [LogisticRegression(), [1], {"a": 1}, SimpleNamespace(), ([],), torch.nn.Linear(1, 1)]
)
def test_what_has_a_state_is_kept(run, value):
    assert release(run, {"Z": value}) == run.released() == frozenset()
    assert not run.released_file.exists()


def test_only_undecided_names_are_handed_on(run):
    assert release(run, {"Z": ARRAY, "W": ARRAY + 1, "X": FRAME}, "Z", "W") == {"Z"}


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (ARRAY, ARRAY),
        (ARRAY, {"all": [ARRAY]}),
        (ARRAY[1:], ARRAY),
        (ARRAY[1:], ARRAY[:2]),
        ((ARRAY, 1), ARRAY),
        (TENSOR, TENSOR),
        (TENSOR[1:], [TENSOR]),
        (FRAME, SimpleNamespace(data=FRAME)),
        (ARRAY, lambda held=ARRAY: held),
        ((ARRAY,), [list(range(300)) for _ in range(30_000)]),
    ],
)
def test_what_is_shared_with_something_that_the_cell_may_change_is_kept(run, value, other):
    assert release(run, {"Z": value, "W": other}, pending="W") == frozenset()


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (ARRAY, ARRAY.copy()),
        (FRAME, FRAME.copy()),
        (TENSOR, TENSOR.clone()),
        (FRAME, LogisticRegression().fit([[0.0], [1.0]], [0, 1])),
        ((1, "a"), {"a": 1}),
    ],
)
def test_what_only_looks_alike_is_handed_on(run, value, other):
    assert release(run, {"Z": value, "W": other}, pending="W") == {"Z"}


def test_two_names_of_one_object_are_handed_on_together(run):
    assert release(run, {"Z": ARRAY, "W": ARRAY}, "Z W") == {"Z", "W"}


def test_a_run_that_cannot_say_it_keeps_the_name(run):
    full = SimpleNamespace(
        write=_no_room, released_file=run.released_file, executor_lock=run.executor_lock, run_id=run.run_id
    )
    assert release(full, {"Z": ARRAY}) == frozenset()


@pytest.mark.parametrize("values", [{"Z": ARRAY}, {"Z": [1]}])
def test_who_waits_for_a_release_hears_that_there_is_none_to_come(run, values):
    with LifeLock.acquire(run.executor_lock):
        release(run, values)
        assert has_said(run.executor_lock, Word.RELEASED)


def _no_room(*_args: object) -> None:
    raise HomeError("Cannot write released.json: No space left on device.")
