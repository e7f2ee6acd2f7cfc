import os
import subprocess
import sys

import pytest

from jupyter_mlops.launchers._shim_process import descendants, send, send_group, utc_now
from jupyter_mlops.testing import wait_until


def in_a_shim(body):
    """Run code in a process that adopts orphans, as a shim does, and return what it prints."""
    program = f"""
import os, signal, subprocess, time
from jupyter_mlops.launchers._shim_process import adopt_orphans, descendants, end_descendants, reap
assert adopt_orphans()
{body}
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split()


def test_an_end_is_told_with_code_or_signal_and_memory():
    body = """
commands = ("exit 3", "kill -9 $$")
ends = {os.posix_spawn("/bin/sh", ["sh", "-c", command], {}): number for number, command in enumerate(commands)}
while ends:
    for end in reap()[0]:
        print(ends.pop(end.pid), end.exit_code, end.signal, end.peak_rss_bytes > 100_000)
"""
    told = in_a_shim(body)
    assert sorted(zip(*[iter(told)] * 4, strict=True)) == [("0", "3", "None", "True"), ("1", "None", "9", "True")]


def test_a_process_without_children_has_nothing_to_reap():
    assert in_a_shim("print(*reap())") == ["[]", "False"]


def test_whoever_forks_twice_comes_back_to_the_shim():
    body = """
subprocess.run(["sh", "-c", "(setsid sleep 60 &)"])
print(len(descendants(os.getpid())), end_descendants(None), len(descendants(os.getpid())))
"""
    assert in_a_shim(body) == ["1", "1", "0"]


def test_helpers_that_leave_by_themselves_are_not_counted():
    assert in_a_shim("subprocess.Popen(['sleep', '0.02'])\nprint(end_descendants(None))") == ["0"]


def test_those_that_hear_no_sigterm_are_killed():
    body = """
deaf = subprocess.Popen(["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"], stdout=subprocess.PIPE)
deaf.stdout.readline()
print(end_descendants(None, grace_s=0.1) >= 1, len(descendants(os.getpid())))
"""
    assert in_a_shim(body) == ["True", "0"]


def test_one_child_is_spared_with_all_that_it_started():
    body = """
spared = subprocess.Popen(["sh", "-c", "sleep 60 & echo up; wait"], stdout=subprocess.PIPE)
spared.stdout.readline()
other = subprocess.Popen(["sleep", "60"])
print(end_descendants(spared.pid), spared.poll(), len(descendants(os.getpid())))
for pid in descendants(os.getpid()): os.kill(pid, signal.SIGKILL)
"""
    assert in_a_shim(body) == ["1", "None", "2"]


def test_descendants_are_children_and_theirs():
    process = subprocess.Popen(["sh", "-c", "sleep 60 & sleep 60 & wait"], start_new_session=True)
    wait_until(lambda: len(descendants(process.pid)) == 2)
    assert process.pid in descendants(os.getpid())
    send_group(process.pid, 9)
    process.wait()
    wait_until(lambda: process.pid not in descendants(os.getpid()))


@pytest.mark.parametrize("tell", [send, send_group])
def test_telling_a_process_that_has_gone_is_no_fault(tell):
    process = subprocess.Popen(["true"], start_new_session=True)
    process.wait()
    tell(process.pid, 15)
    assert process.returncode == 0


def test_times_are_utc_with_their_offset():
    from datetime import UTC, datetime, timedelta

    told = datetime.fromisoformat(utc_now())
    assert (told.utcoffset(), abs(datetime.now(UTC) - told) < timedelta(seconds=5)) == (timedelta(0), True)
