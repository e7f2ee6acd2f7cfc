"""Who is a process of a run whose shim was killed, and who is not: found by inheritance, never by a pid alone."""

import json
import os
import subprocess
import sys

import pytest

from jupyter_mlops.home import LifeLock, boot_id, end_survivors, process_start_time
from jupyter_mlops.home._survivors import LOCK_DESCRIPTOR

DEAD = 4_194_304
"""No process can have this pid."""


@pytest.fixture
def run_dir(tmp_path):
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    write(run_dir, "shim", DEAD)
    return run_dir


def write(run_dir, name, pid, **changes):
    start_time = process_start_time(pid) or 1
    record = {"pid": pid, "start_time": start_time, "boot_id": boot_id(), "session": None, **changes}
    (run_dir / f"{name}.json").write_text(json.dumps(record))


@pytest.fixture
def start():
    """Start a program that says when it is ready; what is left of it goes after the test."""
    started = []

    def start(program="print('ready', flush=True); import time; time.sleep(60)", run_dir=None, **options):
        told = {} if run_dir is None else {"JUPYTER_MLOPS_RUN_DIR": str(run_dir)}
        command = [sys.executable, "-c", program]
        process = subprocess.Popen(
            command, env=os.environ | told, stdout=subprocess.PIPE, start_new_session=True, **options
        )
        started.append(process)
        process.said = process.stdout.readline().decode().strip()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_who_has_the_environment_of_the_run_is_ended(run_dir, start, tmp_path):
    process, other, stranger = start(run_dir=run_dir), start(run_dir=tmp_path / "other"), start()
    assert (end_survivors(run_dir), process.wait(10)) == (1, -15)
    assert [other.poll(), stranger.poll()] == [None, None]


def test_the_run_is_known_by_any_path_that_leads_to_it(run_dir, start, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(run_dir)
    process = start(run_dir=link)
    assert (end_survivors(run_dir), process.wait(10)) == (1, -15)


def test_who_inherited_the_executors_lock_is_ended_and_who_merely_looks_is_not(run_dir, start):
    path = run_dir / "executor.lock"
    program = f"""
import os, sys, time
lock = os.open({str(path)!r}, os.O_RDWR | os.O_CREAT)
os.dup2(lock, {LOCK_DESCRIPTOR}, inheritable=sys.argv[0] == "-c" and {{inherits}})
print('ready', flush=True)
time.sleep(60)
"""
    heir, onlooker = start(program.format(inherits=True)), start(program.format(inherits=False))
    assert (end_survivors(run_dir), heir.wait(10), onlooker.poll()) == (1, -15, None)


def test_who_is_of_the_shims_session_is_ended_but_not_what_is_of_the_shims_own_group(run_dir, start):
    program = """
import os, time
if (pid := os.fork()) == 0:
    os.setpgid(0, 0)
    time.sleep(60)
# By parent and child, as shells do: whoever comes first.
os.setpgid(pid, pid)
print(pid, flush=True)
print(os.waitpid(pid, 0)[1], flush=True)
time.sleep(60)
"""
    leader = start(program)
    write(run_dir, "shim", DEAD, session=leader.pid)
    assert end_survivors(run_dir) == 1
    assert (leader.stdout.readline(), leader.poll()) == (b"15\n", None)


def test_the_deaf_are_killed(run_dir, start):
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    process = start(deaf, run_dir)
    assert (end_survivors(run_dir, grace_s=0.05), process.wait(10)) == (1, -9)


@pytest.mark.parametrize("name", ["shim", "executor"])
def test_nothing_is_ended_while_shim_or_executor_holds_its_lock(run_dir, start, name):
    process = start(run_dir=run_dir)
    holder = start(
        f"from jupyter_mlops.home import LifeLock; lock = LifeLock.acquire({str(run_dir / f'{name}.lock')!r});"
        "print('ready', flush=True); import time; time.sleep(60)"
    )
    assert (end_survivors(run_dir), process.poll(), holder.poll()) == (0, None, None)


@pytest.mark.parametrize("name", ["shim", "executor"])
def test_f21_nothing_of_a_run_is_ended_that_lives_in_another_home(run_dir, start, name):
    """Given the copy of a home, whose locks are free; when a run in it is seen to; then the original's goes on."""
    living = start(run_dir=run_dir)
    write(run_dir, name, living.pid)
    assert (end_survivors(run_dir), living.poll()) == (0, None)


def test_a_shim_that_waits_to_be_reaped_is_dead(run_dir, start):
    process, shim = start(run_dir=run_dir), start()
    write(run_dir, "shim", shim.pid)
    shim.kill()
    os.waitid(os.P_PID, shim.pid, os.WEXITED | os.WNOWAIT)
    assert (end_survivors(run_dir), process.wait(10)) == (1, -15)


def test_f20_nothing_is_ended_after_a_restart_of_the_machine(run_dir, start):
    process = start(run_dir=run_dir)
    write(run_dir, "shim", DEAD, boot_id="before")
    assert (end_survivors(run_dir), process.poll()) == (0, None)


def test_nothing_is_ended_that_began_before_the_executor(run_dir, start):
    process = start(run_dir=run_dir)
    write(run_dir, "executor", DEAD, start_time=process_start_time(process.pid) + 1)
    assert (end_survivors(run_dir), process.poll()) == (0, None)


def test_f07_orphans_that_are_to_be_kept_are_kept(run_dir, start):
    process = start(run_dir=run_dir)
    (run_dir / "spec.json").write_text('{"keep_orphans": true}')
    assert (end_survivors(run_dir), process.poll()) == (0, None)


def test_whoever_took_the_shims_place_may_ask_and_is_spared(run_dir, start, monkeypatch):
    process = start(run_dir=run_dir)
    with LifeLock.acquire(run_dir / "shim.lock"):
        write(run_dir, "shim", os.getpid())
        assert (end_survivors(run_dir), process.wait(10)) == (1, -15)


def test_a_run_that_never_had_a_shim_left_nothing(tmp_path):
    assert end_survivors(tmp_path) == 0
