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

    places = {
        (whole.strata[group], *(levels[group] for levels in whole.levels)): group for group in range(len(whole.sizes))
    }
    for group in range(len(cut.sizes)):
        before = places[(cut.strata[group], *(levels[group] for levels in cut.levels))]
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
