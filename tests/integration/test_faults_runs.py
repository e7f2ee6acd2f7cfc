"""What becomes of a run when its own process fails, is killed, hangs or leaves others behind (RELIABILITY F1-F8)."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from launching import shell

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.testing import wait_until

SLEEP = "import time\nprint('begun')\ntime.sleep(60)\n"


def test_f01_an_exception_fails_the_run_with_its_traceback_last_in_the_log(launching):
    run = launching.start("print('before')\nraise ValueError('no good')")
    state = run.end()
    assert (state.status, state.exit_code, state.reason) == (RunStatus.FAILED, 1, "exit code 1")
    assert run.log.startswith("before\n")
    assert run.log.rstrip().endswith(": no good")


def test_f02_sigkill_is_told_within_a_second_and_the_log_is_whole(launching):
    run = launching.start("print('x' * 100_000)\n" + SLEEP).says("begun")
    killed = time.monotonic()
    run.executor.kill()
    state = run.handle.wait(1)
    assert (state.status, state.signal, state.reason) == (RunStatus.FAILED, signal.SIGKILL, "signal 9 (SIGKILL)")
    assert time.monotonic() - killed < 1
    assert run.log == "x" * 100_000 + "\nbegun\n"


def test_f03_a_kill_by_the_system_for_memory_is_told_as_such(shells, tmp_path, monkeypatch):
    events = tmp_path / "memory.events"
    events.write_text("oom 0\noom_kill 3\noom_group_kill 0\n")
    monkeypatch.setenv("JUPYTER_MLOPS_MEMORY_EVENTS", str(events))
    run = shells.start(f"echo 'oom_kill 4' > {events}; kill -9 $$")
    state = run.end()
    assert (state.status, state.signal) == (RunStatus.FAILED, 9)
    assert state.reason == f"out of memory (peak {state.peak_rss_bytes / 1024**2:,.0f} MiB)"


# A shim whose executor has been killed before the shim comes to its next line.
SLOW_SHIM = """
import os, sys
from pathlib import Path
from jupyter_mlops.launchers._shim import Shim
from jupyter_mlops.launchers._shim_child import ExecutorStarter
from jupyter_mlops.launchers._shim_settings import ShimSettings

class Slow(ExecutorStarter):
    def start(self, *arguments):
        pid = super().start(*arguments)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        return pid

def become_executor(run_dir):
    Path(os.environ["JUPYTER_MLOPS_MEMORY_EVENTS"]).write_text("oom_kill 4")
    os.kill(os.getpid(), 9)

Shim(Path(sys.argv[1]), ShimSettings(slots=2), Slow(become_executor)).run()
"""


def test_f03_a_kill_is_told_though_it_came_before_the_shim_looked(shells, tmp_path, monkeypatch):
    events = tmp_path / "memory.events"
    events.write_text("oom_kill 3\n")
    monkeypatch.setenv("JUPYTER_MLOPS_MEMORY_EVENTS", str(events))
    files = shells.home.run(shells.fill("").run_id)
    subprocess.run([sys.executable, "-c", SLOW_SHIM, files.path], check=True, timeout=60)
    assert files.state().reason.startswith("out of memory")


def test_f03_a_kill_while_nobody_ran_out_of_memory_is_a_plain_signal(shells, tmp_path, monkeypatch):
    events = tmp_path / "memory.events"
    events.write_text("oom_kill 3\n")
    monkeypatch.setenv("JUPYTER_MLOPS_MEMORY_EVENTS", str(events))
    assert shells.start("kill -9 $$").end().reason == "signal 9 (SIGKILL)"


def test_f04_sigterm_of_a_stranger_runs_the_users_handler_and_is_a_failure(launching):
    cell = "import signal, sys\nsignal.signal(15, lambda *_: (print('handled'), sys.exit(15)))\n" + SLEEP
    run = launching.start(cell).says("begun")
    run.executor.terminate()
    state = run.end()
    assert (state.status, state.exit_code) == (RunStatus.FAILED, 15)
    assert "handled" in run.log


def test_f04_sigterm_that_nobody_handles_is_a_failure_by_signal(launching):
    run = launching.start(SLEEP).says("begun")
    run.executor.terminate()
    assert run.end().reason == "signal 15 (SIGTERM)"


def test_f04_a_run_that_was_told_to_stop_is_killed_though_it_exits_well(shells):
    run = shells.start("trap 'exit 0' INT; echo begun; while :; do sleep 0.05; done").says("begun")
    run.handle.stop()
    assert (run.end().status, run.state.reason) == (RunStatus.KILLED, "stopped by user")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("import os; os._exit(7)", "exit code 7"),
        ("import sys; sys.exit(4)", "exit code 4"),
        ("import os; os._exit(0)", "exit code 0 before the end of the cell"),
        ("import ctypes; ctypes.string_at(0)", "signal 11 (SIGSEGV)"),
        ("import os; os.abort()", "signal 6 (SIGABRT)"),
    ],
)
def test_f05_the_way_a_process_ends_is_told_exactly(launching, cell, reason):
    run = launching.start(cell)
    state = run.end()
    assert (state.status, state.reason) == (RunStatus.FAILED, reason)
    if state.signal:
        assert "Fatal Python error" in run.log


def test_f05_sys_exit_without_a_code_is_a_good_end(launching):
    assert launching.start("import sys; sys.exit()").end().status is RunStatus.FINISHED


def test_f06_a_suspended_run_is_running_and_can_be_stopped(launching):
    run = launching.start(SLEEP).says("begun")
    run.executor.suspend()
    assert run.handle.wait(0.3).status is RunStatus.RUNNING
    run.handle.stop()
    assert (run.end().status, run.state.reason) == (RunStatus.KILLED, "stopped by user")


def test_f06_a_run_that_hears_no_signal_is_killed_in_the_end(launching):
    deaf = "import signal\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\n"
    run = launching.start(deaf + SLEEP, grace_s=0.2).says("begun")
    run.handle.stop()
    state = run.end()
    assert (state.status, state.reason, state.signal) == (RunStatus.KILLED, "stopped by user", signal.SIGKILL)


def test_f06_a_run_that_is_stopped_has_time_to_tidy_up(launching):
    cell = (
        "import time\nprint('begun')\ntry: time.sleep(60)\nexcept KeyboardInterrupt: time.sleep(0.3); print('tidied')"
    )
    run = launching.start(cell, grace_s=10).says("begun")
    run.handle.stop()
    assert (run.end().status, "tidied" in run.log) == (RunStatus.KILLED, True)


DAEMON = """
import os, sys, time
for _ in range(2):
    if os.fork():
        continue
    os.setsid()
    if os.fork():
        os._exit(0)
    with open(f'pid-{os.getpid()}', 'w'):
        pass
    time.sleep(60)
    os._exit(0)
