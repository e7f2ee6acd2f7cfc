"""Figures as text: the same in the kernel's tables and still pictures as in the views that TypeScript draws."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities import estimate_text, figure_text, interval_text, step_text

CASES = json.loads((Path(__file__).parents[2] / "frontend" / "reports" / "figure_texts.json").read_text("utf-8"))
"""Both sides read them: `tests/frontend/widgets/report/estimates.spec.ts` is the other."""


@pytest.mark.parametrize(("value", "text"), CASES["figures"])
def test_a_figure_has_four_digits_at_most(value, text):
    assert figure_text(value) == text


@pytest.mark.parametrize(("what", "low", "high", "text"), CASES["intervals"])
def test_an_interval_has_two_digits_of_its_width(what, low, high, text):
    assert interval_text(low, high) == text, what


@pytest.mark.parametrize(("value", "text"), CASES["steps"])
def test_a_step_says_which_way_it_goes(value, text):
    assert step_text(value) == text


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        ((0.21, 0.17, 0.25), "0.21 (0.17 to 0.25)"),
        ((0.2132, 0.17012, 0.24988), "0.2132 (0.17 to 0.25)"),
        ((0.21,), "0.21"),
        ((0.21, 0.17), "0.21"),
        (("NaN", 0.1, 0.2), "\N{EN DASH}"),
    ],
)
def test_an_estimate_says_its_interval_where_it_has_one(figures, text):
    assert estimate_text(*figures) == text


@given(st.floats(allow_nan=False, allow_infinity=False, max_value=1e300, min_value=-1e300))
def test_a_figure_is_read_back_to_four_digits(value):
    assert float(figure_text(value)) == pytest.approx(value, rel=5e-4, abs=5e-324)


@given(st.floats(), st.floats())
def test_any_two_ends_are_said(low, high):
    assert interval_text(low, high).count(" to ") == 1


def test_a_minus_is_the_one_that_every_keyboard_has():
    # What is read off a report is typed, copied and searched for; the slider's box and pandas write it so too.
    texts = [figure_text(-9.8), figure_text(-math.inf), step_text(-9.8), interval_text(-2.0, -1.0)]

    assert all(text.isascii() or text == "-∞" for text in texts)
