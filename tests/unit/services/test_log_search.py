"""Where a text stands in a log: in every line, once, whatever the log's size and however its pieces fall."""

import json

import pytest

from jupyter_mlops.services import LogMatches, RunLog
from jupyter_mlops.services._log_search import MOST_MATCHES, search_log

MIB = 1 << 20


@pytest.fixture
def log(make_run):
    return RunLog(make_run().directory)


def write(log, data):
    log._directory.log_file.write_bytes(data)
    return log


def expected(data, wanted, start=0):
    offsets, offset = [], 0
    for line in data.splitlines(keepends=True):
        at = line.lower().find(wanted)
        if at >= 0 and offset >= start:
            offsets.append(offset + at)
        offset += len(line)
    return tuple(offsets)


def test_each_line_is_found_by_the_place_where_the_text_first_stands(log):
    data = "größer\nLoss 1\nnothing\nloss 2 loss\nloss without an end".encode()

    assert search_log(write(log, data), "loss") == LogMatches(offsets=expected(data, b"loss"))
    assert search_log(log, "GRÖßER") == LogMatches(offsets=())
    assert search_log(log, "größer") == LogMatches(offsets=(0,))


def test_nothing_is_found_in_nothing_and_by_nothing(log):
    assert search_log(log, "x") == LogMatches(offsets=())
    assert search_log(write(log, b"x\n"), "") == LogMatches(offsets=())
    assert search_log(log, "x", start=100) == LogMatches(offsets=())


def test_pieces_do_not_cut_a_line(log):
    data = b"".join(b"%07d needle here\n" % number if number % 5000 == 4999 else b"%07d hay hay hay\n" % number
                    for number in range(200_000))  # fmt: skip

    found = search_log(write(log, data), "needle")

    assert (len(data) > 3 * MIB, found.next, found.offsets) == (True, None, expected(data, b"needle"))


def test_a_line_longer_than_a_piece_is_one_match(log):
    data = b"first\n" + b"a" * (3 * MIB) + b"needle" + b"b" * (2 * MIB) + b"\nneedle\n"

    assert search_log(write(log, data), "needle").offsets == (data.index(b"needle"), data.index(b"\nneedle") + 1)


def test_a_search_goes_on_where_it_stopped(log):
    data = b"".join(b"hit %d\n" % number for number in range(3 * MOST_MATCHES))
    write(log, data)

    found, start = [], 0
    while start is not None:
        page = search_log(log, "hit", start)
        assert len(page.offsets) <= MOST_MATCHES
        found += page.offsets
        start = page.next

    assert tuple(found) == expected(data, b"hit")


def test_what_the_cap_freed_is_passed_over(log):
    data = b"hit one\n" + bytes(2 * MIB) + b"hit two\n"
    write(log, data)
    log._directory.log_gaps_file.write_text(json.dumps({"freed": [[8, 8 + 2 * MIB]]}))

    assert search_log(log, "hit").offsets == (0, 8 + 2 * MIB)


@pytest.mark.parametrize(
    ("line", "text", "places"),
    [
        ("\x1b[31mred\x1b[0m", "31m", ()),
        ("\x1b[31mred\x1b[0m", "red", (5,)),
        ("\x1b[31m31m\x1b[0m", "31m", (5,)),
        ("\x1b[31mred\x1b[0m", "0m", ()),
        ("\x1b]0;the title\x07seen", "title", ()),
        ("\x1b]8;;https://x.org\x1b\\seen", "x.org", ()),
        ("\x1b]8;;https://x.org\x1b\\seen", "seen", (20,)),
        ("\x1b(Bseen", "B", ()),
        ("\x1b]0;never ended", "ended", (10,)),
    ],
)
def test_what_is_said_to_the_terminal_is_no_text(log, line, text, places):
    assert search_log(write(log, f"{line}\n".encode()), text).offsets == places


def test_a_line_is_one_match_however_often_its_text_is_overwritten(log):
    bars = b"".join(b"\rstep %d" % step for step in range(100))

    assert search_log(write(log, b"begin\n" + bars + b"\nstep\n"), "step").offsets == (7, 6 + len(bars) + 1)
