import json
import os
import time

import pytest

from jupyter_mlops.home import LifeLock, Word, handed_on, say
from jupyter_mlops.launchers._shim_upstream import (
    HANDED_ON,
    INPUTS_LOST,
    Look,
    describe_failure,
    look_for_delivery,
    look_for_inputs,
    upstream_names,
)


@pytest.fixture
def run_dir(tmp_path):
    folder = tmp_path / ("a" * 32)
    folder.mkdir()
    write(folder, "spec.json", name="baseline")
    return folder


def write(run_dir, file, **content):
    (run_dir / file).write_text(json.dumps(content))


def age(path, seconds=6):
    past = time.time() - seconds
    os.utime(path, (past, past))


class TestInputs:
    def test_they_are_complete_when_their_manifest_is_there(self, run_dir):
        write(run_dir, "inputs.json")
        assert look_for_inputs(run_dir) == Look("")

    def test_they_come_while_somebody_writes_them(self, run_dir):
        lock = LifeLock.acquire(run_dir / "snapshot.lock")
        assert look_for_inputs(run_dir) == Look(None, run_dir / "snapshot.lock")
        lock.release()

    def test_they_are_lost_when_the_writer_has_gone(self, run_dir):
        LifeLock.acquire(run_dir / "snapshot.lock").release()
        assert look_for_inputs(run_dir) == Look(INPUTS_LOST)

    def test_without_a_writer_there_is_time_for_one_to_come(self, run_dir):
        assert look_for_inputs(run_dir) == Look(None)
        age(run_dir / "spec.json")
        assert look_for_inputs(run_dir) == Look(INPUTS_LOST)


class TestDelivery:
    def test_a_run_is_waited_for_while_its_launcher_is_on_its_way(self, run_dir):
        age(run_dir / "spec.json")
        with handed_on(run_dir / "spec.json"):
            assert look_for_delivery(run_dir, frozenset()) == Look(None, run_dir / "spec.json")
        assert look_for_delivery(run_dir, frozenset()) == Look("FAILED")

    @pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
    def test_the_shims_word_counts_first(self, run_dir, status):
        write(run_dir, "exit.json", status=status)
        write(run_dir, "result.json", status="FINISHED")
        assert look_for_delivery(run_dir) == Look(status)

    @pytest.mark.parametrize(("name", "word"), [("shim.lock", Word.BEGUN), ("snapshot.lock", None)])
    def test_a_process_before_the_executor_is_worth_sleeping_for(self, run_dir, name, word):
        lock = LifeLock.acquire(run_dir / name)
        assert look_for_delivery(run_dir) == Look(None, run_dir / name, word)
        lock.release()

    def test_a_run_whose_executor_takes_its_lock_in_this_moment_is_looked_at_again(self, run_dir):
        lock = LifeLock.acquire(run_dir / "shim.lock")
        say(run_dir / "shim.lock", Word.BEGUN)
        assert look_for_delivery(run_dir) == Look(None)
        lock.release()

    def test_a_delivery_without_a_word_in_the_files_is_looked_for_and_not_waited_for(self, run_dir):
        executor = LifeLock.acquire(run_dir / "executor.lock")
        say(run_dir / "executor.lock", Word.DELIVERED)
        assert look_for_delivery(run_dir) == Look(None)
        executor.release()

    def test_who_wants_names_sleeps_until_some_are_released_then_until_the_delivery(self, run_dir):
        path = run_dir / "executor.lock"
        executor = LifeLock.acquire(path)
        names = frozenset({"model"})
        assert look_for_delivery(run_dir, names) == Look(None, path, Word.RELEASED)
        write(run_dir, "released.json", names=["X"])
        say(path, Word.RELEASED)
        assert look_for_delivery(run_dir, names) == Look(None, path, Word.DELIVERED)
        assert look_for_delivery(run_dir) == Look(None, path, Word.DELIVERED)
        executor.release()

    def test_names_released_early_are_there_while_the_run_goes_on(self, run_dir):
        executor = LifeLock.acquire(run_dir / "executor.lock")
        write(run_dir, "released.json", names=["X", "y"])
        assert look_for_delivery(run_dir, frozenset({"X"})) == Look(HANDED_ON)
        assert look_for_delivery(run_dir, frozenset({"X", "model"})).answer is None
        assert look_for_delivery(run_dir).answer is None
        executor.release()

    def test_names_released_early_are_there_however_the_run_ends(self, run_dir):
        write(run_dir, "released.json", names=["X"])
        write(run_dir, "exit.json", status="FAILED")
        assert look_for_delivery(run_dir, frozenset({"X"})) == Look(HANDED_ON)
        assert look_for_delivery(run_dir, frozenset({"X", "model"})) == Look("FAILED")

    @pytest.mark.parametrize("text", ["", '{"names": ["X"', '{"names": 3}', "[]"])
    def test_a_release_that_cannot_be_read_is_none(self, run_dir, text):
        executor = LifeLock.acquire(run_dir / "executor.lock")
        (run_dir / "released.json").write_text(text)
        assert look_for_delivery(run_dir, frozenset({"X"})).answer is None
        executor.release()

    def test_an_executor_delivers_before_it_ends(self, run_dir):
        shim, executor = LifeLock.acquire(run_dir / "shim.lock"), LifeLock.acquire(run_dir / "executor.lock")
        assert look_for_delivery(run_dir).answer is None
        write(run_dir, "result.json", status="FINISHED")
        assert look_for_delivery(run_dir) == Look("FINISHED")
        executor.release()
        shim.release()

    @pytest.mark.parametrize(("status", "answer"), [("FAILED", "KILLED"), ("FINISHED", "FINISHED")])
    def test_a_run_that_was_told_to_stop_was_stopped_before_its_shim_says_so(self, run_dir, status, answer):
        write(run_dir, "stop.json", by="user")
        write(run_dir, "result.json", status=status)
        assert look_for_delivery(run_dir) == Look(answer)
        write(run_dir, "exit.json", status=status)
        assert look_for_delivery(run_dir) == Look(status)

    def test_the_executors_word_counts_when_the_shim_was_killed(self, run_dir):
        write(run_dir, "shim.json", pid=1)
        write(run_dir, "result.json", status="FINISHED")
        assert look_for_delivery(run_dir) == Look("FINISHED")

    def test_a_run_without_process_or_word_has_failed(self, run_dir):
        write(run_dir, "shim.json", pid=1)
        assert look_for_delivery(run_dir) == Look("FAILED")

    def test_a_run_that_was_just_submitted_may_still_begin(self, run_dir):
        assert look_for_delivery(run_dir) == Look(None)
        age(run_dir / "spec.json")
        assert look_for_delivery(run_dir) == Look("FAILED")

    def test_a_word_that_is_half_written_is_none(self, run_dir):
        write(run_dir, "shim.json", pid=1)
        (run_dir / "exit.json").write_text('{"status": "FINI')
        assert look_for_delivery(run_dir) == Look("FAILED")

    def test_a_run_that_was_removed_has_failed(self, tmp_path):
        assert look_for_delivery(tmp_path / "gone") == Look("FAILED")


