"""The last word before anything is written: all that a cell reads travels, or the user is told why not."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from jupyter_mlops.capture import AmbientState, analyse_cell, load_values, pick_values
from jupyter_mlops.exceptions import CannotTravelError


def test_f40_every_name_that_cannot_travel_is_named_with_its_line():
    cell = "import x\nmodel.fit(X)\nfor row in rows:\n    print(row)\n"
    values = {
        "X": [1],
        "model": SimpleNamespace(lock=threading.Lock()),
        "rows": (row for row in "ab"),
    }
    with pytest.raises(CannotTravelError) as refused:
        pick_values(values, line_of=analyse_cell(cell, lambda text: text).line_of)
    assert str(refused.value).splitlines() == [
        "model (at model.lock) is a _thread.lock, read in line 2: model.fit(X). "
        "It lives in one process only; make it inside the cell.",
        "rows is a generator, read in line 3: for row in rows:. "
        "It lives in one process only; use a list, or call the function that makes it inside the cell.",
    ]


def test_f40_a_huge_value_is_refused_with_the_figures(tmp_path):
    # Sparse: three gigabytes that take no memory and no disk.
    huge = np.memmap(tmp_path / "huge", dtype="u1", mode="w+", shape=(3 << 30,))[:]
    values = {"huge": np.asarray(huge), "n": 1}
    with pytest.raises(CannotTravelError) as refused:
        pick_values(values, limit_bytes=1 << 30)
    assert str(refused.value) == (
        "The cell would take 3 GiB along, and the limit is 1 GiB: huge (numpy.ndarray, 3 GiB), n (int, 5 B). "
        "Read less of it, load it inside the cell, or set JUPYTER_MLOPS_CAPTURE_LIMIT_BYTES."
    )


def test_what_is_within_the_limit_travels_with_the_state_around_it():
    pickled = pick_values({"n": 1}, limit_bytes=1 << 20, ambient=AmbientState.capture())
    assert load_values(pickled.stream) == {"n": 1}


@pytest.mark.torch
def test_a_step_of_an_autograd_graph_is_refused_as_input():
    torch = pytest.importorskip("torch")
    features = torch.ones(2, requires_grad=True) * 2
    with pytest.raises(CannotTravelError, match=r"features is a torch.Tensor.*autograd graph; pass features.detach"):
        pick_values({"features": features})
