"""The last word before anything is written: all that a cell reads travels, or the user is told why not."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from jupyter_mlops.capture import AmbientState, analyse_cell, load_values, pick_values
from jupyter_mlops.capture._travel import _figure
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


def test_f40_an_output_that_cannot_travel_is_told_with_the_line_that_reads_them_all():
    names = analyse_cell("n = 1\nfor value in Out.values(): print(value)", str)
    with pytest.raises(CannotTravelError) as refused:
        pick_values({"_7": threading.Lock()}, line_of=names.line_of)
    assert str(refused.value) == (
        "_7 is a _thread.lock, read in line 2: for value in Out.values(): print(value). "
        "It lives in one process only; name the outputs that the cell needs, such as Out[3]."
    )


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


@pytest.mark.parametrize(
    ("size", "figure"),
    [
        (0, "0 B"),
        (5, "5 B"),
        (999, "999 B"),
        (1000, "1000 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (1023 << 10, "1023 KiB"),
        ((1 << 20) - 1, "1 MiB"),
        (1000 << 20, "1000 MiB"),
        (3 << 29, "1.5 GiB"),
        (5000 << 30, "5000 GiB"),
    ],
)
def test_figures_are_those_that_people_write(size, figure):
    assert _figure(size) == figure


def test_f40_of_many_values_the_largest_are_named():
    values = {f"a{i}": bytes(1000 * i) for i in range(1, 9)}
    with pytest.raises(CannotTravelError) as refused:
        pick_values(values, limit_bytes=20_000)
    told = str(refused.value)
    assert [name for name in values if f"{name} (" in told] == ["a4", "a5", "a6", "a7", "a8"]
    assert told.index("a8 (bytes, 7.8") < told.index("a7 (bytes") < told.index("a4 (bytes")


def test_a_limit_is_what_may_travel():
    size = len(pick_values({"n": b"x" * 100}).stream)
    assert load_values(pick_values({"n": b"x" * 100}, limit_bytes=size).stream) == {"n": b"x" * 100}
    with pytest.raises(CannotTravelError, match=rf"would take {size} B along, and the limit is {size - 1} B"):
        pick_values({"n": b"x" * 100}, limit_bytes=size - 1)


def test_f40_a_name_that_no_line_reads_is_told_without_a_line():
    with pytest.raises(CannotTravelError) as refused:
        pick_values({"rows": (row for row in "ab")}, line_of=lambda name: None)
    assert str(refused.value) == (
        "rows is a generator. It lives in one process only; "
        "use a list, or call the function that makes it inside the cell."
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
