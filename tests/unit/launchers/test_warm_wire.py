import os
import socket
import threading

import pytest

from jupyter_mlops.entities import decode, encode
from jupyter_mlops.home import handed_on, lock_holder
from jupyter_mlops.launchers import Owner, WarmReply, WarmRequest, is_same_user, receive_given, receive_line, tell
from jupyter_mlops.launchers._warm_wire import LONGEST_LINE, ask_warm_parent

REQUEST = WarmRequest(ask="run", owner=Owner(1, 2), environment=b"A=\xff\0B=1", modules=("a", "b"))


@pytest.fixture
def server(tmp_path):
    """Answer one request with what the story says, and keep what came."""
    path = tmp_path / "s"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.fspath(path))
    listener.listen()
    heard = []
    threads = []

    def answer(data):
        def serve():
            connection, _ = listener.accept()
            with connection:
                heard.append(receive_line(connection))
                connection.sendall(data)

        threads.append(threading.Thread(target=serve))
        threads[0].start()
        return path, heard

    yield answer
    for thread in threads:
        thread.join()
    listener.close()


def test_a_request_travels_with_every_byte_of_the_environment():
    assert decode(encode(REQUEST), WarmRequest) == REQUEST


def test_a_reply_is_returned(server):
    reply = WarmReply(pid=7, shim_pid=8, generation=2)
    path, heard = server(encode(reply) + b"\n")
    assert ask_warm_parent(path, REQUEST, 5) == reply
    assert decode(heard[0], WarmRequest) == REQUEST


@pytest.mark.parametrize("data", [b"", b"{}\n", b"nonsense\n", b'{"pid": 1'])
def test_no_whole_reply_is_none(server, data):
    path, _ = server(data)
    assert ask_warm_parent(path, REQUEST, 5) is None


def test_nobody_at_the_address_is_none(tmp_path):
    assert ask_warm_parent(tmp_path / "nobody", REQUEST, 1) is None
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(os.fspath(tmp_path / "dead"))
    assert ask_warm_parent(tmp_path / "dead", REQUEST, 1) is None


def test_somebody_who_does_not_answer_is_none(tmp_path):
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(os.fspath(tmp_path / "mute"))
        mute.listen()
        assert ask_warm_parent(tmp_path / "mute", REQUEST, 0.05) is None


def test_a_line_without_end_is_refused():
    mine, theirs = socket.socketpair()

    def send():
        try:
            theirs.sendall(b"x" * (2 * LONGEST_LINE))
        except OSError:
            pass

    sender = threading.Thread(target=send)
    sender.start()
    with pytest.raises(ConnectionError):
        receive_line(mine)
    mine.close()
    sender.join()
    theirs.close()


def test_both_ends_of_a_socket_of_this_user_are_trusted():
    mine, theirs = socket.socketpair()
    with mine, theirs:
        assert is_same_user(mine)


def test_f12_who_takes_what_came_along_keeps_it_locked_until_it_is_closed(tmp_path):
    spec = tmp_path / "spec.json"
    spec.touch()
    large = WarmRequest(ask="run", owner=Owner(1, 2), environment=b"A=" + b"x" * 300_000)
    here, there = socket.socketpair()
    with here, there:
        with handed_on(spec) as given:
            sender = threading.Thread(target=tell, args=(here, large, given))
            sender.start()
            line, taken = receive_given(there)
            sender.join()
        assert (decode(line, WarmRequest), lock_holder(spec) is not None) == (large, True)
        os.close(*taken)
        assert lock_holder(spec) is None


def test_what_came_along_with_half_a_line_is_closed(tmp_path):
    spec = tmp_path / "spec.json"
    spec.touch()
    here, there = socket.socketpair()
    with here, there:
        with handed_on(spec) as given:
            socket.send_fds(here, [b"half"], given)
        here.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionError):
            receive_given(there)
        assert lock_holder(spec) is None


def test_a_line_without_anything_comes_alone():
    here, there = socket.socketpair()
    with here, there:
        tell(here, REQUEST)
        line, taken = receive_given(there)
    assert (decode(line, WarmRequest), taken) == (REQUEST, [])
