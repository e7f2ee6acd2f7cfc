"""A curve: small whatever comes, with exact extremes, and NaN and infinities kept."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.tracking import Curve

VALUES = st.lists(
    st.one_of(st.floats(-10, 10), st.sampled_from([math.nan, math.inf, -math.inf])), min_size=1, max_size=400
)


def made(values: list[float], batch: int = 7, most: int = 2048) -> Curve:
    curve = Curve(most)
    for first in range(0, len(values), batch):
        some = values[first : first + batch]
        curve.extend([*range(first, first + len(some))], [1000 + first + i for i in range(len(some))], some)
    return curve


def kinds(values: list[float]) -> set[str]:
    return {str(value) for value in values if not math.isfinite(value)}


def test_a_short_curve_is_whole():
    curve = made([3.0, 1.0, 2.0], batch=2)
    assert [(point.at, point.step, point.time, point.value) for point in curve.points(10)] == [
        (0, 0, 1000, 3.0), (1, 1, 1001, 1.0), (2, 2, 1002, 2.0),
    ]  # fmt: skip
    assert (curve.total, Curve().points(10), Curve().total) == (3, (), 0)


@pytest.mark.parametrize("batch", [1, 7, 1000, 100_000])
def test_b10_a_long_curve_keeps_its_extremes_in_the_order_of_logging(batch):
    chance = random.Random(3)
    values = [chance.gauss(0, 1) for _ in range(50_000)]
    curve = made(values, batch)
    points = curve.points(2000)
    assert 500 < len(points) <= 2000
    assert (min(p.value for p in points), max(p.value for p in points)) == (min(values), max(values))
    assert [p.at for p in points] == sorted(p.at for p in points)
    assert all(values[p.at] == p.value and p.step == p.at and p.time == 1000 + p.at for p in points)
    assert (curve.total, len(curve) <= 2049) == (50_000, True)


@settings(max_examples=200)
@given(VALUES, st.integers(1, 50), st.integers(2, 40), st.integers(10, 60))
def test_b07_nothing_special_is_lost(values, batch, most_buckets, points):
    curve = made(values, batch, most_buckets)
    kept = [point.value for point in curve.points(points)]
    assert len(kept) <= points
    assert kinds(kept) == kinds(values)
    finite = [value for value in values if math.isfinite(value)]
    if finite:
        shown = [value for value in kept if math.isfinite(value)]
        assert (min(shown), max(shown)) == (min(finite), max(finite))


def test_a_curve_may_get_fewer_buckets_while_it_grows():
    curve = made([float(number) for number in range(5000)])
    curve.most = 100
    curve.extend([5000], [0], [-1.0])
    assert len(curve) <= 101
    assert curve.points(2000)[-1].value == -1.0
    assert curve.points(10)[0].value == 0.0