@pytest.mark.parametrize(("status", "reason"), [("FAILED", "failed"), ("KILLED", "was stopped")])
def test_the_reason_names_the_upstream_run(run_dir, status, reason):
    assert describe_failure(run_dir, status) == f"upstream run baseline {reason}"


def test_an_upstream_run_without_a_name_is_told_by_its_id(tmp_path):
    assert describe_failure(tmp_path / "abc", "FAILED") == "upstream run abc failed"


def test_a_run_that_feeds_two_names_is_waited_for_once():
    upstream = [{"name": "x", "run_id": "1"}, {"name": "y", "run_id": "1"}, {"name": "z", "run_id": "2"}]
    assert upstream_names({"upstream": upstream}) == {"1": {"x", "y"}, "2": {"z"}}
    assert upstream_names({}) == {}


def test_the_next_run_is_asked_for_a_name_that_the_one_before_has_not_made(tmp_path):
    for run_id in ("1", "2", "3"):
        (tmp_path / run_id).mkdir()
    pairs = [("x", "1"), ("x", "2"), ("x", "3"), ("y", "1")]
    spec = {"upstream": [{"name": name, "run_id": run_id} for name, run_id in pairs]}
    assert upstream_names(spec, tmp_path) == {"1": {"x", "y"}}
    write(tmp_path / "1", "result.json", status="FINISHED", released=["x"])
    assert upstream_names(spec, tmp_path) == {"1": {"x", "y"}, "2": {"x"}}
    write(tmp_path / "2", "result.json", status="FINISHED", returned=["x"])
    assert upstream_names(spec, tmp_path) == {"1": {"x", "y"}, "2": {"x"}}
