"""The handle of a run on this machine: looking, waiting and stopping, by files and locks alone."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time

import pytest
from runs import submit

from jupyter_mlops.entities import Exit, ProcessRecord, RunStatus, encode
from jupyter_mlops.exceptions import HomeError, LaunchError, RunNotFoundError
from jupyter_mlops.home import Home, boot_id, process_start_time
from jupyter_mlops.launchers import LocalLauncher, LocalRun

HOLD = """
import os, signal, sys
from jupyter_mlops.home import LifeLock
signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b"woken\\n"))  # One may come while another is being told.
lock = LifeLock.acquire(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / ".mlops")


@pytest.fixture
def files(home):
    return submit(home)


@pytest.fixture
def holder():
    """Make another process hold a lock."""
    processes = []

    def hold(lock):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in processes:
        process.kill()
        process.communicate()


def record(pid):
    start = process_start_time(pid)
    return encode(ProcessRecord(pid=pid, start_time=start, boot_id=boot_id(), started_at="2026-11-21T08:00:01+00:00"))


def end(files, status=RunStatus.FINISHED):
    files.write(Exit(status=status, ended_at="2026-11-21T08:05:00+00:00"), files.exit_file)


def test_waiting_for_a_run_that_has_ended_is_over_at_once(files):
    end(files, RunStatus.KILLED)
    run = LocalRun(files)
    assert run.wait() == run.wait(0) == run.state()
    assert (run.state().status, repr(run)) == (RunStatus.KILLED, f"LocalRun({files.run_id!r})")


@pytest.mark.parametrize("timeout_s", [0, 0.02, -1])
def test_when_the_time_is_up_first_the_state_is_the_last_known(files, holder, timeout_s):
    holder(files.shim_lock)
    assert LocalRun(files).wait(timeout_s).status is RunStatus.SCHEDULED


def test_waiting_ends_with_the_run(files, holder):
    shim = holder(files.shim_lock)
    told = []
    waiting = threading.Thread(target=lambda: told.append(LocalRun(files).wait(30)))
    waiting.start()
    end(files)
    shim.kill()
    waiting.join(30)
    assert [state.status for state in told] == [RunStatus.FINISHED]


@pytest.mark.parametrize("timeout_s", [None, 30])
def test_f19_waiting_ends_when_all_that_held_a_lock_was_killed(files, holder, timeout_s):
    shim, executor = holder(files.shim_lock), holder(files.executor_lock)
    for process, file in ((shim, files.shim_file), (executor, files.executor_file)):
        file.write_bytes(record(process.pid))
    told = []
    waiting = threading.Thread(target=lambda: told.append(LocalRun(files).wait(timeout_s)))
    waiting.start()
    shim.kill()
    assert LocalRun(files).wait(0.02).status is RunStatus.RUNNING
    executor.kill()
    waiting.join(30)
    assert [(state.status, state.is_lost) for state in told] == [(RunStatus.FAILED, True)]


def test_stopping_a_run_that_has_ended_writes_nothing(files):
    end(files)
    before = sorted(path.name for path in files.path.iterdir())
    LocalRun(files).stop()
    assert sorted(path.name for path in files.path.iterdir()) == before


def test_stopping_leaves_word_and_wakes_the_shim(files, holder):
    shim = holder(files.shim_lock)
    files.shim_file.write_bytes(record(shim.pid))
    LocalRun(files).stop()
    assert shim.stdout.readline() == "woken\n"
    request = json.loads(files.stop_file.read_text())
    assert (request.pop("by"), request.pop("at")[:2], request) == ("user", "20", {})
    assert files.stop_requested() == "user"


def test_stopping_twice_is_stopping(files, holder):
    shim = holder(files.shim_lock)
    files.shim_file.write_bytes(record(shim.pid))
    for _ in range(2):
        LocalRun(files).stop()
        assert shim.stdout.readline() == "woken\n"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_f29_a_shim_that_has_not_recorded_itself_wholly_finds_the_word_by_itself(files, holder, text):
    shim = holder(files.shim_lock)
    files.shim_file.write_text(text)
    LocalRun(files).stop()
    assert (files.stop_requested(), shim.poll()) == ("user", None)


def test_f21_a_shim_of_another_boot_is_not_signalled(files, holder):
    shim = holder(files.shim_lock)
    files.shim_file.write_bytes(record(shim.pid).replace(boot_id().encode(), b"another boot"))
    LocalRun(files).stop()
    os.kill(shim.pid, signal.SIGUSR1)
    assert shim.stdout.readline() == "woken\n"
    shim.kill()
    assert shim.stdout.read() == ""


def test_f24_a_word_that_cannot_be_written_is_told_with_its_path(files, holder):
    holder(files.shim_lock)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(HomeError) as told:
            LocalRun(files).stop()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(told.value) == f"Cannot write {files.stop_file}: File too large. Free space, or make it writable."
    assert not files.stop_file.exists()


def test_a_run_that_nobody_holds_is_waited_for_without_a_lock(files):
    """Given a run whose shim is on its way; when it ends within a moment; then the wait notices."""
    threading.Timer(0.05, end, (files,)).start()
    began = time.monotonic()
    state = LocalRun(files).wait(30)
    assert (state.status, time.monotonic() - began < 5) == (RunStatus.FINISHED, True)


def test_an_unknown_run_is_told_with_where_to_look(home):
    run_id = home.new_run_id()
    with pytest.raises(RunNotFoundError) as told:
        LocalLauncher(home).attach(run_id)
    assert str(told.value) == f"No run {run_id} in {home.path}. `%runs` lists the runs there."


def test_a_known_run_is_found_by_any_launcher_of_the_home(home, files):
    end(files)
    assert LocalLauncher(home).attach(files.run_id).wait().status is RunStatus.FINISHED


def test_where_runs_cannot_be_it_is_said_at_once(home, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(LaunchError) as told:
        LocalLauncher(home)
    assert str(told.value) == (
        "Runs need POSIX processes and locks, which Windows has not. Use WSL or a remote Jupyter."
    )
