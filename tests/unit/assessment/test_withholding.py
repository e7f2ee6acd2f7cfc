"""With `min_group`, nothing of a small group is told, not even by subtracting the figures of others."""

from itertools import product

import numpy as np
import pytest

from jupyter_mlops.assessment import FairnessQuestion, analyse
from jupyter_mlops.entities import FairnessReport, figure_value


def report_of(counts, *, least=5, boot=0, control=None) -> FairnessReport:
    """Return a report over as many rows of each combination as `counts` says; in each, every second one is selected."""
    rows = [names for names, count in counts.items() for _ in range(count)]
    said = [place % 2 for count in counts.values() for place in range(count)]
    columns = {f"feature {number}": list(column) for number, column in enumerate(zip(*rows, strict=True))}
    chosen = {name: columns.pop(name) for name in [control] if name}
    question = FairnessQuestion(
        models={"m": said}, y=said, sensitive=columns, control=chosen, min_group=least, boot=boot,
        metrics=("selection_rate", "count"),
    )  # fmt: skip
    return analyse(question)


def withheld_of(report: FairnessReport, *features: int) -> set[str]:
    """Return the groups by some features that have no figure, as people read them."""
    number, grouping = next(
        (number, grouping) for number, grouping in enumerate(report.groupings) if grouping.features == features
    )
    figures = report.results[number].by_group[0]
    hidden = {group for group, figure in enumerate(figures) if np.isnan(figure_value(figure))}
    assert hidden == set(grouping.suppressed) == {group for group, size in enumerate(grouping.sizes) if size is None}
    strata = [f" ({report.stratum_name(stratum)})" for stratum in grouping.strata] or [""] * len(figures)
    return {report.group_name(grouping, group) + strata[group] for group in hidden}


def test_all_rows_less_the_others_do_not_tell_a_small_group():
    report = report_of({("f",): 30, ("m",): 40, ("x",): 3})
    assert withheld_of(report, 0) == {"f", "x"}
    assert figure_value(report.overall[0].values[0][0]) == pytest.approx(36 / 73)
    assert report.notes[0] == (
        "By feature 0, 2 groups are left out of every figure but the overall ones: they have fewer than 5 rows, or "
        "would tell by subtraction what such a group has."
    )


def test_two_small_groups_that_are_one_small_group_together_take_a_third_along():
    assert withheld_of(report_of({("f",): 30, ("m",): 40, ("x",): 2, ("y",): 1}), 0) == {"f", "x", "y"}
    assert withheld_of(report_of({("f",): 30, ("m",): 40, ("x",): 3, ("y",): 2}), 0) == {"x", "y"}


def test_the_women_less_the_white_women_do_not_tell_the_others():
    counts = {("f", "black"): 3, ("f", "white"): 30, ("m", "black"): 20, ("m", "white"): 50}
    report = report_of(counts)
    assert [withheld_of(report, 0), withheld_of(report, 1)] == [set(), set()]
    assert withheld_of(report, 0, 1) == {"f · black", "f · white", "m · black", "m · white"}


def test_what_need_not_be_withheld_is_not():
    counts = dict.fromkeys(product("abc", "xyz"), 20) | {("a", "x"): 3}
    assert withheld_of(report_of(counts), 0, 1) == {"a · x", "a · y", "b · x", "b · y"}
    assert withheld_of(report_of(dict.fromkeys(product("ab", "xy"), 20)), 0, 1) == set()


def test_a_group_that_is_another_one_under_a_second_name_tells_nothing():
    # Whoever is "b" is "y": the pair is withheld, and so are both of its names.
    report = report_of({("a", "x"): 20, ("b", "y"): 3, ("c", "x"): 9, ("c", "z"): 9})
    assert "b" in withheld_of(report, 0)
    assert "y" in withheld_of(report, 1)
    assert "b · y" in withheld_of(report, 0, 1)


@pytest.mark.parametrize("boot", [0, 5])
def test_a_stratum_of_few_rows_has_no_figure_either(boot):
    counts = {("f", "north"): 20, ("m", "north"): 20, ("f", "south"): 2, ("m", "south"): 1}
    report = report_of(counts, control="feature 1", boot=boot)
    assert withheld_of(report, 0) == {"f (south)", "m (south)"}
    overall = report.overall[0]
    for table in (overall.values, overall.low, overall.high):
        for metric in table:
            assert [np.isnan(figure_value(figure)) for figure in metric] == [False, True]


@pytest.mark.parametrize("boot", [0, 5])
def test_within_a_stratum_subtraction_tells_nothing(boot):
    counts = {("f", "north"): 20, ("m", "north"): 20, ("f", "south"): 20, ("m", "south"): 2}
    report = report_of(counts, control="feature 1", boot=boot)
    assert withheld_of(report, 0) == {"f (south)", "m (south)"}
    assert not np.isnan([figure_value(figure) for figure in report.overall[0].values[0]]).any()


def test_what_is_withheld_is_not_said_to_be_uncertain():
    report = report_of({("f",): 300, ("m",): 400, ("x",): 40}, least=50)
    assert (report.groupings[0].suppressed, report.groupings[0].uncertain) == ((0, 2), ())


def test_no_single_equation_tells_a_small_group():
    made = np.random.default_rng(0)
    for _ in range(15):
        columns = [made.choice(list("abcd")[:width], 120, p=made.dirichlet(np.ones(width))) for width in (3, 4, 2)]
        counts: dict[tuple[str, ...], int] = {}
        for row in zip(*map(np.ndarray.tolist, columns), strict=True):
            counts[row] = counts.get(row, 0) + 1
        report = report_of(counts, least=4)
        for coarse, fine in product(report.groupings, repeat=2):
            if set(coarse.features) < set(fine.features):
                _assert_no_difference(report, coarse, fine, counts)


def _assert_no_difference(report, coarse, fine, counts):
    """Each group either has all of its parts shown, or misses two and no small number of rows."""
    for group, size in enumerate(coarse.sizes):
        levels = dict(zip(coarse.features, (column[group] for column in coarse.levels), strict=True))
        parts = [
            part
            for part in range(len(fine.sizes))
            if all(
                column[part] == levels.get(f, column[part])
                for f, column in zip(fine.features, fine.levels, strict=True)
            )
        ]
        hidden = [part for part in parts if part in fine.suppressed]
        if size is None:
            assert hidden
        elif hidden:
            rows = sum(_rows(report, fine, part, counts) for part in hidden)
            assert (len(hidden) >= 2, rows >= 4) == (True, True)


def _rows(report, grouping, group, counts) -> int:
    names = {
        feature: report.sensitive[feature].levels[column[group]]
        for feature, column in zip(grouping.features, grouping.levels, strict=True)
    }
    return sum(count for row, count in counts.items() if all(row[feature] == name for feature, name in names.items()))
