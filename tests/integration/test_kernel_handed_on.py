"""Runs that share what an earlier run makes go side by side, in a real kernel: none waits for another's end."""

from collections.abc import Iterator

import pytest
from kernels import GATE, KernelNotebook, until

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(tmp_path_factory.mktemp("notebook"), JUPYTER_MLOPS_SLOTS="4")
    assert notebook.run(GATE.format(folder=str(notebook.folder)) + "\nimport numpy as np").ok
    yield notebook
    notebook.close()


@pytest.fixture
def notebook(kernel: KernelNotebook) -> KernelNotebook:
    """One kernel for the module; every story uses names of its own."""
    return kernel


def status(notebook: KernelNotebook, *names: str) -> list[str]:
    return [notebook.directory(name).state().status.value for name in names]


def test_two_runs_that_read_the_same_pending_name_overlap(notebook):
    notebook.run("%%train features\ngate('features')\nZ = np.arange(4.0)")
    notebook.run("%%train linear\ntotal = float(np.sum(Z))\ngate('linear')")
    notebook.run("%%train neighbours\nlargest = float(np.max(Z))\ngate('neighbours')")
    assert status(notebook, "linear", "neighbours") == ["SCHEDULED", "SCHEDULED"]
    notebook.release("features")
    until(lambda: status(notebook, "linear", "neighbours") == ["RUNNING", "RUNNING"])
    # The kernel, too, gets the name from the run that made it: both readers are still in their gates.
    assert notebook.run("float(Z[3])").value == "3.0"
    assert status(notebook, "linear", "neighbours") == ["RUNNING", "RUNNING"]
    notebook.release("neighbours")
    assert notebook.run("largest").value == "3.0"
    assert status(notebook, "linear") == ["RUNNING"]
    notebook.release("linear")
    assert notebook.run("total, Z.tolist()").value == "(6.0, [0.0, 1.0, 2.0, 3.0])"


def test_what_the_middle_run_may_change_is_waited_for(notebook):
    notebook.run("def extend(items):\n    items.append(2)")
    notebook.run("%%train makes\nshared = [1]")
    notebook.run("%%train extends\nextend(shared)\ngate('extends')")
    notebook.run("%%train counts\nn = len(shared)")
    notebook.until_running("extends")
    assert status(notebook, "counts") == ["SCHEDULED"]
    notebook.release("extends")
    assert notebook.run("n, shared").value == "(2, [1, 2])"


def test_stopping_the_middle_run_after_its_release_keeps_nobody_from_the_name(notebook):
    notebook.run("%%train origin\nbase = np.ones(2)")
    notebook.run("%%train middle\nunused = float(np.sum(base))\ngate('never opened')")
    notebook.run("%%train reader\ntwice = (2 * base).tolist()\ngate('reader')")
    notebook.until_running("reader")
    notebook.run("%runs stop middle")
    notebook.release("reader")
    assert notebook.run("twice, base.tolist()").value == "([2.0, 2.0], [1.0, 1.0])"
    assert "Run middle is KILLED: stopped by user" in notebook.run("unused").error
    assert notebook.until_ended("reader") == "FINISHED"
    again = notebook.run("%runs reproduce reader")
    assert again.ok, again.error


def test_an_array_that_a_notebook_function_fills_is_waited_for(notebook):
    notebook.run("def fill(a):\n    a[:] = 1\narr = np.zeros(3)")
    notebook.run("%%train fills\nfill(arr)\ngate('fills')")
    notebook.until_running("fills")
    reading = notebook.begin("arr.tolist()")
    notebook.until_shown(reading, "waiting for arr from fills")
    notebook.release("fills")
    assert notebook.finish(reading).value == "[1.0, 1.0, 1.0]"


def test_an_assignment_that_is_not_reached_leaves_a_later_run_what_was_there(notebook):
    notebook.run("level = 1\nflag = False")
    notebook.run("%%train unreached\nif flag:\n    level = 2")
    notebook.run("%%train reads_level\nseen = level + 10")
    assert notebook.run("seen, level").value == "(11, 1)"
    notebook.run("flag = True")
    notebook.run("%%train reached\nif flag:\n    level = 2")
    notebook.run("%%train reads_again\nseen = level + 10")
    assert notebook.run("seen, level").value == "(12, 2)"


def test_an_assignment_that_is_not_reached_leaves_a_later_run_what_an_earlier_run_makes(notebook):
    notebook.run("maybe = False")
    notebook.run("%%train first_depth\ndepth = 5")
    notebook.run("%%train skips\nif maybe:\n    depth = 6")
    notebook.run("%%train reads_depth\nfound = depth + 10")
    assert notebook.run("found, depth").value == "(15, 5)"


def test_a_name_that_nobody_made_is_a_name_error_where_it_is_read(notebook):
    notebook.run("never = False")
    notebook.run("%%train makes_nothing\nif never:\n    nothing = 1")
    notebook.run("%%train asks\ntry:\n    answer = nothing\nexcept NameError:\n    answer = 'absent'")
    assert notebook.run("answer").value == "'absent'"
    notebook.run("%%train fails\nother = nothing")
    assert "NameError: name 'nothing' is not defined" in notebook.run("other").error
