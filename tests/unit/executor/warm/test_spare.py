"""Processes forked in advance. Each story runs in a process of its own, which does the forking."""

import signal
import subprocess
import sys

PREFIX = """
import os, signal, socket, sys, time
from pathlib import Path
import jupyter_mlops.executor._warm._spare as spare
from jupyter_mlops.executor import Stage
from jupyter_mlops.home import Home
from jupyter_mlops.entities import encode
from jupyter_mlops.launchers import Owner, WarmRequest

def pretend(run_dir, approach=None):
    print(os.getpid(), os.environ.get("WHO"), os.environ["JUPYTER_MLOPS_SLOT"], Path.cwd(), flush=True)
    return 7

spare._execute = pretend
run_dir = Path(sys.argv[1])
stage = Stage(Home.create(run_dir / ".mlops"), run_dir / "stage")
mine, theirs = socket.socketpair()
starter = spare.SpareStarter(stage, theirs)
starter._become_executor = pretend
waiting = starter._pid
request = WarmRequest(ask="run", owner=Owner(1, 1), run_dir=str(run_dir), environment=b"WHO=kernel")
line = encode(request) + b"\\n"

def code_of(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def is_child(pid):
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False
"""


def tell(tmp_path, body):
    program = [sys.executable, "-c", PREFIX + body, str(tmp_path)]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    log = tmp_path / "output.log"
    return ended.stdout.split(), log.read_text().split() if log.exists() else []


def test_the_waiting_process_becomes_the_executor(tmp_path):
    body = f"""
starter.expect(line, request)
pid = starter.start(run_dir, {str(tmp_path)!r}, 3)
print(pid, pid == waiting, code_of(pid), os.environ.get("WHO"))
"""
    told, log = tell(tmp_path, body)
    assert told[1:] == ["True", "7", "kernel"]
    assert log == [told[0], "kernel", "3", str(tmp_path)]


def test_what_it_is_told_may_come_as_one(tmp_path):
    body = f"""
os.kill(waiting, signal.SIGSTOP)
starter.expect(line, request)
pid = starter.start(run_dir, {str(tmp_path)!r}, 3)
os.kill(waiting, signal.SIGCONT)
print(pid == waiting, code_of(pid))
"""
    told, log = tell(tmp_path, body)
    assert (told, log[1:]) == (["True", "7"], ["kernel", "3", str(tmp_path)])


def test_it_ends_with_its_shim_after_it_has_heard_of_its_run(tmp_path):
    body = """
starter.expect(line, request)
starter.expect_wait()
print(is_child(waiting), os.environ["WHO"], (run_dir / "output.log").exists())
"""
    assert tell(tmp_path, body)[0] == ["False", "kernel", "False"]


def test_a_run_that_waits_lets_it_go_and_forks_when_its_turn_comes(tmp_path):
    body = f"""
starter.expect(line, request)
starter.expect_wait()
starter.expect_wait()
print(is_child(waiting), flush=True)  # what lies in a buffer is forked as well
pid = starter.start(run_dir, {str(tmp_path)!r}, 0)
print(pid != waiting, code_of(pid))
"""
    told, log = tell(tmp_path, body)
    assert (told, log[1:]) == (["False", "True", "7"], ["kernel", "0", str(tmp_path)]), log


def test_one_that_was_killed_while_it_waited_is_replaced(tmp_path):
    body = f"""
os.kill(waiting, signal.SIGKILL)
os.waitpid(waiting, 0)
pid = starter.start(run_dir, {str(tmp_path)!r}, 0)
print(pid != waiting, code_of(pid))
"""
    assert tell(tmp_path, body)[0] == ["True", "7"]


def test_each_draws_random_numbers_of_its_own(tmp_path):
    body = """
import numpy as np

def draw(run_dir, approach=None):
    print(np.random.random(), flush=True)
    return 0

spare._execute = draw
np.random.seed(0)
for name in ("one", "other"):
    (run_dir / name).mkdir()
    mine, theirs = socket.socketpair()
    starter = spare.SpareStarter(Stage(Home.open(run_dir / ".mlops"), run_dir / name / "stage"), theirs)
    request = WarmRequest(ask="run", owner=Owner(1, 1), run_dir=str(run_dir / name))
    starter.expect(encode(request) + b"\\n", request)
    assert code_of(starter.start(run_dir / name, "/", 0)) == 0
print(np.random.random(), *((run_dir / name / "output.log").read_text() for name in ("one", "other")))
"""
    assert len(set(tell(tmp_path, body)[0])) == 3


def test_one_that_waits_heeds_no_handler_of_its_parent(tmp_path):
    body = """
signal.signal(signal.SIGTERM, lambda number, frame: None)
began = run_dir / "another"
mine, theirs = socket.socketpair()
starter = spare.SpareStarter(Stage(Home.open(run_dir / ".mlops"), began), theirs)
while not any(began.glob("*/spec.json")):
    time.sleep(0.005)
os.kill(starter._pid, signal.SIGTERM)
print(code_of(starter._pid))
"""
    assert tell(tmp_path, body)[0] == [str(-signal.SIGTERM)]


def test_it_ends_when_its_shim_does(tmp_path):
    body = """
starter._channel.close()
print(code_of(waiting))
"""
    assert tell(tmp_path, body)[0] == ["0"]


def test_a_spare_shim_that_was_killed_says_so(tmp_path):
    # Until its executor has begun its rehearsal that has the shim's end of the channel too, as the fork left it.
    body = """
began = run_dir / "another"
one = spare.Spare(Stage(Home.open(run_dir / ".mlops"), began), ())
while not any(began.glob("*/spec.json")):
    time.sleep(0.005)
os.kill(one.pid, signal.SIGKILL)
os.waitpid(one.pid, 0)
print(one.take(WarmRequest(ask="run", owner=Owner(1, 1))))
other = spare.Spare(stage, ())
other.close()
print(code_of(other.pid))
"""
    assert tell(tmp_path, body)[0] == ["False", "0"]


def test_f12_a_spare_that_comes_late_is_known_to_be_on_its_way_until_it_is_killed(tmp_path):
    body = """
from jupyter_mlops.home import handed_on, lock_holder
one = spare.Spare(stage, ())
os.kill(one.pid, signal.SIGSTOP)
spec = run_dir / "on_its_way.json"
spec.touch()
with handed_on(spec) as given:
    print(one.take(WarmRequest(ask="run", owner=Owner(1, 1)), given))
print(lock_holder(spec) is not None)
os.kill(one.pid, signal.SIGKILL)
os.waitpid(one.pid, 0)
print(lock_holder(spec) is not None)
"""
    assert tell(tmp_path, body)[0] == ["True", "True", "False"]
