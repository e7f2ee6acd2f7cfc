import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_mlops.executor._streams import RunStreams, open_streams


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "output.log"


@pytest.fixture
def streams(log: Path) -> Iterator[RunStreams]:
    fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    yield open_streams(fd, fd)
    os.close(fd)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as `ulimit -f` does; Python ignores SIGXFSZ, so that a write fails instead."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_is_printed_is_in_the_log_before_the_next_statement(streams, log):
    print("epoch", 1, end=" ", file=streams.stdout)

    assert log.read_text() == "epoch 1 "


def test_both_streams_share_the_log_in_the_order_of_printing(streams, log):
    streams.stdout.write("out ")
    streams.stderr.write("err ")
    streams.stdout.write("out\n")

    assert log.read_text() == "out err out\n"


def test_f37_a_progress_bar_is_kept_as_it_was_written(streams, log):
    streams.stdout.write("\r 10%\x1b[31m\r 20%\x1b[0m\r\n")

    assert log.read_bytes() == b"\r 10%\x1b[31m\r 20%\x1b[0m\r\n"


def test_f38_bytes_are_kept_as_they_are(streams, log):
    every = bytes(range(256))

    streams.stdout.buffer.write(every)
    streams.stderr.buffer.write(every)

    assert log.read_bytes() == every * 2


def test_f38_a_character_may_be_written_in_two_halves(streams, log):
    first, second = "é".encode()

    streams.stdout.buffer.write(bytes([first]))
    streams.stdout.buffer.write(bytes([second]))

    assert log.read_text() == "é"


def test_f38_lone_surrogates_are_spelled_out(streams, log):
    streams.stdout.write("file \udcff.csv 🙂")

    assert log.read_text() == "file \\udcff.csv 🙂"


def test_f26_what_has_no_room_is_counted_and_told_when_there_is_room_again(streams, log):
    streams.stdout.write("a" * 90)

    with largest_file(100):
        streams.stdout.write("b" * 30)
        streams.stderr.write("c" * 5)
    streams.stdout.write("after\n")

    assert log.read_text() == "a" * 90 + "b" * 10 + "\n[25 bytes lost: file too large]\nafter\n"


def test_f26_a_loss_at_the_end_is_told_by_the_last_flush(streams, log):
    with largest_file(1):
        streams.stdout.write("abc")
        streams.flush()

    streams.flush()

    assert log.read_text() == "a\n[2 bytes lost: file too large]\n"


def test_f23_a_full_disk_stops_nobody():
    fd = os.open("/dev/full", os.O_WRONLY)
    streams = open_streams(fd, fd)

    told = [streams.stdout.write("lost\n") for _ in range(3)] + [streams.stderr.buffer.write(b"lost") for _ in range(3)]
    streams.flush()
    os.close(fd)

    assert told == [5, 5, 5, 4, 4, 4]


def test_an_error_that_is_not_about_room_is_raised(tmp_path):
    reading = os.open(tmp_path, os.O_RDONLY)
    streams = open_streams(reading, reading)

    with pytest.raises(OSError, match="Bad file descriptor"):
        streams.stdout.write("x")

    os.close(reading)


def test_a_program_that_is_given_the_stream_writes_to_the_log(streams, log):
    streams.stdout.write("before ")

    subprocess.run([sys.executable, "-S", "-c", "print('within', end=' ')"], stdout=streams.stdout, check=True)
    streams.stdout.write("after")

    assert log.read_text() == "before within after"


def test_a_forked_child_repeats_nothing(streams, log):
    streams.stdout.write("parent ")

    pid = os.fork()
    if pid == 0:
        streams.stdout.write("child ")
        streams.flush()
        os._exit(0)
    os.waitpid(pid, 0)
    streams.flush()

    assert log.read_text() == "parent child "


def test_forked_workers_do_not_mix_their_lines(streams, log):
    workers = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            streams.write_whole_lines()
            for _ in range(2000):
                print("one", "line", file=streams.stdout)
            os._exit(0)
        workers.append(pid)
    for pid in workers:
        os.waitpid(pid, 0)

    assert log.read_text() == "one line\n" * 4000


def test_size_counts_what_others_wrote_too(streams, log):
    streams.stdout.write("12345")
    with log.open("ab") as other:
        other.write(b"678")

    assert streams.size == 8