while len([name for name in os.listdir() if name.startswith('pid-')]) < 2:
    time.sleep(0.01)
"""


def daemons(folder):
    return [int(path.name.partition("-")[2]) for path in folder.glob("pid-*")]


def is_living(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_f07_what_a_run_leaves_behind_is_ended_and_counted(launching, tmp_path):
    state = launching.start(DAEMON).end()
    assert (state.status, state.orphans_ended) == (RunStatus.FINISHED, 2)
    assert [is_living(pid) for pid in daemons(tmp_path)] == [False, False]


def test_f07_orphans_that_hear_nothing_are_killed(shells, tmp_path):
    deaf = "trap '' TERM INT; sleep 60 & touch pid-$(exec sh -c 'echo $PPID'); wait"
    cell = f'(setsid sh -c "{deaf}" &)\nwhile ! ls pid-* > /dev/null 2>&1; do sleep 0.01; done'
    state = shells.start(cell.replace("$(", "\\$(").replace("$PPID", "\\$PPID")).end()
    assert (state.status, state.orphans_ended) == (RunStatus.FINISHED, 2)


def test_f07_a_fork_bomb_ends_with_its_run(launching, tmp_path):
    bomb = """
import os, time
def grow():
    while True:
        if os.fork() == 0:
            open(f'pid-{os.getpid()}', 'w').close()
            time.sleep(0.02)
        else:
            time.sleep(0.05)
if os.fork() == 0:
    os.setsid()
    grow()
while len([name for name in os.listdir() if name.startswith('pid-')]) < 10:
    time.sleep(0.01)
"""
    run = launching.start(bomb)
    state = run.end()
    assert state.status is RunStatus.FINISHED
    assert state.orphans_ended > 10
    assert not [process for process in psutil.process_iter() if _is_of(process, tmp_path)]


def _is_of(process, folder):
    try:
        return process.cwd() == str(folder) and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def test_f07_orphans_are_kept_when_the_user_says_so(launching, tmp_path):
    state = launching.start(DAEMON, keep_orphans=True).end()
    assert (state.status, state.orphans_ended) == (RunStatus.FINISHED, 0)
    for pid in daemons(tmp_path):
        assert is_living(pid)
        os.kill(pid, signal.SIGKILL)


def test_f08_neither_the_kernel_nor_a_shim_has_zombies(launching, tmp_path):
    zombies = "import subprocess, sys\nfor _ in range(3): subprocess.Popen(['sh', '-c', '(sleep 0.05 &)'])\n"
    run = launching.start(zombies + "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)")
    run.says("")
    shim = run.shim

    def zombies_of_the_shim():
        return [child for child in shim.children() if child.status() == psutil.STATUS_ZOMBIE]

    wait_until(lambda: not zombies_of_the_shim())
    (tmp_path / "go").touch()
    assert run.end().status is RunStatus.FINISHED
    assert [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE] == []


def test_f08_a_submission_leaves_no_child_in_the_kernel(shells):
    before = psutil.Process().children()
    run = shells.start("sleep 0.1")
    assert psutil.Process().children() == before
    assert run.end().status is RunStatus.FINISHED


def test_f09_an_interrupt_of_the_kernels_process_group_does_not_reach_a_run(tmp_path):
    """Given a kernel-like process that submits; when its whole group is killed; then the run goes on."""
    program = f"""
import time
from pathlib import Path
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.testing import fill_run, SHELL_EXECUTOR
home = Home.create(Path({str(tmp_path / ".mlops")!r}))
spec = fill_run(home, "while [ ! -e go ]; do sleep 0.01; done", cwd={str(tmp_path)!r})
LocalLauncher(home, executor=SHELL_EXECUTOR).submit(spec)
print(spec.run_id, flush=True)
time.sleep(60)
"""
    kernel = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    run_id = kernel.stdout.readline().strip()
    with shell(tmp_path) as shells:
        handle = shells.launcher.attach(run_id)
        wait_until(lambda: handle.state().status is RunStatus.RUNNING)
        os.killpg(kernel.pid, signal.SIGINT)
        os.killpg(kernel.pid, signal.SIGKILL)
        kernel.communicate()
        assert handle.state().status is RunStatus.RUNNING
        (tmp_path / "go").touch()
        assert handle.wait(30).status is RunStatus.FINISHED
