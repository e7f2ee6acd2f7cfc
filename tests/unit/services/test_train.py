"""`mlops.train` and `mlops.runs`: functions and texts become runs without a notebook."""

import functools
import sys

import numpy as np
import pytest

from jupyter_mlops import runs, train
from jupyter_mlops.entities import Param
from jupyter_mlops.exceptions import UnknownReferenceError, UsageError
from jupyter_mlops.services import Runs, use_service

pytestmark = pytest.mark.usefixtures("current")


def fit(X, C=1.0, name=""):
    return X.sum() * C


def test_a_function_becomes_a_cell_that_calls_it():
    run = train(fit, X=np.ones(3), C=0.5, experiment="digits", tags={"team": "blue"}, timeout_s=9.0)

    spec = run.spec
    assert run.cell == "result = _fit(X=_X, C=0.5)"
    assert (spec.name, spec.experiment, spec.tags, spec.timeout_s) == ("fit", "digits", {"team": "blue"}, 9.0)
    assert (spec.params, spec.pending) == ((Param("C", "0.5"),), ("result",))
    assert {value.name for value in run.captured} == {"_fit", "_X"}


@pytest.mark.parametrize(
    ("function", "cell", "name"),
    [
        (lambda: 1, "result = _function()", "function"),
        (functools.partial(fit, C=2), "result = _partial()", "partial"),
        (len, "result = _len()", "len"),
    ],
)
def test_any_callable_has_a_name(function, cell, name):
    run = train(function)

    assert (run.cell, run.name) == (cell, name)


def test_a_function_of_main_keeps_its_name(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "fit", fit, raising=False)

    assert train(fit, name="best").cell == "result = fit()"


def test_a_text_is_a_cell_that_sees_parameters_and_main(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "offset", 2, raising=False)

    run = train(
        """
        y = X + offset + C
        """,
        name="text",
        X=np.ones(3),
        C=1,
    )

    assert (run.cell.strip(), run.name, run.spec.pending) == ("y = X + offset + C", "text", ("y",))
    assert run.spec.params == (Param("C", "1"),)
    assert {value.name for value in run.captured} == {"X", "offset"}


def test_what_is_neither_function_nor_text_is_refused():
    with pytest.raises(UsageError, match=r"train\(\) takes a function or the text of a cell, not int"):
        train(5)


def test_runs_are_found_listed_and_counted(service):
    first, second = train("x = 1", name="one"), train("x = 2", name="two")

    assert list(runs) == [second, first]
    assert (len(runs), runs.last, runs["one"], runs.find(first.id[:8])) == (2, second, first, first)
    assert ("one" in runs, "three" in runs, first in runs) == (True, False, True)
    assert runs.search("name:one").runs == (first,)
    assert runs.diff("one", "two").cell.endswith("-x = 1\n+x = 2")
    assert repr(runs) == f"<Runs of {service.home.path}>"
    with pytest.raises(UnknownReferenceError):
        runs["three"]


def test_runs_of_another_home_are_another_object(service):
    assert Runs(service).service is service


def test_the_home_of_the_working_directory_is_used_when_none_was_chosen(tmp_path, monkeypatch):
    use_service(None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_MLOPS_HOME", str(tmp_path / "chosen"))

    assert runs.service.home.path == tmp_path / "chosen"
    assert runs.service is runs.service
