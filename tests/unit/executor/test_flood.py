import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mlops.executor._streams import RunStreams, open_streams
from jupyter_mlops.testing import wait_until

LINES = [f"line {i}\n" for i in range(30_000)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "output.log"


@pytest.fixture
def streams(log: Path) -> Iterator[RunStreams]:
    fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    streams = open_streams(fd, fd)
    yield streams
    wait_until(lambda: not holds_back())
    streams.flush()
    os.close(fd)


def holds_back() -> bool:
    return any(thread.name == "mlops-output" for thread in threading.enumerate())


def flood(streams: RunStreams) -> str:
    """Print until text is held back, and return what was printed; a busy machine needs longer for that."""
    printed = []
    deadline = time.monotonic() + 30
    while not holds_back() and time.monotonic() < deadline:
        for line in LINES:
            streams.stdout.write(line)
        printed += LINES
    return "".join(printed)


def test_f36_a_flood_is_whole_and_in_order(streams, log):
    printed = flood(streams)

    streams.flush()

    assert log.read_text() == printed


def test_f36_the_end_of_a_flood_is_written_though_nothing_more_is_printed(streams, log):
    printed = flood(streams)

    wait_until(lambda: log.stat().st_size >= len(printed))

    assert log.read_text() == printed


def test_f36_after_a_flood_each_piece_is_written_when_it_is_printed(streams, log):
    printed = flood(streams)
    wait_until(lambda: not holds_back())

    print("epoch", 1, end=" ", file=streams.stdout)

    assert log.read_text() == printed + "epoch 1 "


def test_an_error_message_comes_after_the_flood_before_it(streams, log):
    printed = flood(streams)

    streams.stderr.write("error\n")

    assert log.read_text() == printed + "error\n"


def test_where_a_display_stands_counts_what_is_held_back(streams):
    printed = flood(streams)

    assert streams.size == len(printed)


def test_a_slow_printer_is_never_held_back(streams, log):
    for count in range(1, 4):
        streams.stdout.write("x" * 100_000)

        assert log.stat().st_size == count * 100_000
    assert not holds_back()


FORKING = """
import os
from jupyter_mlops.executor._streams import install_streams

install_streams()
for i in range({lines}):
    print("parent", i)
    if i % {every} == 0:
        pid = os.fork()
        if pid == 0:
            print("child")
            os._exit(0)
        os.waitpid(pid, 0)
"""


def test_f36_a_child_that_is_forked_in_a_flood_repeats_nothing(log):
    program = FORKING.format(lines=60_000, every=15_000)

    with log.open("ab") as out:
        subprocess.run([sys.executable, "-W", "ignore", "-c", program], stdout=out, check=True)

    expected = []
    for i in range(60_000):
        expected += [f"parent {i}", *(["child"] if i % 15_000 == 0 else [])]
    assert log.read_text().splitlines() == expected


ENDING = """
import fcntl, os, time
from jupyter_mlops.executor import _flood
from jupyter_mlops.executor._streams import install_streams

_flood.WITHIN_S, _flood.HELD_S = 60, 0.5
fcntl.fcntl(1, 1031, 4096)  # F_SETPIPE_SZ
install_streams()
for i in range(2_000):
    print("line", i)
    if i == 300:
        # The thread takes over; what came before fits into the pipe, and the rest is held back.
        time.sleep(0.2)
time.sleep(1)
print("last")
os.write(2, b"!")
"""


def test_f36_a_process_that_ends_in_a_flood_ends_with_all_that_it_printed():
    """The thread is in the middle of a write, because nobody reads yet, when the interpreter begins to end."""
    with subprocess.Popen([sys.executable, "-c", ENDING], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr.read(1) == b"!"
            time.sleep(0.3)
            told, errors = process.communicate(timeout=20)
        finally:
            process.kill()

    lines = [*(f"line {i}" for i in range(2_000)), "last"]
    assert (process.returncode, told.decode().splitlines(), errors) == (0, lines, b"")
