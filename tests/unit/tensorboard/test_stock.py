"""Which port is a TensorBoard that a kernel of this server started: one condition after the other must hold."""

import json
import os
import socket
import subprocess
import sys

import pytest

from jupyter_mlops.tensorboard import find_stock_tensorboard
from jupyter_mlops.tensorboard._stock import StockTensorBoard

LISTENER = """
import os, socket, sys
if sys.argv[2] != "-1":
    os.setuid(int(sys.argv[2]))
listening = socket.create_server((sys.argv[1], 0))
print(listening.getsockname()[1], flush=True)
sys.stdin.read()
"""


class Listener:
    """A process that listens on a loopback port; a child of this test."""

    def __init__(self, host: str = "127.0.0.1", user: int = -1) -> None:
        command = [sys.executable, "-c", LISTENER, host, str(user)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def record(self, folder, **changes) -> dict:
        """Write what TensorBoard would write of itself."""
        info = {"version": "2.21.0", "pid": self.process.pid, "port": self.port, "path_prefix": "", "logdir": "logs"}
        folder.mkdir(exist_ok=True)
        (folder / f"pid-{self.process.pid}.info").write_text(json.dumps(info | changes))
        return info


@pytest.fixture
def listener():
    made = Listener()
    yield made
    made.process.communicate(timeout=10)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".tensorboard-info"


def test_b16_a_tensorboard_of_ours_is_found(listener, folder):
    listener.record(folder)
    found = find_stock_tensorboard(listener.port, folder=folder)
    assert found == StockTensorBoard("127.0.0.1", listener.port, "")


def test_b16_a_port_without_a_record_is_nothing(listener, folder):
    assert find_stock_tensorboard(listener.port, folder=folder) is None
    listener.record(folder)
    assert find_stock_tensorboard(listener.port + 1, folder=folder) is None


def test_b16_a_record_that_names_another_port_or_process_is_nothing(listener, folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        listener.record(folder, port=port)  # it says so, but this test listens there
        assert find_stock_tensorboard(port, folder=folder) is None
    listener.record(folder, pid=os.getpid())
    assert find_stock_tensorboard(listener.port, folder=folder) is None


def test_b16_a_process_that_does_not_descend_from_the_server_is_nothing(listener, folder):
    listener.record(folder)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        assert find_stock_tensorboard(listener.port, server_pid=stranger.pid, folder=folder) is None
        stranger.communicate()


def test_b16_a_record_of_another_user_or_through_a_link_is_nothing(listener, folder, tmp_path):
    listener.record(folder)
    file = folder / f"pid-{listener.process.pid}.info"
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert find_stock_tensorboard(listener.port, folder=folder) is None


@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="only root can start a process as another user")
def test_b16_a_process_of_another_user_is_nothing(folder):
    listener = Listener(user=65534)
    try:
        listener.record(folder)
        assert find_stock_tensorboard(listener.port, folder=folder) is None
    finally:
        listener.process.communicate(timeout=10)


@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_b16_a_record_that_another_user_owns_is_nothing(listener, folder):
    listener.record(folder)
    os.chown(folder / f"pid-{listener.process.pid}.info", 65534, 65534)
    assert find_stock_tensorboard(listener.port, folder=folder) is None


def test_b12_a_fifo_holds_nobody_up(listener, folder):
    folder.mkdir()
    os.mkfifo(folder / f"pid-{listener.process.pid}.info")
    assert find_stock_tensorboard(listener.port, folder=folder) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "1", "port": 1}'])
def test_f29_half_a_record_is_nothing(listener, folder, content):
    folder.mkdir()
    (folder / f"pid-{listener.process.pid}.info").write_text(content)
    assert find_stock_tensorboard(listener.port, folder=folder) is None


def test_a_process_that_has_ended_is_nothing(folder):
    gone = Listener()
    gone.record(folder)
    gone.process.communicate(timeout=10)
    assert find_stock_tensorboard(gone.port, folder=folder) is None


def test_a_tensorboard_for_all_addresses_is_reached_by_loopback_under_its_prefix(folder):
    listener = Listener("0.0.0.0")
    try:
        listener.record(folder, path_prefix="/tb/")
        found = find_stock_tensorboard(listener.port, folder=folder)
        assert found == StockTensorBoard("127.0.0.1", listener.port, "/tb")
    finally:
        listener.process.communicate(timeout=10)
