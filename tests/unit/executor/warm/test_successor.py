import signal
import socket
import subprocess

import pytest

from jupyter_mlops.entities import decode
from jupyter_mlops.executor._warm._successor import Estate, Successor
from jupyter_mlops.launchers import Owner, receive_line
from jupyter_mlops.testing import wait_until

A, B = Owner(1, 10), Owner(2, 20)


class TestEstate:
    def test_what_kernels_have_imported_adds_up_in_order_and_once(self):
        estate = Estate().joined(A, ("numpy", "pandas")).joined(B, ("pandas", "torch")).joined(A, ())
        assert estate == Estate(owners=(A, B), modules=("numpy", "pandas", "torch"))

    def test_a_kernel_that_needs_it_no_more_goes(self):
        estate = Estate(owners=(A, B))
        assert estate.without(A) == Estate(owners=(B,))
        assert estate.without(Owner(9, 9)) == estate

    def test_a_harmful_name_is_remembered_once(self):
        assert Estate().skipping("bad").skipping("bad").skipping("") == Estate(skipped=("bad",))


@pytest.fixture
def successor():
    """A process in the place of a next generation, and the other end of its channel."""
    process = subprocess.Popen(["sleep", "60"])
    mine, theirs = socket.socketpair()
    yield Successor(process.pid, mine), theirs, process
    process.kill()
    process.wait()
    mine.close()
    theirs.close()


def test_there_is_no_news_while_it_loads(successor):
    successor, theirs, _ = successor
    assert (successor.news(), successor.loading) == ("", "")
    theirs.sendall(b"numpy\npand")
    assert (successor.news(), successor.loading) == ("", "numpy")
    theirs.sendall(b"as\n")
    assert (successor.news(), successor.loading) == ("", "pandas")


def test_it_is_ready_when_it_says_so(successor):
    successor, theirs, _ = successor
    theirs.sendall(b"numpy\nready\n")
    assert successor.news() == "ready"


def test_when_it_dies_what_it_was_loading_is_known(successor):
    successor, theirs, _ = successor
    theirs.sendall(b"numpy\nbad\n")
    theirs.close()
    wait_until(lambda: successor.news() == "failed")
    assert successor.loading == "bad"


def test_one_that_hangs_is_killed(successor, monkeypatch):
    successor, theirs, process = successor
    theirs.sendall(b"bad\n")
    successor.news()
    successor._heard_at -= 1000
    assert (successor.news(), successor.loading, process.wait(10)) == ("failed", "bad", -signal.SIGKILL)


def test_it_inherits_what_came_in_meanwhile(successor):
    successor, theirs, _ = successor
    estate = Estate(owners=(A,), modules=("numpy",), skipped=("bad",))
    successor.bequeath(estate)
    assert decode(receive_line(theirs), Estate) == estate


def test_ending_one_that_has_ended_is_no_fault(successor):
    successor, _, process = successor
    process.kill()
    process.wait()
    successor.kill()
    assert process.returncode == -signal.SIGKILL
