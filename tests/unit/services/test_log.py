"""The log by byte offset: whatever was freed, every other byte comes once, in order."""

import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.services import LogGap, RunLog


@pytest.fixture
def run(make_run):
    return make_run(status=None)


def write(run, data, gaps=()):
    run.directory.log_file.write_bytes(data)
    run.directory.log_gaps_file.write_text(json.dumps({"freed": [list(gap) for gap in gaps]}))


def test_a_run_that_has_printed_nothing_has_an_empty_log(run):
    assert (
        run.output.size,
        run.output.gaps(),
        run.output.text(),
        run.output.text(tail=3),
        list(run.output.chunks()),
    ) == (0, (), "", "", [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.binary(max_size=300), cut=st.tuples(st.integers(0, 300), st.integers(0, 300)), limit=st.integers(1, 50))
def test_f36_every_byte_outside_a_gap_comes_once(run, data, cut, limit):
    start, end = sorted(min(place, len(data)) for place in cut)
    gaps = [(start, end)] if end > start else []
    write(run, data, gaps)

    pieces, offset = [], 0
    while (chunk := run.output.read(offset, limit)).data:
        assert chunk.next_offset > offset
        pieces.append(chunk.data)
        offset = chunk.next_offset

    notice = LogGap(start, end).notice if gaps else b""
    assert offset == len(data)
    assert b"".join(pieces) == data[:start] + notice + data[end:]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(lines=st.lists(st.text(alphabet="aä\r ", max_size=8), max_size=12), tail=st.integers(0, 14), whole=st.booleans())
def test_the_tail_is_the_last_lines(run, lines, tail, whole):
    text = "\n".join(lines) + ("\n" if whole else "")
    write(run, text.encode())

    expected = text.removesuffix("\n").split("\n")[-tail:] if tail and text else []
    assert run.output.text(tail).removesuffix("\n").split("\n") == (expected or [""])


def test_f39_a_line_without_end_is_cut_in_the_tail(run):
    write(run, b"x" * (9 << 20) + b"\nlast")

    assert run.output.text(tail=1) == "last"
    assert len(run.output.text(tail=2)) < 5 << 20


def test_a_progress_bar_is_one_line(run):
    write(run, b"start\n" + b"".join(b"\r%d%%" % n for n in range(100)) + b"\nend\n")

    assert run.output.text(tail=2).startswith("\r0%")
    assert run.output.text(tail=1) == "end\n"


def test_following_sees_what_is_printed_meanwhile(run):
    ended = threading.Event()

    def print_slowly():
        with run.directory.log_file.open("ab", buffering=0) as file:
            for number in range(200):
                file.write(b"%d\n" % number)
        ended.set()

    writer = threading.Thread(target=print_slowly)
    writer.start()
    text = "".join(run.output.follow(ended.is_set))
    writer.join()

    assert text == "".join(f"{number}\n" for number in range(200))


def test_f29_a_half_written_record_of_gaps_is_none(run):
    write(run, b"0123456789", [(2, 8)])
    record = run.directory.log_gaps_file.read_bytes()
    for length in range(len(record)):
        run.directory.log_gaps_file.write_bytes(record[:length])
        assert run.output.gaps() == ()


def test_reading_holds_nothing_open(run):
    write(run, b"data")
    before = threading.active_count()

    assert RunLog(run.directory).text() == "data"
    run.directory.log_file.unlink()

    assert (run.output.size, threading.active_count()) == (0, before)
