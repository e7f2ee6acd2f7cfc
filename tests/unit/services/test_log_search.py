"""Lines of a log that hold a text: every one, once, whatever the log's size and however its pieces fall."""

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
        if wanted in line.lower() and offset >= start:
            offsets.append(offset)
        offset += len(line)
    return tuple(offsets)


def test_lines_are_found_by_their_offsets(log):
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

    assert search_log(write(log, data), "needle").offsets == (6, data.index(b"\nneedle") + 1)


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
