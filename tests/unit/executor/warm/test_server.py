"""One generation of a warm parent: whom it serves, what it refuses, when it ends; no story forks or waits."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from jupyter_mlops.entities import decode, encode
from jupyter_mlops.executor._warm._server import IDLE_S, ORPHANED_S, WarmParent
from jupyter_mlops.executor._warm._successor import Estate
from jupyter_mlops.home import Home, LifeLock, handed_on, lock_holder, process_start_time
from jupyter_mlops.launchers import Owner, WarmReply, WarmRequest, receive_line, tell

ME = Owner(os.getpid(), process_start_time(os.getpid()) or 0)
GONE = Owner(os.getpid(), 1)
"""A process that had this process' number before."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.create(tmp_path / ".mlops")


@pytest.fixture
def signals() -> Iterator[None]:
    """Put back the handlers that a warm parent takes for the whole process."""
    numbers = (signal.SIGCHLD, signal.SIGTERM)
    handlers = {number: signal.getsignal(number) for number in numbers}
    wakeup = signal.set_wakeup_fd(-1)
    yield
    signal.set_wakeup_fd(wakeup)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def parent(home: Home, signals: None) -> Iterator[WarmParent]:
    address = home.socket("story.sock")
    address.unlink(missing_ok=True)
    lock = LifeLock.acquire(home.socket("story.lock"))
    assert lock is not None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(address))
        listener.listen(8)
        parent = WarmParent(home, address, listener, lock)
        yield parent
        signal.set_wakeup_fd(-1)
        for end in (parent._signals, parent._waker):
            end.close()
    address.unlink(missing_ok=True)
    lock.release()


@pytest.fixture
def ask(parent: WarmParent) -> Callable[..., WarmReply]:
    def ask(what: str, owner: Owner = ME, **fields: object) -> WarmReply:
        return parent.answer(WarmRequest(ask=what, owner=owner, **fields))

    return ask


def test_a_preload_is_remembered_for_the_next_generation(parent, ask):
    reply = ask("preload", modules=("numpy", "pandas"))
    ask("preload", modules=("pandas", "torch"))
    assert parent._estate == Estate(owners=(ME,), modules=("numpy", "pandas", "torch"))
    assert reply == WarmReply(pid=os.getpid(), generation=0, modules=reply.modules)


def test_memory_is_told_only_where_it_is_asked_for(ask):
    assert ask("preload").memory_bytes == 0
    assert ask("status").memory_bytes > 0


def test_before_anything_is_loaded_a_run_is_refused_with_the_reason(ask):
    assert ask("run").refusal == "nothing is loaded yet"


class Waiting:
    """A spare shim that takes any run, and keeps what says that it is on its way."""

    pid = 7
    given: tuple[int, ...] = ()

    def take(self, request: WarmRequest, given: Sequence[int]) -> bool:
        self.given = tuple(given)
        return True


def test_f12_what_says_that_a_shim_is_on_its_way_is_handed_on_to_it(parent, monkeypatch, tmp_path):
    monkeypatch.setattr(parent, "_refusal", lambda request: "")
    parent._spare = waiting = Waiting()
    kernel, here = socket.socketpair()
    (tmp_path / "spec.json").touch()
    with kernel, here, handed_on(tmp_path / "spec.json") as given:
        tell(kernel, WarmRequest(ask="run", owner=ME), given)
        parent._serve(here)
        assert decode(receive_line(kernel), WarmReply).shim_pid == waiting.pid
    assert (len(given), len(waiting.given)) == (1, 1)
    assert lock_holder(tmp_path / "spec.json") is None


LOADED = """
import socket, sys, threading
from pathlib import Path
from jupyter_mlops.executor._warm._server import WarmParent
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import Owner, WarmRequest

parent = WarmParent(Home.open(Path(sys.argv[1])), Path("/nowhere"), socket.socket(), None)
parent._generation = 1
for foreign in ((), ("my_own_module",), ("my_own_module", "json", "socket", "os", "re")):
    print(parent._refusal(WarmRequest(ask="run", owner=Owner(1, 1), foreign=foreign)))
stop = threading.Event()
threading.Thread(target=stop.wait).start()
print(parent._refusal(WarmRequest(ask="run", owner=Owner(1, 1))))
stop.set()
"""


def test_a_fork_that_would_not_be_as_good_as_a_new_process_is_refused_with_the_reason(home):
    assert told_by(LOADED, home) == [
        "",
        "",
        "an installed module hides the notebook's own: json, socket, os",
        "a library has started a thread",
    ]


