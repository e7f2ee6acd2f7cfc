import subprocess
import sys

PREFIX = """
import fcntl, os, signal, subprocess, sys, time
from jupyter_mlops.launchers._shim_signals import Attention, default_signals
attention = Attention()
began = time.monotonic()
def told(within_s):
    print(time.monotonic() - began < within_s)
"""


def listening(body):
    """Run code in a process that listens as a shim does, and return what it prints."""
    ended = subprocess.run(
        [sys.executable, "-c", PREFIX + body], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split()


def test_a_sleep_ends_when_a_child_does():
    assert listening("subprocess.Popen(['sleep', '0.1'])\nattention.sleep(30)\ntold(10)") == ["True"]


def test_a_signal_that_came_before_the_sleep_ends_it_too():
    assert listening("os.kill(os.getpid(), signal.SIGUSR1)\nattention.sleep(30)\ntold(10)") == ["True"]


def test_a_wait_in_a_lock_ends_when_somebody_signals():
    body = """
reader, writer = os.pipe()
subprocess.Popen(["sh", "-c", f"sleep 0.1; kill -TERM {os.getpid()}"])
attention.blocked_in(lambda: os.read(reader, 1), 30)
told(10)
"""
    assert listening(body) == ["True"]


def test_a_wait_in_a_lock_ends_when_its_time_is_over():
    body = "reader, writer = os.pipe()\nattention.blocked_in(lambda: os.read(reader, 1), 0.1)\ntold(10)"
    assert listening(body) == ["True"]


def test_a_wait_that_is_granted_ends_at_once():
    assert listening("attention.blocked_in(lambda: None, 30)\ntold(10)") == ["True"]


def test_a_signal_outside_a_wait_raises_nothing():
    assert listening("for _ in range(100): os.kill(os.getpid(), signal.SIGTERM)\nprint('well')") == ["well"]


def test_what_a_terminal_sends_is_ignored():
    body = "for n in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT): os.kill(os.getpid(), n)\nprint('well')"
    assert listening(body) == ["well"]


def test_a_child_gets_the_signals_of_a_fresh_program():
    body = """
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
default_signals()
handlers = {signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE)}
print(handlers == {signal.SIG_DFL}, signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""
    assert listening(body) == ["True", "set()"]


def test_nothing_is_left_when_it_is_closed():
    assert listening("attention.close()\nprint(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)") == ["True"]
