"""Figures for people at the places where one unit becomes the next: never a wrong one, never a strange one."""

import math
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.magics._figures import ago, clock, number, size, span

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9999.4, "9999"),
        (9999.6, "10000"),
        (-9999.6, "-10000"),
        (99999.5, "100000"),
        (1234567.8, "1234568"),
        (9999999.0, "9999999"),
        (0.99995, "1"),
        (0.00012345, "0.0001234"),
        (5e-324, "4.941e-324"),
        (-0.0, "0"),
        (True, "1"),
        (10**30, "1e+30"),
    ],
)
def test_a_number_where_its_form_changes(value, text):
    assert number(value) == text


@given(st.floats(min_value=-1e300, max_value=1e300))
def test_a_number_is_read_back_to_four_digits(value):
    assert float(number(value)) == pytest.approx(value, rel=5e-4, abs=5e-324)


@given(st.floats(min_value=-1e6, max_value=1e6).filter(lambda value: not 0 < abs(value) < 1e-4))
def test_an_ordinary_number_has_no_exponent(value):
    assert "e" not in number(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999, "999 B"),
        (1000, "1.0 KB"),
        (9_949, "9.9 KB"),
        (9_950, "10 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (999_500_000, "1.0 GB"),
        (10**12, "1.0 TB"),
    ],
)
def test_a_size_where_its_unit_changes(value, text):
    assert size(value) == text


@given(st.integers(min_value=0, max_value=10**18))
def test_a_size_is_right_to_two_digits_and_never_has_four_below_terabytes(value):
    figure, unit = size(value).split()
    assert float(figure) * UNITS[unit] == pytest.approx(value, rel=0.051)
    assert unit == "TB" or len(figure) <= 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 m 0 s"),
        (119.6, "2 m 0 s"),
        (3599.4, "59 m 59 s"),
        (3599.6, "1 h 0 m"),
        (86_400 * 3, "72 h 0 m"),
    ],
)
def test_a_span_where_its_unit_changes(value, text):
    assert span(value) == text


@given(st.floats(min_value=0, max_value=1e7))
def test_no_span_has_sixty_of_anything(value):
    figures = [float(figure) for figure in re.findall(r"[\d.]+", span(value))]
    below = {"ms": 1000, "s": 60, "m": 60}
    units = re.findall(r"[a-z]+", span(value))
    assert all(figure < below.get(unit, math.inf) for figure, unit in zip(figures, units, strict=True))


@given(st.integers(min_value=0, max_value=10**7))
def test_a_clock_shows_the_very_second(seconds):
    *hours, minutes, last = map(int, clock(seconds).split(":"))
    assert (hours[0] if hours else 0) * 3600 + minutes * 60 + last == seconds
    assert (minutes < 60, last < 60) == (True, True)


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (timedelta(seconds=59.9), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(hours=24), "yesterday"),
        (timedelta(hours=48), "2 days ago"),
        (timedelta(days=29, hours=23), "29 days ago"),
    ],
)
def test_a_time_where_its_unit_changes(past, text):
    assert ago((NOW - past).isoformat(), NOW) == text


def test_a_time_means_the_same_in_every_zone():
    then = NOW - timedelta(minutes=5)
    zones = [UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=3, minutes=30))]
    assert {ago(then.astimezone(zone).isoformat(), NOW) for zone in zones} == {"5 min ago"}


def test_a_time_without_a_zone_is_utc():
    assert ago("2026-11-21T11:50:00", NOW) == "10 min ago"


def test_a_clock_that_was_set_back_makes_no_run_of_the_future():
    assert ago((NOW + timedelta(days=400)).isoformat(), NOW) == "just now"


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "\u202e", "9" * 50])
def test_what_is_no_time_stays_as_it_is(text):
    assert ago(text, NOW) == text
