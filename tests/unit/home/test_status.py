"""The status of a run, from its files and locks alone: every rule of the contract, and what passes between looks."""

import json
import os
import time
import uuid
from itertools import pairwise

import pytest

from jupyter_mlops.entities import CellError, Exit, ProcessRecord, Result, RunState, RunStatus
from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.home import LifeLock, boot_id, handed_on, process_start_time, raise_flag, read_state

ERROR = CellError(type="ValueError", message="no")
STARTED = "2026-11-21T08:00:00Z"


def record(pid: int, **changes) -> ProcessRecord:
    given = {"pid": pid, "start_time": process_start_time(pid) or 1, "boot_id": boot_id(), "started_at": STARTED}
    return ProcessRecord(**{**given, **changes})


def state(run, status, reason="", **fields):
    return RunState(run_id=run.run_id, status=RunStatus[status], reason=reason, **fields)


def make_old(run):
    os.utime(run.path, (time.time() - 60, time.time() - 60))


def test_1_the_shims_account_is_what_it_says(run, holder):
    holder(run.executor_lock, run.shim_lock)
    run.write(record(1), run.executor_file)
    run.write(Result(status=RunStatus.FINISHED, error=ERROR), run.result_file)
    ended = Exit(
        status=RunStatus.KILLED, reason="stopped", exit_code=None, signal=15, started_at=STARTED, ended_at="later",
        duration_s=3.5, peak_rss_bytes=1000, orphans_ended=2,
    )  # fmt: skip
    run.write(ended, run.exit_file)
    told = {name: getattr(ended, name) for name in ended.__struct_fields__ if name not in ("status", "reason")}
    assert read_state(run) == state(run, "KILLED", "stopped", error=ERROR, **told)


def test_2_running_while_the_executor_lives(run, holder):
    shim, executor = holder(run.shim_lock), holder(run.executor_lock)
    run.write(record(shim.pid), run.shim_file)
    run.write(record(executor.pid), run.executor_file)
    seen = read_state(run)
    assert 0 <= seen.duration_s < 60
    assert seen == state(run, "RUNNING", started_at=STARTED, duration_s=seen.duration_s)


def test_2_running_since_the_executor_took_the_run_on_and_not_since_its_process_began(run, holder):
    """A prepared executor may have waited for hours; the end, by the shim's clock, must not tell a shorter time."""
    shim, executor = holder(run.shim_lock), holder(run.executor_lock)
    run.write(record(shim.pid), run.shim_file)
    run.write(record(executor.pid, start_time=1, began_s=time.monotonic() - 90), run.executor_file)
    assert 90 <= read_state(run).duration_s < 150

    run.write(record(executor.pid, start_time=1, began_s=time.monotonic() + 90), run.executor_file)
    assert read_state(run).duration_s == 0.0


def test_2_a_run_that_goes_on_after_its_delivery_says_so(run, holder):
    holder(run.shim_lock, run.executor_lock)
    run.write(Result(status=RunStatus.FINISHED), run.result_file)
    assert read_state(run) == state(run, "RUNNING", "results delivered, finishing")

    run.stop_file.write_text('{"by": "user"}')
    assert read_state(run) == state(run, "RUNNING", "stopping")


def test_2_running_unsupervised_when_the_shim_was_killed(run, holder):
    shim, executor = holder(run.shim_lock), holder(run.executor_lock)
    run.write(record(executor.pid), run.executor_file)
    shim.kill()
    shim.wait()
    seen = read_state(run)
    assert (seen.status, seen.supervised) == (RunStatus.RUNNING, False)


def test_2_running_before_the_executor_has_said_who_it_is(run, holder):
    holder(run.shim_lock, run.executor_lock)
    assert read_state(run) == state(run, "RUNNING")


def test_2_stopping_while_it_is_asked_to(run, holder):
    holder(run.shim_lock, run.executor_lock)
    run.stop_file.write_text('{"by": "user"}')
    assert read_state(run) == state(run, "RUNNING", "stopping")


@pytest.fixture
def runs_since(run, holder):
    """Let the run run, by the clock that nobody sets, for some seconds by now."""

    def begin(seconds):
        shim, executor = holder(run.shim_lock), holder(run.executor_lock)
        run.write(record(shim.pid), run.shim_file)
        run.write(record(executor.pid, began_s=time.monotonic() - seconds), run.executor_file)

    return begin


