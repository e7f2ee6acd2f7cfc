"""Partitions of the rows: every column, every two, and all of up to three; only combinations that occur are groups."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.assessment._columns import Column
from jupyter_mlops.assessment._grouping import RowGroups, crossed, row_groups
from jupyter_mlops.entities import FairnessFeature


def column(codes: Sequence[int], levels: int) -> Column:
    feature = FairnessFeature(name="f", levels=tuple(map(str, range(levels))))
    return Column(feature, np.array(codes, dtype=np.int64))


def combinations_of(groups: RowGroups) -> list[tuple[int, ...]]:
    """Return each group as the levels that make it."""
    return [tuple(int(levels[group]) for levels in groups.levels) for group in range(len(groups))]


def of_each_row(groups: RowGroups) -> list[tuple[int, ...]]:
    known = combinations_of(groups)
    return [known[code] for code in groups.codes]


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    rows = draw(st.integers(1, 30))
    return draw(st.lists(st.lists(st.integers(0, 5), min_size=rows, max_size=rows), min_size=1, max_size=5))


@given(tables())
def test_a_rows_group_is_the_combination_of_its_levels(codes):
    chosen = tuple(range(len(codes)))

    groups = crossed([column(values, 6) for values in codes], chosen)

    assert of_each_row(groups) == list(zip(*codes, strict=True))


@given(tables())
def test_groups_are_the_combinations_that_occur_in_the_order_of_their_levels(codes):
    groups = crossed([column(values, 6) for values in codes], tuple(range(len(codes))))

    assert combinations_of(groups) == sorted(set(zip(*codes, strict=True)))


def test_columns_are_crossed_in_the_order_in_which_they_are_chosen():
    columns = [column([0, 1, 1], 2), column([2, 0, 1], 3)]

    assert combinations_of(crossed(columns, (1, 0))) == [(0, 1), (1, 1), (2, 0)]


@pytest.mark.parametrize(
    ("columns", "levels"),
    [(70, 2), (20, 10)],
    ids=["more columns than an array has dimensions", "more combinations than a number can count"],
)
def test_rows_are_what_bounds_the_groups_however_many_combinations_there_could_be(columns: int, levels: int):
    of_two_rows = [column([0, levels - 1], levels) for _ in range(columns)]

    groups = crossed(of_two_rows, tuple(range(columns)))

    assert combinations_of(groups) == [(0,) * columns, (levels - 1,) * columns]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_all_are_looked_at_together_only_where_there_are_up_to_three(count: int):
    partitions = [groups.features for groups in row_groups([column([0, 1], 2)] * count)]

    sizes = [1, 2, 3] if count <= 3 else [1, 2]
    assert partitions == [chosen for size in sizes for chosen in combinations(range(count), size)]
