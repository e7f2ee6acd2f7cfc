"""The Python API as a script meets it: an error shows the caller's line, one frame of ours, and a sentence."""

import traceback
from pathlib import Path

import pytest

from jupyter_mlops import fairness, train
from jupyter_mlops.exceptions import MlopsError, RunFailedError, UnknownReferenceError, UsageError
from jupyter_mlops.services import Runs

pytestmark = pytest.mark.usefixtures("current")


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda runs: runs["nope"], UnknownReferenceError),
        (lambda runs: runs.find("nope"), UnknownReferenceError),
        (lambda runs: runs.last, UnknownReferenceError),
        (lambda runs: runs.search("acc >"), UsageError),
        (lambda runs: runs.diff("a", "b"), UnknownReferenceError),
        (lambda runs: runs.reproduce("a"), UnknownReferenceError),
        (lambda runs: runs.compare("a", "b"), UnknownReferenceError),
        (lambda runs: train(3), UsageError),
        (lambda runs: train("  "), UsageError),
        (lambda runs: train("model = = 1"), SyntaxError),
        (lambda runs: fairness("nope", sensitive="sex"), MlopsError),
    ],
)
def test_an_error_comes_from_the_callers_line(call, kind, service):
    with pytest.raises(kind) as raised:
        call(Runs(service))

    frames = [Path(frame.filename).name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert frames == ["test_edge.py", "test_edge.py", "_edge.py"]
    assert raised.value.__suppress_context__


def test_a_result_that_is_not_there_is_told_in_one_sentence(make_run):
    run = make_run("base")

    with pytest.raises(RunFailedError) as raised:
        run.result("nope")

    frames = [Path(frame.filename).name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert frames == ["test_edge.py", "_edge.py"]


def test_other_errors_keep_their_way(service):
    with pytest.raises(AttributeError) as raised:
        Runs(service).find(3)

    assert [Path(frame.filename).name for frame in traceback.extract_tb(raised.value.__traceback__)][
        -1
    ] == "_references.py"
