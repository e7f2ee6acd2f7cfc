"""Append-only line files: whole lines only, in order, from any number of processes."""

import os
import threading
from pathlib import Path

import pytest

from jupyter_mlops.tracking._lines import Line, LineFile, read_lines


def test_lines_come_back_with_number_and_end(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "lines")
    assert [file.append(b"one"), file.append("zwei\u00fc".encode())] == [True, True]
    assert read_lines(tmp_path / "lines") == [Line(1, 4, b"one"), Line(2, 11, "zwei\u00fc".encode())]
    assert read_lines(tmp_path / "lines", 4, first_number=2) == [Line(2, 11, "zwei\u00fc".encode())]
    assert (file.written, file.lost, (tmp_path / "lines").stat().st_mode & 0o777) == (2, 0, 0o600)


def test_f29_a_torn_last_line_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    whole = b"one\ntwo\n"
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        assert [line.data for line in read_lines(path)] == whole[:size].split(b"\n")[:-1]


def test_an_absent_file_has_no_lines(tmp_path: Path) -> None:
    assert read_lines(tmp_path / "absent") == []


def test_threads_and_forked_children_do_not_mix_their_lines(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "lines")

    def work(name: bytes) -> None:
        for _ in range(500):
            file.append(name * 100)

    threads = [threading.Thread(target=work, args=(name,)) for name in (b"a", b"b")]
    for thread in threads:
        thread.start()
    pid = os.fork()
    if pid == 0:
        work(b"c")
        os._exit(0)
    for thread in threads:
        thread.join()
    os.waitpid(pid, 0)
    lines = [line.data for line in read_lines(tmp_path / "lines")]
    assert sorted(set(lines)) == [b"a" * 100, b"b" * 100, b"c" * 100]
    assert len(lines) == 1500


def test_a_closed_file_is_opened_again(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "lines")
    file.append(b"one")
    file.close()
    file.append(b"two")
    file.close()
    assert [line.data for line in read_lines(tmp_path / "lines")] == [b"one", b"two"]


@pytest.mark.root
def test_f24_lines_that_find_no_space_are_counted_and_later_ones_are_whole(small_disk: Path) -> None:
    file = LineFile(small_disk / "lines")
    written = [file.append(b"%06d" % number + b"x" * 1000) for number in range(2_000)]
    assert file.lost == written.count(False) > 0
    (small_disk / "lines").write_bytes((small_disk / "lines").read_bytes()[:4096])
    file.append(b"after")
    lines = read_lines(small_disk / "lines")
    assert lines[-1].data == b"after"
    assert all(len(line.data) == 1006 for line in lines[:4])


@pytest.mark.root
def test_f24_numbers_stay_those_of_the_lines(small_disk: Path) -> None:
    file = LineFile(small_disk / "lines")
    kept = {}
    for number in range(2_000):
        if file.append(b"%06d" % number + b"x" * 1000):
            kept[file.written] = b"%06d" % number
    found = {line.number: line.data[:6] for line in read_lines(small_disk / "lines")}
    assert {number: found[number] for number in kept} == kept