@pytest.mark.parametrize(
    ("silent_s", "reason"),
    [(0, ""), (50, ""), (61, "no output for 1 min"), (59.9 * 60, "no output for 59 min"), (-3600, "")],
)
def test_f06_a_run_that_has_written_nothing_for_long_is_running_and_says_so(run, runs_since, silent_s, reason):
    runs_since(seconds=2 * 3600)
    run.log_file.write_text("epoch 1")
    os.utime(run.log_file, (time.time() - silent_s,) * 2)
    assert (read_state(run).status, read_state(run).reason) == (RunStatus.RUNNING, reason)


@pytest.mark.parametrize(
    ("file", "reason"),
    [("display_file", ""), ("journal_file", ""), ("metrics_file", "no output for 8 min")],
)
def test_f06_a_run_that_shows_or_records_is_not_silent(run, runs_since, file, reason):
    """Metrics of the system come of a run that hangs, too."""
    runs_since(seconds=600)
    run.log_file.write_text("epoch 1")
    os.utime(run.log_file, (time.time() - 500,) * 2)
    getattr(run, file).touch()
    assert read_state(run).reason == reason


def test_f06_f42_no_run_is_silent_for_longer_than_it_runs(run, runs_since):
    """A clock that was set forward makes the log look old."""
    runs_since(seconds=90)
    run.log_file.touch()
    os.utime(run.log_file, (time.time() - 3600,) * 2)
    assert read_state(run).reason == "no output for 1 min"


def test_3_finishing_while_only_the_shim_lives(run, holder):
    shim, executor = holder(run.shim_lock), holder(run.executor_lock)
    run.write(record(executor.pid), run.executor_file)
    executor.kill()
    executor.wait()
    seen = read_state(run)
    assert seen == state(run, "RUNNING", "finishing", started_at=STARTED, duration_s=seen.duration_s)
    assert shim.poll() is None


def test_3_who_clears_up_behind_a_killed_shim_does_not_bring_the_run_back(run, holder):
    run.write(record(4_194_304), run.shim_file)
    run.write(record(4_194_304), run.executor_file)
    before = read_state(run)
    holder(run.shim_lock)
    assert before.is_lost
    assert read_state(run) == before


def test_f25_a_run_whose_end_does_not_fit_the_disk_says_so(run, holder):
    """The executor waits first, with its result; then the shim, with the exit."""
    shim = holder(run.shim_lock)
    run.write(record(os.getpid()), run.executor_file)
    waits = []
    with LifeLock.acquire(run.executor_lock):
        raise_flag(run.executor_lock, up=True)
        waits.append(read_state(run))
    shim.kill()
    shim.wait()
    with LifeLock.acquire(run.shim_lock):
        raise_flag(run.shim_lock, up=True)
        waits.append(read_state(run))
        raise_flag(run.shim_lock, up=False)
        assert read_state(run).reason == "finishing"
    assert [(found.status, found.reason, found.waits_for_disk) for found in waits] == [
        (RunStatus.RUNNING, "waiting for disk space", True)
    ] * 2


@pytest.mark.parametrize(
    ("wait", "reason"),
    [
        (None, "starting"),
        ({"for": "inputs"}, "storing its inputs"),
        ({"for": "runs", "run_ids": ["a" * 32, "b" * 32]}, "waiting for run aaaaaaaa, bbbbbbbb"),
        ({"for": "slot", "ahead": 2}, "waiting for a slot, 2 ahead"),
        ({"for": "slot"}, "waiting for a slot"),
    ],
)
def test_3_scheduled_with_what_it_waits_for(run, holder, wait, reason):
    shim = holder(run.shim_lock)
    run.write(record(shim.pid), run.shim_file)
    if wait:
        run.wait_file.write_text(json.dumps(wait))
    assert read_state(run) == state(run, "SCHEDULED", reason)
    run.stop_file.write_text('{"by": "user"}')
    assert read_state(run) == state(run, "SCHEDULED", "stopping")


