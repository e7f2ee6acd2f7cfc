"""Markers of changed runs: none is lost between the one who changes and the one who ships."""

import pytest

from jupyter_mlops.home import ChangedRuns

A, B = "a" * 32, "b" * 32


@pytest.fixture
def changed(tmp_path):
    return ChangedRuns(tmp_path)


def test_nothing_was_changed_in_a_new_home(changed):
    assert (changed.waiting(), changed.taken(), A in changed) == (frozenset(), frozenset(), False)


def test_a_change_waits_is_taken_and_is_done(changed):
    changed.add(A)
    assert (changed.waiting(), changed.taken(), A in changed) == ({A}, frozenset(), True)
    changed.take(A)
    assert (changed.waiting(), changed.taken(), A in changed) == (frozenset(), {A}, True)
    changed.done(A)
    assert (changed.waiting(), changed.taken(), A in changed) == (frozenset(), frozenset(), False)


def test_a_change_that_comes_while_another_is_shipped_stays(changed):
    changed.add(A)
    changed.take(A)
    changed.add(A)
    changed.done(A)
    assert (changed.waiting(), changed.taken()) == ({A}, frozenset())


def test_many_changes_of_one_run_are_one(changed):
    for run_id in (A, A, B, A):
        changed.add(run_id)
    assert changed.waiting() == {A, B}


def test_to_take_or_to_end_what_is_not_there_is_harmless(changed):
    changed.take(A)
    changed.done(A)
    assert A not in changed


def test_files_in_the_making_are_no_runs(changed, tmp_path):
    changed.add(A)
    (tmp_path / "changed" / f".{B}.tmp").write_bytes(b"")
    assert changed.waiting() == {A}
