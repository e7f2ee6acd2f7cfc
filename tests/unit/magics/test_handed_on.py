"""A run that only passes a pending name to calls hands it on before its cell: later cells need not wait for it."""

import pytest

from jupyter_mlops.entities import Result, RunStatus


@pytest.fixture
def features(notebook, run_named):
    """The run that makes Z."""
    return notebook.submit(run_named("features"), "Z")


def reader(notebook, run, names):
    """A run that passes Z to calls and makes other names."""
    return notebook.submit(run, f"Z {names}", undecided="Z")


def finished(**fields):
    return Result(status=RunStatus.FINISHED, **fields)


def owes(notebook):
    return {name: promise.run.name for name, promise in notebook.pending.ledger.pending.items()}


def test_until_a_run_says_so_it_owes_the_name(notebook, features, run_named):
    reader(notebook, run_named("linear"), "linear")
    notebook.run("1")
    assert owes(notebook) == {"Z": "linear", "linear": "linear"}


def test_a_name_that_a_run_has_handed_on_is_the_earlier_runs_again(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    notebook.run("1")
    assert owes(notebook) == {"Z": "features", "linear": "linear"}
    features.finish(Z=[1])
    assert notebook.run("Z") == [1]
    assert not linear.has_ended


def test_a_cell_that_waits_goes_on_as_soon_as_the_name_is_handed_on(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear")
    linear.on_wait = lambda: (features.finish(Z=[1]), linear.release("Z"))
    assert notebook.run("Z") == [1]
    assert not linear.has_ended
    assert owes(notebook) == {"linear": "linear"}


def test_a_cell_that_needs_more_of_the_run_waits_for_its_end(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    features.finish(Z=[1])
    linear.on_wait = lambda: linear.finish(("Z",), linear="fitted")
    assert notebook.run("linear, Z") == ("fitted", [1])


def test_a_run_that_keeps_the_name_delivers_it(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear")
    linear.on_wait = lambda: linear.finish(Z=[1, 2], linear="fitted")
    features.finish(Z=[1])
    assert notebook.run("Z") == [1, 2]


@pytest.mark.parametrize("ended_first", [True, False])
def test_a_failure_after_the_release_leaves_the_name_alone(notebook, features, run_named, ended_first):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    if not ended_first:
        notebook.run("1")
    linear.fail("boom")
    features.finish(Z=[1])
    assert notebook.run("Z") == [1]
    assert notebook.error_of("linear").startswith("CellRejected: Run linear failed: boom")
    assert notebook.run("Z") == [1]


def test_a_failure_before_the_release_is_told_once(notebook, features, run_named):
    reader(notebook, run_named("linear"), "linear").fail("boom")
    features.finish(Z=[1])
    assert notebook.error_of("Z").startswith("CellRejected: Run linear failed: boom")
    assert notebook.run("Z") == [1]


def test_three_runs_hand_on_one_after_the_other(notebook, features, run_named):
    runs = [reader(notebook, run_named(name), name) for name in ("one", "two", "three")]
    for run in runs:
        run.release("Z")
    notebook.run("1")
    assert owes(notebook) == {"Z": "features", "one": "one", "two": "two", "three": "three"}


def test_releases_are_found_in_any_order(notebook, features, run_named):
    one, two = (reader(notebook, run_named(name), name) for name in ("one", "two"))
    two.release("Z")
    notebook.run("1")
    assert owes(notebook)["Z"] == "one"
    one.release("Z")
    notebook.run("1")
    assert owes(notebook)["Z"] == "features"


def test_what_has_come_in_the_meantime_is_bound_at_the_release(notebook, run_named):
    features = notebook.submit(run_named("features"), "Z W")
    linear = reader(notebook, run_named("linear"), "linear")
    features.finish(Z=[1], W=[2])
    assert notebook.run("W") == [2]
    linear.release("Z")
    assert notebook.run("Z") == [1]
    assert not linear.has_ended


def test_a_later_run_that_changes_the_name_owes_it(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear")
    scale = notebook.submit(run_named("scale"), "Z")
    linear.release("Z")
    notebook.run("1")
    assert owes(notebook)["Z"] == "scale"
    scale.finish(("Z",))
    features.finish(Z=[1])
    assert notebook.run("Z") == [1]
    assert not linear.has_ended


def test_an_assignment_ends_it(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    notebook.run("Z = 3")
    linear.finish_with(finished(returned=("linear",), changed=("Z",)), linear="fitted", Z=[1, 2])
    assert notebook.run("linear, Z") == ("fitted", 3)


def test_a_deletion_ends_it(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    features.finish(Z=[1])
    notebook.run("Z")
    notebook.run("del Z")
    linear.finish_with(finished(returned=("linear",), changed=("Z",)), linear="fitted", Z=[1, 2])
    assert notebook.run("linear") == "fitted"
    assert "Z" not in notebook


# A run that changes all the same what it has handed on


def changed(linear):
    return linear.finish_with(finished(returned=("linear",), changed=("Z",)), linear="fitted", Z=[1, 2])


def test_a_change_that_nobody_missed_is_delivered(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    notebook.run("1")
    features.finish(Z=[1])
    changed(linear)
    assert notebook.run("linear") == "fitted"
    assert notebook.run("Z") == [1, 2]
    assert notebook.notices == []


def test_a_change_is_delivered_to_the_first_cell_that_reads_the_name(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    features.finish(Z=[1])
    changed(linear)
    assert notebook.run("Z") == [1, 2]


def test_a_change_that_came_too_late_is_told(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    features.finish(Z=[1])
    assert notebook.run("Z") == [1]
    changed(linear)
    assert notebook.run("linear, Z") == ("fitted", [1])
    assert "linear has changed Z, but" in notebook.notices[0]


def test_a_change_that_another_run_has_missed_is_told(notebook, features, run_named):
    linear = reader(notebook, run_named("linear"), "linear").release("Z")
    reader(notebook, run_named("other"), "other").release("Z")
    features.finish(Z=[1])
    changed(linear)
    assert notebook.run("Z") == [1]
    assert notebook.notices[0].startswith("linear has changed Z, but run other has read the old one")
