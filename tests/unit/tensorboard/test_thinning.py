"""A curve that grows without end becomes few points, and every extreme of it is among them."""

import math

from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.tensorboard._thinning import Thinning
from jupyter_mlops.tracking import Point


def points(values):
    return [Point(1, step, 1_000 + step, value) for step, value in enumerate(values)]


def thinned(values, expected=0):
    """Thin out, with points coming in pieces of any size."""
    curve = Thinning(expected)
    all_points, kept, size = points(values), [], 1
    while all_points:
        kept += curve.add(all_points[:size])
        all_points, size = all_points[size:], size * 3
    return [*kept, *curve.flush()]


def test_a_short_curve_is_kept_whole_and_at_once():
    curve = Thinning()
    for point in points([3.0, 1.0, 2.0]):
        assert list(curve.add([point])) == [point]


def test_a_long_curve_that_is_known_becomes_a_thousand_points():
    kept = thinned([math.sin(step / 100) for step in range(100_000)], expected=100_000)
    assert len(kept) == 1_000
    assert [point.step for point in kept] == sorted(point.step for point in kept)


def test_a_curve_that_grows_meets_bounds_and_never_stops():
    kept = thinned([float(step % 977) for step in range(200_000)])
    assert len(kept) < 10_000
    assert kept[-1].step >= 199_000


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=60),
    st.sampled_from([0, 1_001, 5_000, 40_000]),
)
def test_extremes_and_nan_are_kept_exactly(values, expected):
    kept = [point.value for point in thinned(values, expected)]
    numbers = [value for value in values if not math.isnan(value)]
    if numbers:
        shown = [value for value in kept if not math.isnan(value)]
        assert (min(shown), max(shown)) == (min(numbers), max(numbers))
    assert any(map(math.isnan, kept)) == any(map(math.isnan, values))
