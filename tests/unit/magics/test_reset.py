"""`%reset` and its like take pending names away without waiting, as they take any other name."""

import pytest


@pytest.mark.parametrize(
    "cell", ["%reset -f", "%reset -sf", "%reset_selective -f mod", "%xdel model", "%xdel -n model"]
)
def test_a_pending_name_is_dropped_without_a_wait(notebook, run_named, cell):
    notebook.run("1")  # without any cell before it, IPython's own %xdel fails
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run(cell)
    assert not run.has_ended
    assert notebook.pending_names == set()
    assert notebook.error_of("model").startswith("NameError: name 'model' is not defined")
    run.finish(model="fitted")
    assert notebook.error_of("model").startswith("NameError")


@pytest.mark.parametrize("cell", ["%reset -f", "%reset_selective -f mod"])
def test_what_a_failed_run_should_have_made_is_dropped_too(notebook, run_named, cell):
    notebook.submit(run_named("baseline").fail("boom"), "model")
    notebook.error_of("model")
    notebook.run(cell)
    assert notebook.error_of("model").startswith("NameError")


def test_the_name_had_a_value_before(notebook, run_named):
    notebook.run("model = 1")
    notebook.submit(run_named("baseline"), "model").fail("boom")
    notebook.run("%reset -f")
    assert notebook.error_of("model").startswith("NameError")


def test_only_what_matches_is_dropped(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model history")
    notebook.run("%reset_selective -f mod")
    assert notebook.pending_names == {"history"}
    run.finish(model=1, history=[2])
    assert notebook.run("history") == [2]


def test_a_question_that_is_answered_with_no_leaves_the_names_pending(notebook, run_named, monkeypatch):
    monkeypatch.setattr(notebook.shell, "ask_yes_no", lambda *_args, **_kwargs: False)
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run("%reset")
    assert notebook.pending_names == {"model"}
    assert "model" not in notebook
    run.finish(model="fitted")
    assert notebook.run("model") == "fitted"


def test_arrays_are_told_by_their_type_so_that_is_waited_for(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model")
    run.on_wait = lambda: run.finish(model="fitted")
    notebook.run("%reset -f array")
    assert notebook.run("model") == "fitted"


def test_caches_are_no_names(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run("%reset -f out")
    assert notebook.pending_names == {"model"}
    assert not run.has_ended


def test_a_watched_name_does_not_come_back(notebook, run_named):
    from jupyter_mlops.entities import Result, RunStatus

    notebook.run("X = [1]")
    run = notebook.submit(run_named("baseline"), "model", "X")
    notebook.run("%reset -f")
    run.finish_with(Result(status=RunStatus.FINISHED, returned=("model",), changed=("X",)), model=1, X=[1, 2])
    assert notebook.error_of("X").startswith("NameError")
