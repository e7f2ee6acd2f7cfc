"""A second shim for a run whose first was killed: it takes what is there to take, once, and nothing else."""

import json
import subprocess
import sys
import time

import pytest

from jupyter_mlops.home import LifeLock, boot_id, lock_holder, process_start_time

ADOPT = "from jupyter_mlops.launchers._shim_adopt import main; main()"
RUN = """
import json, os, signal, sys, time
from jupyter_mlops.home import LifeLock
lock = LifeLock.acquire(sys.argv[1])
signal.signal(signal.SIGINT, signal.SIG_IGN if sys.argv[2] == "deaf" else signal.SIG_DFL)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def run_dir(tmp_path):
    (tmp_path / "spec.json").write_text(json.dumps({"grace_s": 0.05}))
    return tmp_path


@pytest.fixture
def executor(run_dir):
    """A living executor that has recorded itself; its shim is dead."""
    processes = []

    def start(habit=""):
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(run_dir / "executor.lock"), habit],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        assert process.stdout.readline() == "held\n"
        record = {"pid": process.pid, "start_time": process_start_time(process.pid), "boot_id": boot_id()}
        (run_dir / "executor.json").write_text(json.dumps(record | {"started_at": "2026-11-21T08:00:01+00:00"}))
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def adopt(run_dir):
    """Run a second shim to its end; return what it wrote of the run's."""
    command = [sys.executable, "-c", ADOPT, str(run_dir)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    file = run_dir / "exit.json"
    return json.loads(file.read_text()) if file.exists() else None


def stop(run_dir):
    (run_dir / "stop.json").write_text('{"by": "user"}')


@pytest.mark.parametrize("habit", ["", "deaf"])
def test_a_run_that_is_to_stop_is_stopped_and_its_end_written(run_dir, executor, habit):
    process = executor(habit)
    stop(run_dir)
    ended = adopt(run_dir)
    assert process.wait(10) < 0
    assert (ended.pop("duration_s") >= 0, ended.pop("ended_at")[:2]) == (True, "20")
    assert ended == {
        "status": "KILLED",
        "reason": "stopped by user",
        "exit_code": None,
        "started_at": "2026-11-21T08:00:01+00:00",
        "orphans_ended": 0,
    }
    assert lock_holder(run_dir / "shim.lock") is None


def test_f18_the_time_that_a_stopped_run_took_is_the_runs_and_not_its_second_shims(run_dir, executor):
    executor()
    record = json.loads((run_dir / "executor.json").read_text())
    (run_dir / "executor.json").write_text(json.dumps(record | {"began_s": time.monotonic() - 3600}))
    stop(run_dir)
    assert 3600 <= adopt(run_dir)["duration_s"] < 3700


@pytest.mark.parametrize(
    ("result", "status", "reason", "code"),
    [
        ({"status": "FINISHED", "exit_code": 0}, "FINISHED", "", 0),
        ({"status": "FAILED", "exit_code": 1}, "FAILED", "exit code 1", 1),
        (None, "FAILED", "lost: its processes were killed", None),
    ],
)
def test_f18_a_run_that_ends_by_itself_is_told_by_its_own_result(run_dir, executor, result, status, reason, code):
    process = executor()
    second = subprocess.Popen([sys.executable, "-c", ADOPT, str(run_dir)])
    deadline = time.monotonic() + 30
    while not (run_dir / "shim.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    if result is not None:
        (run_dir / "result.json").write_text(json.dumps(result))
    process.kill()
    process.wait()
    assert second.wait(30) == 0
    ended = json.loads((run_dir / "exit.json").read_text())
    assert (ended["status"], ended["reason"], ended["exit_code"]) == (status, reason, code)


def test_a_run_whose_shim_lives_is_left_to_it(run_dir, executor):
    process = executor()
    stop(run_dir)
    with LifeLock.acquire(run_dir / "shim.lock"):
        assert adopt(run_dir) is None
    assert process.poll() is None


def test_a_run_that_has_ended_keeps_its_end(run_dir, executor):
    process = executor()
    stop(run_dir)
    (run_dir / "exit.json").write_text('{"status": "FINISHED"}')
    assert (adopt(run_dir), process.poll()) == ({"status": "FINISHED"}, None)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"started_at": ""}', '{"pid": null}', '{"pid": 1}'])
def test_f29_where_no_executor_has_recorded_itself_wholly_there_is_nothing_to_adopt(run_dir, text):
    stop(run_dir)
    if text is not None:
        (run_dir / "executor.json").write_text(text)
    assert adopt(run_dir) is None
    assert not (run_dir / "shim.json").exists()
