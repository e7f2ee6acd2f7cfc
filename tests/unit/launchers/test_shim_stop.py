import json
import os
import signal
import subprocess
import sys

import pytest

from jupyter_mlops.launchers._shim_stop import Stopper, stop_request

TELL = """
import os, signal, sys, time
def tell(number, _):
    os.write(1, signal.Signals(number).name.encode() + b"\\n")  # not print: it may be in the middle of one
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, tell)
print("ready", flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture
def group():
    process = subprocess.Popen([sys.executable, "-c", TELL], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.communicate()


def ask(run_dir, by="user"):
    (run_dir / "stop.json").write_text(json.dumps({"by": by, "at": "2026-01-01T00:00:00+00:00"}))


@pytest.mark.parametrize(
    ("text", "by"), [('{"by": "timeout"}', "timeout"), ("", "user"), ('{"by"', "user"), ("{}", "user")]
)
def test_a_request_counts_also_when_it_is_half_written(tmp_path, text, by):
    assert stop_request(tmp_path) is None
    (tmp_path / "stop.json").write_text(text)
    assert stop_request(tmp_path) == by


def test_nothing_is_sent_before_somebody_asks(tmp_path, group):
    stopper = Stopper(tmp_path, group.pid, None, 0.0)
    assert (stopper.advance(), stopper.stopped_by, group.poll()) == (1.0, None, None)


def test_a_request_is_an_interrupt_then_a_termination_then_a_kill(tmp_path, group):
    stopper = Stopper(tmp_path, group.pid, None, 0.0)
    ask(tmp_path)
    stopper.advance()
    assert group.stdout.readline() == "SIGINT\n"
    stopper.advance()
    assert group.stdout.readline() == "SIGTERM\n"
    stopper.advance()
    assert (group.wait(10), stopper.stopped_by, stopper.advance()) == (-signal.SIGKILL, "user", 1.0)


def test_there_is_a_grace_between_the_signals(tmp_path, group):
    stopper = Stopper(tmp_path, group.pid, None, 60.0)
    ask(tmp_path)
    assert 59 < stopper.advance() <= 60
    assert group.stdout.readline() == "SIGINT\n"
    assert 59 < stopper.advance() <= 60
    assert group.poll() is None


def test_the_time_limit_leaves_word_and_stops(tmp_path, group):
    stopper = Stopper(tmp_path, group.pid, 0.0, 60.0)
    stopper.advance()
    assert group.stdout.readline() == "SIGINT\n"
    assert (stopper.stopped_by, json.loads((tmp_path / "stop.json").read_text())["by"]) == ("timeout", "timeout")


def test_a_limit_that_is_not_reached_is_waited_for(tmp_path, group):
    assert 0 < Stopper(tmp_path, group.pid, 0.5, 1.0).advance() <= 0.5


def test_who_had_finished_before_it_was_told_is_not_stopped(tmp_path, group):
    (tmp_path / "result.json").write_text('{"status": "FINISHED"}')
    stopper = Stopper(tmp_path, group.pid, None, 60.0)
    ask(tmp_path)
    stopper.advance()
    assert (group.stdout.readline(), stopper.stopped_by) == ("SIGINT\n", None)


def test_a_suspended_process_is_woken_to_hear_it(tmp_path, group):
    os.kill(group.pid, signal.SIGSTOP)
    stopper = Stopper(tmp_path, group.pid, None, 60.0)
    ask(tmp_path)
    stopper.advance()
    assert group.stdout.readline() == "SIGINT\n"
