"""The kernel's side of the warm parent: what it asks, and that every trouble means a cold start."""

import os
import socket
import threading
import time

import pytest

from jupyter_mlops.entities import decode, encode
from jupyter_mlops.home import Home, LifeLock, process_start_time
from jupyter_mlops.launchers import Owner, ShimSettings, WarmReply, WarmRequest, receive_line
from jupyter_mlops.launchers._warm_client import WarmClient
from jupyter_mlops.launchers._warm_key import warm_key

SETTINGS = ShimSettings(2, ("python", "-m", "executor"), 1 << 20, ())


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / ".mlops")


@pytest.fixture
def parent(home):
    """Answer at a home's socket, one reply a request; return the requests."""
    listeners = []

    def answer(*replies, key=""):
        asked = []
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(os.fspath(home.socket(f"{key or warm_key()}.sock")))
        listener.listen()

        def work():
            for reply in replies:
                connection, _ = listener.accept()
                with connection:
                    asked.append(decode(receive_line(connection), WarmRequest))
                    if reply is not None:
                        connection.sendall(reply if isinstance(reply, bytes) else encode(reply) + b"\n")

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        listeners.append((listener, thread))
        return asked

    yield answer
    for listener, thread in listeners:
        thread.join(5)
        listener.close()


def until(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)


def run_of(home):
    return home.run(home.new_run_id())


def test_a_run_is_handed_over_with_all_that_it_needs(home, parent, monkeypatch):
    monkeypatch.setitem(os.environb, b"BYTES", b"\xff=\n \xc3\xbc")
    asked = parent(WarmReply(pid=1, shim_pid=2))
    run = run_of(home)
    assert WarmClient(home).submit(run, SETTINGS) is True
    (request,) = asked
    assert (request.ask, request.run_dir) == ("run", str(run.path))
    assert request.owner == Owner(os.getpid(), process_start_time(os.getpid()))
    assert ShimSettings.from_json(request.settings) == SETTINGS
    assert dict(pair.split(b"=", 1) for pair in request.environment.split(b"\0")) == dict(os.environb)


@pytest.mark.parametrize(
    "reply",
    [
        WarmReply(pid=1, refusal="another module of that name"),
        WarmReply(pid=1),
        None,
        b"",
        b"\n",
        b"no json\n",
        b"[]\n",
        b'{"pid": "one"}\n',
        b'{"pid": 1, "shim_pid": 2}',
        b"\xff\xfe\n",
    ],
)
def test_whatever_else_is_answered_means_a_cold_start(home, parent, reply):
    parent(reply)
    assert WarmClient(home).submit(run_of(home), SETTINGS) is False


def test_without_a_warm_parent_nothing_is_waited_for(home):
    client = WarmClient(home)
    began = time.monotonic()
    assert (client.submit(run_of(home), SETTINGS), client.status()) == (False, None)
    client.retire()
    assert time.monotonic() - began < 2
    assert client.is_wanted is False


def test_a_socket_that_a_killed_parent_left_behind_is_no_parent(home):
    path = home.socket(f"{warm_key()}.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(path))
    client = WarmClient(home)
    assert (path.exists(), client.submit(run_of(home), SETTINGS), client.status()) == (True, False, None)


def test_how_it_is_can_be_asked(home, parent):
    reply = WarmReply(pid=7, generation=2, modules=900, loading=True, memory_bytes=1 << 28)
    asked = parent(reply)
    assert WarmClient(home).status() == reply
    assert [request.ask for request in asked] == ["status"]


def test_a_parent_that_was_told_is_left_alone_while_it_lives(home, parent):
    asked = parent(WarmReply(pid=1), None, WarmReply(pid=1))
    client = WarmClient(home)
    client.warm_up()
    with LifeLock.acquire(home.socket(f"{warm_key()}.lock")):
        for _ in range(3):
            client.warm_up()
    # Nobody waits for an answer to "hold": the parent may not have read it yet.
    until(lambda: len(asked) == 2)
    assert [request.ask for request in asked] == ["preload", "hold"]
    client.warm_up()
    assert [request.ask for request in asked] == ["preload", "hold", "preload"]
    assert client.is_wanted is True
    assert "msgspec" in asked[0].modules


def test_a_kernel_whose_environment_changed_lets_the_old_parent_go(home, parent, monkeypatch):
    old = parent(WarmReply(pid=1), WarmReply(pid=1))
    client = WarmClient(home)
    client.warm_up()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    new = parent(WarmReply(pid=2))
    client.warm_up()
    assert [request.ask for request in old] == ["preload", "release"]
    assert [request.ask for request in new] == ["preload"]


def test_a_parent_that_is_retired_is_wanted_no_more(home, parent):
    asked = parent(WarmReply(pid=1), WarmReply(pid=1))
    client = WarmClient(home)
    client.warm_up()
    client.retire()
    assert ([request.ask for request in asked], client.is_wanted) == (["preload", "retire"], False)
