"""Figures with intervals, as text and as pictures."""

import math
import re

import pytest

from jupyter_mlops.widgets._estimate import Estimate, Scale, mark_text
from jupyter_mlops.widgets._markup import markup


def test_an_estimate_is_read_from_the_tables_of_a_report():
    values, low, high = ((0.1, "NaN"), (3, "Infinity")), ((0.05, 0.1),), ()

    assert Estimate.at((values, low, high), 0, 0)[:2] == (0.1, 0.05)
    assert math.isnan(Estimate.at((values, low, high), 0, 0).high)
    assert Estimate.at((values,), 1, 1).value == math.inf
    assert math.isnan(Estimate.at((values,), 7, 0).value)


def test_a_scale_spans_what_is_drawn():
    scale = Scale([Estimate(0.2, 0.0, 1.0), Estimate(math.nan), Estimate(math.inf)])

    assert [scale.place(value) for value in (0.0, 0.5, 1.0)] == [6.0, 120.0, 234.0]
    assert scale.place(math.nan) is None
    assert scale.place(math.inf) is None


@pytest.mark.parametrize("estimates", [[], [Estimate(math.nan)], [Estimate(0.5)], [Estimate(-1.7e308, high=1.7e308)]])
def test_a_scale_of_little_or_of_too_much_is_one_all_the_same(estimates):
    place = Scale(estimates).place(0.5)

    assert place is None or 0 <= place <= 240


def test_a_mitigated_model_is_hollow():
    picture = markup(Scale([Estimate(0.0), Estimate(1.0)]).dots([Estimate(0.0), Estimate(1.0)], [False, True]))

    assert 'fill="#0072b2" stroke="#0072b2"' in picture
    assert 'fill="none" stroke="#c25400"' in picture


def test_models_are_told_apart_without_colours():
    ends = [Estimate(0.0), Estimate(1.0)]
    picture = markup(Scale(ends).dots([Estimate(0.5)] * 6, [False] * 6))
    # The same place, each on its own line: what is left differs in form only.
    marks = re.findall(r'<circle|points="([^"]*)"', picture)
    corners = [len(points.split()) for points in marks]

    assert corners == [0, 5, 5, 4, 4, 0]
    assert len(set(marks)) == 5
    assert [mark_text(number, is_hollow=False) for number in range(6)] == ["●", "■", "◆", "▲", "▼", "●"]
    assert mark_text(1, is_hollow=True) == "□"


def test_a_bar_goes_from_zero_whichever_way():
    scale = Scale([Estimate(-1.0), Estimate(1.0)])

    assert '<rect x="120.0" width="114.0"' in markup(scale.bar(Estimate(1.0)))
    assert '<rect x="6.0" width="114.0"' in markup(scale.bar(Estimate(-1.0)))
    assert "<rect" not in markup(scale.bar(Estimate(math.nan)))
