"""A text as a terminal shows it in the end: what bars of one line and of several leave behind."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tqdm import tqdm

from jupyter_mlops.magics._terminal_text import printable


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\r\nb", "a\nb"),
        ("10%\r50%\r100%\n", "100%"),
        ("long line\rno", "nong line"),
        ("long line\r\x1b[Kno", "no"),
        ("long line\x1b[2K\rno", "no"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("a\x00b\x08", "ab"),
        ("abc\x08\x08X", "aXc"),
        ("a\tb", "a\tb"),
        ("", ""),
        ("x" * 1000, "x" * 400),
        ("x" * 1000 + "y\rz", "z" + "x" * 399),
    ],
)
def test_b37_a_line_is_what_a_terminal_would_show_in_the_end(raw, text):
    assert printable(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("one\ntwo\x1b[A\rONE", "ONE\ntwo"),
        ("one\ntwo\nthree\x1b[2A\r1\x1b[2B\r3", "1ne\ntwo\n3hree"),
        ("one\n\x1b[9A\rONE", "ONE\n"),
        ("one\x1b[9B\rtwo", "two"),
        ("one\ntwo\x1b[1A\x1b[2K\rONE\nTWO\nthree", "ONE\nTWO\nthree"),
    ],
)
def test_what_a_cursor_that_goes_up_writes_over_is_gone(raw, text):
    assert printable(raw) == text


def test_nested_bars_leave_the_outer_one():
    screen = io.StringIO()
    for _ in tqdm(range(3), desc="epoch", file=screen, ncols=60, mininterval=0):
        for _ in tqdm(range(4), desc="batch", file=screen, ncols=60, mininterval=0, leave=False):
            pass
    assert screen.getvalue().count("\n") > 10
    lines = [line.partition("|")[0] for line in printable(screen.getvalue()).splitlines()]
    assert [line for line in lines if line.strip()] == ["epoch: 100%"]


def test_a_bar_that_is_taken_away_leaves_nothing():
    screen = io.StringIO()
    for _ in tqdm(range(3), desc="batch", file=screen, ncols=60, mininterval=0, leave=False):
        pass
    assert printable(screen.getvalue()).strip() == ""


def test_nested_bars_on_their_way_are_two_lines():
    screen = io.StringIO()
    with (
        tqdm(total=3, desc="epoch", file=screen, ncols=60, mininterval=0) as epochs,
        tqdm(total=4, desc="batch", file=screen, ncols=60, mininterval=0) as batches,
    ):
        for _ in range(3):
            batches.update()
        epochs.update()
        shown = printable(screen.getvalue())
    assert [line.partition("|")[0] for line in shown.splitlines()] == ["epoch:  33%", "batch:  75%"]


@given(st.text(st.sampled_from("ab \n\r\b\t\x1b[AK1B"), max_size=60))
def test_any_text_has_an_end_and_no_control_characters_but_tabs(raw):
    shown = printable(raw)
    assert all(letter.isprintable() or letter in "\n\t" for letter in shown)
