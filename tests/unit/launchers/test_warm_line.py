"""Shims that wait for a run at the end of a kernel's line, both ends of which are here."""

import os
import socket

import pytest

from jupyter_mlops.entities import decode
from jupyter_mlops.home import handed_on, lock_holder
from jupyter_mlops.launchers import HeldLine, Owner, WarmRequest, receive_line
from jupyter_mlops.launchers._warm_line import SpareLine

HOLD = WarmRequest(ask="hold", owner=Owner(1, 1))
RUN = WarmRequest(ask="run", owner=Owner(1, 1), run_dir="/somewhere", environment=b"A=1", cold=("python",))


@pytest.fixture
def listener(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(tmp_path / "warm.sock"))
        listener.listen()
        yield listener


@pytest.fixture
def line(listener):
    line = SpareLine.open(listener.getsockname(), HOLD)
    yield line
    line.close()


@pytest.fixture
def held(line, listener):
    connection, _ = listener.accept()
    with connection:
        assert decode(receive_line(connection), WarmRequest) == HOLD
        yield HeldLine(connection)


@pytest.fixture
def shim(held):
    """Send a waiting shim down the line; return its own end."""
    ends = []

    def shim():
        given, own = socket.socketpair()
        with given:
            assert held.serve(given)
        own.settimeout(5)
        ends.append(own)
        return own

    yield shim
    for end in ends:
        end.close()


def test_a_shim_that_waits_is_told_its_run_and_the_next_may_come(line, held, shim):
    own = shim()
    assert held.is_served
    assert line.submit(RUN) is True
    assert decode(receive_line(own), WarmRequest) == RUN
    assert own.recv(1) == b""
    assert (held.hear(), held.is_served) == (True, False)
    assert line.submit(RUN) is False


def test_the_warm_parent_hears_only_when_the_shim_has_been_told(line, held, shim, monkeypatch):
    own = shim()
    told = []

    def tell(connection, request, given):
        told.append(held.hear())
        connection.sendall(b"{}\n")

    monkeypatch.setattr("jupyter_mlops.launchers._warm_line.tell", tell)
    assert line.submit(RUN) is True
    assert (told, held.is_served) == ([True], True)
    assert receive_line(own) == b"{}\n"
    assert (held.hear(), held.is_served) == (True, False)


def test_f12_what_says_that_a_shim_is_on_its_way_says_so_until_it_has_read_which_run_it_is(line, shim, tmp_path):
    own, spec = shim(), tmp_path / "spec.json"
    spec.touch()
    with handed_on(spec) as given:
        assert line.submit(RUN, given) is True
    assert lock_holder(spec) is not None
    assert decode(receive_line(own), WarmRequest) == RUN
    assert lock_holder(spec) is None


def test_f12_a_shim_that_dies_before_it_has_read_is_not_on_its_way(line, shim, tmp_path):
    own, spec = shim(), tmp_path / "spec.json"
    spec.touch()
    with handed_on(spec) as given:
        assert line.submit(RUN, given) is True
    own.close()
    assert lock_holder(spec) is None


def test_the_newest_is_used_and_the_others_are_let_go(line, shim):
    older, newest = shim(), shim()
    assert line.submit(RUN) is True
    assert decode(receive_line(newest), WarmRequest) == RUN
    assert older.recv(1) == b""


def test_before_one_comes_there_is_none(line, held):
    assert (line.submit(RUN), line.is_open, held.hear()) == (False, True, True)


def test_one_that_was_killed_while_it_waited_is_replaced(line, held, shim):
    shim().close()
    assert line.submit(RUN) is False
    assert (held.hear(), held.is_served) == (True, False)


def test_what_came_before_the_warm_parent_ended_is_used(line, held, shim):
    own = shim()
    held.connection.close()
    assert line.submit(RUN) is True
    assert decode(receive_line(own), WarmRequest) == RUN
    assert (line.submit(RUN), line.is_open) == (False, False)


def test_a_forked_child_leaves_it_to_its_parent(line, shim):
    own = shim()
    pid = os.fork()
    if pid == 0:
        os._exit(line.submit(RUN))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert line.submit(RUN) is True
    assert decode(receive_line(own), WarmRequest) == RUN


def test_when_the_kernel_goes_so_does_what_waited(line, held, shim):
    own = shim()
    line.close()
    assert (own.recv(1), held.hear()) == (b"", False)
    given, other = socket.socketpair()
    with given, other:
        assert held.serve(given) is False


def test_without_a_warm_parent_there_is_no_line(tmp_path):
    assert SpareLine.open(tmp_path / "none.sock", HOLD) is None