def told_by(program: str, home: Home) -> list[str]:
    """Run a program in a process of its own: this one has threads of the test runner."""
    done = subprocess.run([sys.executable, "-c", program, str(home.path)], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.splitlines()


# When it ends


def test_it_is_of_use_while_a_kernel_lives(parent, ask):
    ask("preload")
    assert parent._is_of_use()


@pytest.mark.parametrize("owner", [GONE, Owner(2**22 + 1, 5)])
def test_without_a_living_kernel_it_is_of_use_only_for_moments(parent, ask, owner):
    ask("preload", owner)
    assert parent._is_of_use()
    parent._owned_at -= ORPHANED_S
    assert not parent._is_of_use()


def test_a_kernel_that_lives_keeps_it_however_long_ago_it_was_looked_for(parent, ask):
    ask("preload")
    parent._owned_at -= 10 * ORPHANED_S
    assert parent._is_of_use()


def test_a_kernel_that_asks_for_nothing_does_not_keep_it_for_ever(parent, ask):
    ask("preload")
    parent._asked_at -= IDLE_S + 1
    assert not parent._is_of_use()


def test_the_last_release_ends_it_at_once_and_an_earlier_one_does_not(parent, ask):
    ask("preload", GONE)
    ask("preload")
    ask("release", GONE)
    assert parent._is_of_use()
    ask("release")
    assert not parent._is_of_use()


def test_it_ends_with_its_home_and_with_its_socket(parent, ask, home, tmp_path):
    ask("preload")
    home.runs.rename(tmp_path / "elsewhere")
    assert not parent._is_of_use()
    (tmp_path / "elsewhere").rename(home.runs)
    assert parent._is_of_use()
    home.socket("story.sock").unlink()
    assert not parent._is_of_use()


@pytest.mark.parametrize("end", ["retire", "signal"])
def test_told_to_end_it_takes_its_socket_away_and_forks_nothing_any_more(parent, ask, home, end):
    ask("preload")
    if end == "retire":
        ask("retire")
    else:
        signal.raise_signal(signal.SIGTERM)
    parent.loop()
    assert not home.socket("story.sock").exists()


def test_a_signal_ends_the_wait(parent):
    signal.raise_signal(signal.SIGCHLD)
    assert select.select([parent._signals], [], [], 5)[0] == [parent._signals]


# What harm teaches it


def test_a_harmful_name_is_skipped_and_the_rest_is_loaded(parent):
    parent._give_up_on("bad")
    assert (parent._estate.skipped, parent._is_leaving) == (("bad",), False)


def test_where_not_even_the_executor_can_be_loaded_it_ends(parent):
    parent._give_up_on("")
    assert parent._is_leaving


def test_a_later_generation_that_fails_without_a_name_is_not_tried_again(parent, ask):
    parent._generation = 1
    ask("preload", modules=("numpy",))
    parent._give_up_on("")
    assert (parent._is_leaving, parent._tried) == (False, {"numpy"})


# At the socket


def connect(home: Home) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(5)
    connection.connect(os.fspath(home.socket("story.sock")))
    return connection


def test_a_request_is_answered_in_one_line(parent, home):
    with connect(home) as kernel:
        kernel.sendall(encode(WarmRequest(ask="status", owner=ME)) + b"\n")
        parent._serve_one()
        assert decode(receive_line(kernel), WarmReply).pid == os.getpid()


@pytest.mark.parametrize("nonsense", [b"\n", b"{}\n", b"GET / HTTP/1.1\r\n\r\n", b'{"ask": 3}\n', b"\xff\xfe\n", b""])
def test_nonsense_is_no_reason_to_end(parent, home, nonsense):
    with connect(home) as kernel:
        kernel.sendall(nonsense)
        kernel.shutdown(socket.SHUT_WR)
        parent._serve_one()
        assert kernel.recv(100) == b""
    test_a_request_is_answered_in_one_line(parent, home)


def test_a_kernel_that_dies_before_the_answer_is_no_reason_either(parent, home):
    with connect(home) as kernel:
        kernel.sendall(encode(WarmRequest(ask="preload", owner=ME, modules=("numpy",))) + b"\n")
    parent._serve_one()
    assert parent._estate.modules == ("numpy",)
    test_a_request_is_answered_in_one_line(parent, home)


ANOTHER = """
import sys
from pathlib import Path
from jupyter_mlops.executor._warm._server import serve

serve(Path(sys.argv[1]), "story")
print("went away")
"""


def test_there_is_one_for_a_key(parent, home):
    assert told_by(ANOTHER, home) == ["went away"]
    test_a_request_is_answered_in_one_line(parent, home)
