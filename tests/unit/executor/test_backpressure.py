import fcntl
import math
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mlops.executor import _backpressure
from jupyter_mlops.executor._backpressure import FIRST_LOOK, SMALLEST_CAP, Backpressure
from jupyter_mlops.executor._streams import open_streams
from jupyter_mlops.launchers._shim_log import LogCap

MEGABYTE = 1 << 20
CAP = 4 * MEGABYTE


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "output.log"


@pytest.fixture
def fd(log: Path) -> Iterator[int]:
    fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    yield fd
    os.close(fd)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses of whoever writes; the clock of these stories is theirs."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic", lambda: sum(slept))
    return slept


def write(fd: int, backpressure: Backpressure, size: int) -> None:
    os.write(fd, b"x" * size)
    backpressure.notice(fd, size)


def test_a_log_below_its_cap_holds_nobody_up(fd, slept):
    backpressure = Backpressure(lambda: CAP)
    for _ in range(CAP // MEGABYTE):
        write(fd, backpressure, MEGABYTE)
    assert slept == []


def test_the_cap_is_asked_for_once_and_not_by_who_prints_little(fd):
    asked = []

    def cap() -> int:
        asked.append(True)
        return CAP

    backpressure = Backpressure(cap)
    write(fd, backpressure, FIRST_LOOK - 1)
    assert not asked
    for _ in range(4):
        write(fd, backpressure, MEGABYTE)
    assert asked == [True]


def test_f36_who_prints_waits_until_the_shim_has_freed_the_middle(log, fd, monkeypatch):
    """Given a shim that comes late; when a cell prints much more than the cap; then the log never takes it."""
    shim, pauses, largest = LogCap(log.parent, CAP), [], 0

    def pause(_seconds: float) -> None:
        pauses.append(True)
        if len(pauses) % 20 == 0:
            shim.trim()

    monkeypatch.setattr(_backpressure.time, "sleep", pause)
    streams = open_streams(fd, fd, lambda: CAP)
    for number in range(32):
        streams.stdout.write(f"{number:063d}\n" * (MEGABYTE // 64))
        largest = max(largest, log.stat().st_blocks * 512)
    assert (log.stat().st_size, largest <= CAP) == (32 * MEGABYTE, True)
    assert len(pauses) >= 20


def test_f18_a_run_whose_shim_was_killed_prints_on_and_waits_no_second_time(fd, slept):
    backpressure = Backpressure(lambda: CAP)
    for _ in range(8):
        write(fd, backpressure, MEGABYTE)
    once = sum(slept)
    assert once == pytest.approx(_backpressure.PATIENCE_S, abs=2 * _backpressure.PAUSE_S)
    for _ in range(8):
        write(fd, backpressure, MEGABYTE)
    assert sum(slept) == once


def test_it_waits_again_once_somebody_has_freed_the_log(log, fd, slept):
    backpressure = Backpressure(lambda: CAP)
    for _ in range(8):
        write(fd, backpressure, MEGABYTE)
    LogCap(log.parent, CAP).trim()
    write(fd, backpressure, MEGABYTE)
    once = sum(slept)
    for _ in range(8):
        write(fd, backpressure, MEGABYTE)
    assert sum(slept) == pytest.approx(2 * once, rel=0.01)


def test_a_cap_below_the_smallest_that_a_shim_keeps_is_that_one(fd, slept):
    write(fd, Backpressure(lambda: 1), SMALLEST_CAP)
    assert slept == []


def test_a_log_without_a_cap_and_one_that_is_no_file_hold_nobody_up(fd, slept):
    write(fd, Backpressure(lambda: math.inf), 8 * MEGABYTE)
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, MEGABYTE)
    write(writing, Backpressure(lambda: 1), MEGABYTE)
    os.close(reading)
    os.close(writing)
    assert slept == []


def test_an_interrupt_ends_the_wait_and_takes_nothing_that_was_printed(log, fd, monkeypatch):
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_backpressure.time, "sleep", interrupt)
    streams = open_streams(fd, fd, lambda: SMALLEST_CAP)
    text = "x" * MEGABYTE
    with pytest.raises(KeyboardInterrupt):
        streams.stdout.write(text)
    assert log.read_text() == text


def test_other_threads_print_when_the_wait_is_over(log, fd, monkeypatch):
    shim = LogCap(log.parent, CAP)
    pause = time.sleep

    def trim(seconds: float) -> None:
        pause(seconds)
        shim.trim()

    monkeypatch.setattr(_backpressure.time, "sleep", trim)
    streams = open_streams(fd, fd, lambda: CAP)
    threads = [
        threading.Thread(target=lambda: [streams.stdout.write("y" * MEGABYTE) for _ in range(8)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.stat().st_size == 32 * MEGABYTE
