"""The report that a view gets: the largest groups and the extremes, and the digits that are shown."""

import math

import msgspec
import numpy as np
import pytest

from jupyter_mlops.assessment import FairnessQuestion, analyse, cut_for_view
from jupyter_mlops.entities import FairnessReport, figure_value


@pytest.fixture(scope="module")
def report() -> FairnessReport:
    """Sixty groups in two strata, two models, some groups withheld."""
    made = np.random.default_rng(0)
    y = made.integers(0, 2, 4_000)
    towns = made.zipf(1.3, 4_000) % 60
    return analyse(
        FairnessQuestion(
            models={"good": y, "bad": made.integers(0, 2, 4_000)}, y=y, sensitive={"town": towns.astype(str)},
            control={"sex": made.choice(["f", "m"], 4_000)}, metrics=("count", "accuracy", "selection_rate"),
            min_group=5, boot=0,
        )
    )  # fmt: skip


def test_a_small_report_keeps_all_its_groups(report):
    view = cut_for_view(report)

    assert view.groupings == report.groupings
    assert view.rows == report.rows


def test_of_a_large_one_the_largest_groups_and_the_extremes_stay(report):
    view = cut_for_view(report, most=10, extremes=2)
    whole, cut = report.groupings[0], view.groupings[0]

    assert cut.total == whole.total == len(whole.sizes)
    assert 10 <= len(cut.sizes) <= 10 + 2 * 2 * 3 * 2
    largest = sorted((size or 0 for size in whole.sizes), reverse=True)[:10]
    assert sorted((size or 0 for size in cut.sizes), reverse=True)[:10] == largest


def test_every_extreme_of_every_metric_and_model_stays(report):
    view = cut_for_view(report, most=10, extremes=2)

    for whole, cut in zip(report.results, view.results, strict=True):
        for row, kept in zip(whole.by_group, cut.by_group, strict=True):
            figures = sorted(value for value in map(figure_value, row) if not math.isnan(value))
            shown = sorted(value for value in map(figure_value, kept) if not math.isnan(value))
            assert [figures[0], figures[-1]] == pytest.approx([shown[0], shown[-1]], abs=1e-4)


def test_columns_stay_beside_each_other(report):
    view = cut_for_view(report, most=10, extremes=2)
    whole, cut = report.groupings[0], view.groupings[0]

    places = {(whole.strata[group], report.group_name(whole, group)): group for group in range(len(whole.sizes))}
    for group in range(len(cut.sizes)):
        before = places[(cut.strata[group], view.group_name(cut, group))]
        assert cut.sizes[group] == whole.sizes[before]
        assert (group in cut.uncertain) == (before in whole.uncertain)
        assert (group in cut.suppressed) == (before in whole.suppressed)
        now = view.results[1].by_group[1][group]
        assert str(now) == "NaN" or now == pytest.approx(report.results[1].by_group[1][before], abs=1e-4)


def test_figures_have_four_digits_and_counts_stay_whole():
    y = np.arange(30_000) % 7 == 0
    sensitive = {"sex": np.where(np.arange(30_000) % 3, "f", "m")}
    report = analyse(
        FairnessQuestion(models={"m": y}, y=y, sensitive=sensitive, metrics=("count", "selection_rate"), boot=0)
    )
    view = cut_for_view(report)

    assert view.results[0].by_group[0] == (20_000.0, 10_000.0)
    assert all(len(str(value)) <= 6 for value in view.results[0].by_group[1])
    assert (view.digits, view.results[0].disparities) == (4, {})


def test_a_view_is_a_report_that_can_be_read(report):
    view = cut_for_view(report, most=10, extremes=2)

    assert FairnessReport.from_json(view.to_json()) == view
    assert len(view.to_frame()) == 2 * 3 * len(view.groupings[0].sizes)


def test_nothing_of_the_report_itself_changes(report):
    before = report.to_json()
    cut_for_view(report, most=10, extremes=2)

    assert report.to_json() == before
    assert msgspec.structs.replace(report) == report


def names_of(view):
    return {
        (view.group_name(grouping, group), view.stratum_name(grouping.strata[group]) if grouping.strata else "")
        for grouping in view.groupings
        for group in range(len(grouping.sizes))
    }


def test_groups_that_stay_keep_their_names_and_others_are_not_told(report):
    view = cut_for_view(report, most=10, extremes=2)

    assert names_of(view) < names_of(report)
    assert len(view.sensitive[0].levels) == len({name for name, _ in names_of(view)}) < len(report.sensitive[0].levels)


def test_a_missing_level_stays_the_missing_one():
    towns = np.array([f"town {number % 40:02}" for number in range(400)], dtype=object)
    towns[::3] = None
    y = np.arange(400) % 2
    report = analyse(FairnessQuestion(models={"m": y}, y=y, sensitive={"town": towns}, metrics=("count",), boot=0))
    (whole,), (cut,) = report.sensitive, cut_for_view(report, most=5, extremes=0).sensitive

    assert len(cut.levels) < len(whole.levels)
    assert cut.levels[cut.missing] == whole.levels[whole.missing]


@pytest.mark.parametrize("largest", [20_000, 8_000])
def test_b25_a_report_is_bounded_by_its_size(report, largest):
    view = cut_for_view(report, largest=largest)

    assert len(view.to_json()) <= largest
    assert view.groupings[0].total == len(report.groupings[0].sizes)
    assert FairnessReport.from_json(view.to_json()) == view


def test_b25_what_cannot_be_bounded_ends_too(report):
    assert len(cut_for_view(report, largest=10).groupings[0].sizes) >= 5


def test_b25_ten_thousand_groups_with_long_names_fit_into_a_cell():
    rows = 20_000
    y = np.arange(rows) % 2
    towns = np.array([f"{'a long name of a town ' * 8}{number % 10_000}" for number in range(rows)])
    models = {name: np.roll(y, shift) for shift, name in enumerate("abcd")}
    asked = {"models": models, "y": y, "sensitive": {"town": towns}, "boot": 0}
    report = analyse(FairnessQuestion(**asked, metrics=("count", "accuracy", "selection_rate")))
    view = cut_for_view(report)

    assert len(report.groupings[0].sizes) == 10_000
    assert len(view.to_json()) < 1_200_000
    assert view.groupings[0].total == 10_000