def test_4_the_executors_account_when_the_shim_was_killed(run):
    run.write(record(1), run.executor_file)
    result = Result(status=RunStatus.FAILED, exit_code=1, error=ERROR, ended_at="later", duration_s=2.5)
    run.write(result, run.result_file)
    assert read_state(run) == state(
        run, "FAILED", "exit code 1", exit_code=1, started_at=STARTED, ended_at="later", duration_s=2.5,
        supervised=False, error=ERROR,
    )  # fmt: skip


def test_4_a_good_end_needs_no_reason(run):
    run.write(Result(status=RunStatus.FINISHED), run.result_file)
    assert read_state(run) == state(run, "FINISHED", exit_code=0, duration_s=0.0, supervised=False)


def test_f19_lost_when_shim_and_executor_were_killed(run, holder):
    shim, executor = holder(run.shim_lock), holder(run.executor_lock)
    run.write(record(shim.pid), run.shim_file)
    run.write(record(executor.pid), run.executor_file)
    for process in (shim, executor):
        process.kill()
        process.wait()
    lost = read_state(run)
    assert lost == state(run, "FAILED", "lost: its processes were killed", started_at=STARTED, supervised=False)
    assert lost.is_lost


def test_5_lost_before_its_cell_began(run):
    run.write(record(1), run.shim_file)
    expected = state(run, "FAILED", "lost: killed before its cell began", started_at=STARTED, supervised=False)
    assert read_state(run) == expected


def test_5_records_that_cannot_be_read_are_no_records(run):
    run.shim_file.write_bytes(b"")
    make_old(run)
    assert read_state(run) == state(run, "FAILED", "never started", supervised=False)


@pytest.mark.parametrize("who", ["shim_file", "executor_file"])
def test_f20_a_restart_of_the_machine_is_named(run, tmp_path, monkeypatch, who):
    run.write(record(os.getpid()), getattr(run, who))
    (tmp_path / "boot").write_text(str(uuid.uuid4()))
    monkeypatch.setenv("JUPYTER_MLOPS_BOOT_ID_FILE", str(tmp_path / "boot"))
    seen = read_state(run)
    assert seen == state(run, "FAILED", "machine restarted", started_at=STARTED, supervised=False)


def test_f21_a_live_process_that_happens_to_have_the_pid_is_not_the_run(run):
    run.write(record(os.getpid()), run.shim_file)
    run.write(record(os.getpid()), run.executor_file)
    for lock in (run.shim_lock, run.executor_lock):
        lock.write_text(f"{os.getpid()}\n")
    assert read_state(run).is_lost


def test_6_starting_while_the_snapshot_is_written(run, holder):
    make_old(run)
    child = holder(run.snapshot_lock)
    make_old(run)
    assert read_state(run) == state(run, "SCHEDULED", "starting")
    child.kill()
    child.wait()
    assert read_state(run) == state(run, "FAILED", "never started", supervised=False)


def test_6_starting_for_as_long_as_its_launcher_is_on_its_way(run, spec, python):
    run.write(spec, run.spec_file)
    os.utime(run.spec_file, (time.time() - 60,) * 2)
    with handed_on(run.spec_file) as given:
        late = python("import sys; sys.stdin.read()", given=given)
        assert read_state(run) == state(run, "SCHEDULED", "starting")
    assert read_state(run) == state(run, "SCHEDULED", "starting")
    late.kill()
    late.wait()
    assert read_state(run) == state(run, "FAILED", "never started", supervised=False)


def test_6_starting_while_it_is_new(run, spec):
    run.write(spec, run.spec_file)
    assert read_state(run) == state(run, "SCHEDULED", "starting")


def test_7_a_file_that_the_keeper_adds_does_not_make_it_new_again(run, spec):
    run.write(spec, run.spec_file)
    os.utime(run.spec_file, (time.time() - 60,) * 2)
    run.tracking_file.touch()
    assert read_state(run) == state(run, "FAILED", "never started", supervised=False)


def test_7_never_started_when_it_is_not(run):
    make_old(run)
    assert read_state(run) == state(run, "FAILED", "never started", supervised=False)


def test_7_a_run_without_a_directory_was_deleted(home):
    run = home.run("0" * 32)
    assert read_state(run) == state(run, "FAILED", "its directory was deleted", supervised=False)


