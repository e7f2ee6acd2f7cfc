"""From the fork to the executor's first instruction: streams, folder, group, lock, and what is told if it fails."""

import os
import signal
import subprocess
import sys
import time

import pytest

from jupyter_mlops.home import lock_holder
from jupyter_mlops.launchers import ExecutorStarter
from jupyter_mlops.launchers._shim_child import NOT_STARTED, execute, join_group


@pytest.fixture
def run_dir(tmp_path):
    folder = tmp_path / "run ü"
    folder.mkdir()
    return folder


def start(run_dir, become, cwd="/", slot=3):
    """Start an executor and return its pid."""
    return ExecutorStarter(become).start(run_dir, str(cwd), slot)


def end(pid):
    """Wait for the end and return the exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def log_of(run_dir):
    return (run_dir / "output.log").read_text()


def shell(program):
    return execute(("/bin/sh", "-c", program, "executor"))


def test_it_works_in_its_folder_without_input_and_prints_into_the_log(run_dir, tmp_path):
    pid = start(run_dir, shell('echo "$1 $JUPYTER_MLOPS_SLOT $(pwd)"; cat; echo late >&2; exit 7'), tmp_path)
    assert end(pid) == 7
    assert log_of(run_dir) == f"{run_dir} 3 {tmp_path}\nlate\n"
    assert (run_dir / "output.log").stat().st_mode & 0o777 == 0o600


def test_what_the_log_holds_already_is_kept(run_dir):
    (run_dir / "output.log").write_text("before\n")
    end(start(run_dir, shell("echo after")))
    assert log_of(run_dir) == "before\nafter\n"


def test_it_leads_a_group_of_its_own(run_dir):
    pid = start(run_dir, shell("exec sleep 60"))
    assert os.getpgid(pid) == pid != os.getpgid(0)
    os.killpg(pid, signal.SIGKILL)
    assert end(pid) == -signal.SIGKILL


def test_f18_its_lock_is_held_from_the_fork_through_exec_to_its_end(run_dir):
    lock = run_dir / "executor.lock"
    pid = start(run_dir, shell("echo ready; exec sleep 60"))
    deadline = time.monotonic() + 30
    while lock_holder(lock) is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    while "ready" not in (log_of(run_dir) if (run_dir / "output.log").exists() else ""):
        assert lock_holder(lock) == pid
        assert time.monotonic() < deadline
    assert lock_holder(lock) == pid
    os.kill(pid, signal.SIGKILL)
    end(pid)
    assert lock_holder(lock) is None


def test_a_function_may_be_the_executor_and_gives_the_exit_code(run_dir):
    def become(folder):
        os.write(1, os.fsencode(folder.name))
        return 42

    assert end(start(run_dir, become)) == 42
    assert log_of(run_dir) == "run ü"


def test_signals_are_what_a_program_expects(run_dir):
    """Given a shim that ignores SIGINT; when it starts an executor; then that one can be interrupted."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        pid = start(run_dir, execute((sys.executable, "-I", "-S", "-c", ASK_SIGNALS)))
        assert end(pid) == 0
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        signal.signal(signal.SIGINT, before)
    assert log_of(run_dir) == "True set()\n"


ASK_SIGNALS = """
import signal
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""


@pytest.mark.parametrize(
    ("command", "cwd", "why"),
    [
        (("/absent/python",), "/", "[Errno 2] No such file or directory: '/absent/python'"),
        ((__file__,), "/", f"[Errno 13] Permission denied: {__file__!r}"),
        (("/bin/sh",), "/absent/folder", "[Errno 2] No such file or directory: '/absent/folder'"),
    ],
)
def test_f41_what_cannot_be_started_says_so_in_the_log(run_dir, command, cwd, why):
    assert end(start(run_dir, execute(command), cwd)) == NOT_STARTED
    assert log_of(run_dir) == f"The run could not be started: {why}\n"


@pytest.mark.parametrize("error", [ValueError("ü\nsecond line"), KeyboardInterrupt(), SystemExit(0), RecursionError()])
def test_whatever_is_raised_ends_the_child_and_is_told_with_its_traceback(run_dir, error):
    def become(folder):
        raise error

    assert end(start(run_dir, become)) == NOT_STARTED
    log = log_of(run_dir)
    assert log.startswith("The run could not be started: Traceback (most recent call last):\n")
    assert f"{type(error).__name__}" in log.rpartition("raise error")[2]
    assert str(error) in log


def test_a_run_directory_that_is_gone_ends_the_child_alone(run_dir):
    run_dir.rmdir()
    assert end(start(run_dir, lambda folder: 0)) == NOT_STARTED


def test_a_group_that_cannot_be_joined_any_more_is_no_fault():
    child = subprocess.Popen(["/bin/true"])
    child.wait()
    assert (join_group(child.pid), os.getpgid(0)) == (None, os.getpgrp())