@pytest.mark.parametrize("jump_s", [-3600, 3600])
def test_f42_a_clock_that_jumps_neither_hides_a_run_nor_makes_its_duration_negative(run, holder, jump_s):
    executor = holder(run.shim_lock, run.executor_lock)
    run.write(record(executor.pid, started_at="2099-01-01T00:00:00Z"), run.executor_file)
    os.utime(run.path, (time.time() + jump_s, time.time() + jump_s))
    seen = read_state(run)
    assert seen.status is RunStatus.RUNNING
    assert 0 <= seen.duration_s < 60


def test_f42_a_directory_from_the_future_is_not_starting_for_ever(run):
    os.utime(run.path, (time.time() + 3600, time.time() + 3600))
    assert read_state(run) == state(run, "FAILED", "never started", supervised=False)


def test_f42_written_durations_are_never_negative(run):
    run.write(Result(status=RunStatus.FINISHED, duration_s=-1.0), run.result_file)
    assert read_state(run).duration_s == 0.0
    run.write(Exit(status=RunStatus.FINISHED, duration_s=-1.0), run.exit_file)
    assert read_state(run).duration_s == 0.0


def test_the_time_of_a_run_is_unknown_where_nobody_saw_its_end_or_it_never_began(run):
    run.write(record(1), run.executor_file)
    assert read_state(run).duration_s is None

    run.write(Exit(status=RunStatus.KILLED, reason="stopped", ended_at="later"), run.exit_file)
    assert read_state(run).duration_s is None


def test_a_run_is_seen_alive_until_it_writes_nothing_more(run):
    assert run.seen_alive_s() is None
    run.write(record(1), run.executor_file)
    assert run.seen_alive_s() == 0.0

    began = run.executor_file.stat().st_mtime
    run.log_file.write_text("epoch 1")
    run.journal_file.write_text("{}")
    os.utime(run.log_file, (began + 40, began + 40))
    os.utime(run.journal_file, (began + 90, began + 90))
    assert run.seen_alive_s() == pytest.approx(90, abs=0.01)


LIFE = """
import os, sys
from pathlib import Path
from jupyter_mlops.entities import Exit, ProcessRecord, Result, RunStatus
from jupyter_mlops.home import Home, LifeLock, boot_id, process_start_time
run = Home.open(Path(sys.argv[1])).run(sys.argv[2])
def record():
    me = os.getpid()
    return ProcessRecord(pid=me, start_time=process_start_time(me), boot_id=boot_id(), started_at="now")
shim = LifeLock.acquire(run.shim_lock)
run.write(record(), run.shim_file, durable=False)
pid = os.fork()
if pid == 0:
    executor = LifeLock.acquire(run.executor_lock)
    run.write(record(), run.executor_file, durable=False)
    run.write(Result(status=RunStatus.FAILED), run.result_file, durable=False)
    os._exit(0)
os.waitpid(pid, 0)
run.write(Exit(status=RunStatus.KILLED), run.exit_file, durable=False)
"""


def test_a_look_at_any_moment_of_a_life_is_right(home, python):
    """Neither a loss nor the executor's account is ever seen while a shim does its work to the end."""
    for _ in range(20):
        run = home.run(home.new_run_id())
        run.create()
        python(LIFE, home.path, run.run_id)
        seen = []
        end = time.monotonic() + 30
        while not seen or seen[-1] is not RunStatus.KILLED:
            seen.append(read_state(run).status)
            assert time.monotonic() < end
        order = list(dict.fromkeys(seen))
        assert order in (
            [RunStatus.SCHEDULED, RunStatus.RUNNING, RunStatus.KILLED],
            [RunStatus.SCHEDULED, RunStatus.KILLED],
        )
        assert len([a for a, b in pairwise(seen) if a != b]) == len(order) - 1


def test_looking_leaves_no_trace_and_keeps_nobody_out(run, holder):
    holder(run.shim_lock)
    before = sorted(path.name for path in run.path.iterdir())
    read_state(run)
    assert sorted(path.name for path in run.path.iterdir()) == before
    with LifeLock.acquire(run.executor_lock):
        assert read_state(run).status is RunStatus.RUNNING


def test_a_run_of_a_newer_version_is_refused(run):
    run.exit_file.write_text('{"wire_version": 2}')
    with pytest.raises(HomeError, match="has format 2"):
        read_state(run)
