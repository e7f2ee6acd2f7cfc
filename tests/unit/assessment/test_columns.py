"""A feature becomes levels and numbers: what is a group, what is cut, what is missing."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.assessment._columns import read_column
from jupyter_mlops.assessment._grouping import crossed, row_groups
from jupyter_mlops.assessment._strata import read_strata
from jupyter_mlops.exceptions import UsageError

quick = settings(max_examples=40)


def read(values, bins=4):
    return read_column("feature", values, len(values), bins)


def named(column) -> list[str]:
    """Return the level of each row, by name."""
    return [column.feature.levels[code] for code in column.codes]


@pytest.mark.parametrize(
    ("values", "levels", "missing"),
    [
        (["b", "a", "b"], ("a", "b"), None),
        ([True, False, True], ("False", "True"), None),
        ([10, 9, 9], ("9", "10"), None),
        ([2.0, 1.0], ("1", "2"), None),
        ([0.5, 1.5, 0.5], ("0.5", "1.5"), None),
        (["b", None, "a"], ("a", "b", "missing"), 2),
        ([1.0, float("nan")], ("1", "missing"), 1),
        (pd.Series(["x", pd.NA], dtype="string"), ("x", "missing"), 1),
        (pd.Series([1, pd.NA], dtype="Int64"), ("1", "missing"), 1),
        (pd.Categorical(["lo", "hi"], categories=["lo", "mid", "hi"], ordered=True), ("lo", "hi"), None),
        (pd.Series([3, "b", 1, "a"], dtype=object), ("1", "3", "a", "b"), None),
        (pd.Series(pd.to_datetime(["2025-01-02", "2025-01-01"])), ("2025-01-01 00:00:00", "2025-01-02 00:00:00"), None),
        (np.array([["a"], ["b"]]), ("a", "b"), None),
        (pd.Index(["a", "b"]), ("a", "b"), None),
        (("a", "b"), ("a", "b"), None),
        (["", " "], ("", " "), None),
    ],
)
def test_values_are_levels_in_their_order(values, levels, missing):
    column = read(values)

    assert (column.feature.levels, column.feature.missing, column.feature.edges) == (levels, missing, ())
    assert len(column.codes) == len(values)


def test_a_categorical_keeps_the_order_of_its_categories():
    column = read(pd.Series(["old", "young", None], dtype=pd.CategoricalDtype(["young", "old"], ordered=True)))

    assert named(column) == ["old", "young", "missing"]
    assert column.feature.levels == ("young", "old", "missing")


@quick
@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), min_size=1, max_size=30))
def test_every_row_has_the_level_of_its_own_text(values):
    column = read(pd.Series(values, dtype=object))

    assert len(set(column.feature.levels)) == len(column.feature.levels)
    for value, name in zip(values, named(column), strict=True):
        assert name == value or (value is None and column.feature.levels.index(name) == column.feature.missing)


@quick
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=11, max_size=80, unique=True).map(lambda values: [v + 0.5 for v in values]),
    st.integers(1, 6),
)
def test_a_bin_holds_what_lies_between_its_edges(values, bins):
    column = read(values, bins)
    edges = column.feature.edges
    if not edges:  # one bin; or adding a half made large numbers equal, and few enough are names
        return

    assert len(edges) == len(column.feature.levels) - 1
    assert list(edges) == sorted(edges)
    bounds = (-math.inf, *edges, math.inf)
    for value, code in zip(values, column.codes, strict=True):
        assert bounds[code] < value <= bounds[code + 1]


def test_bins_are_of_equal_size():
    column = read(np.arange(1000.0) + 0.5)

    assert np.bincount(column.codes).tolist() == [250, 250, 250, 250]


def test_a_value_that_most_rows_share_makes_fewer_bins():
    most = read(np.concatenate([np.zeros(95), np.linspace(1, 2, 25)]))
    nearly_all = read(np.concatenate([np.zeros(110), np.linspace(1, 2, 10)]))

    for column, few in ((most, 25), (nearly_all, 10)):
        assert column.feature.levels == ("up to 0", "above 0")
        assert np.bincount(column.codes).tolist() == [120 - few, few]
    assert read(np.concatenate([np.linspace(1, 2, 11), np.full(109, 9.0)])).feature.levels == ("every value",)


def test_the_smallest_and_the_largest_value_are_not_told():
    income = read(np.concatenate([np.linspace(10, 20, 40), [987_654]]))

    assert "987" not in str(income.feature)
    assert "10 " not in str(income.feature.levels)


DAYS = pd.Series(pd.date_range("1950-01-01", periods=40, freq="100D"))


@pytest.mark.parametrize(
    "born",
    [
        pytest.param(DAYS, id="datetimes"),
        pytest.param(DAYS.dt.tz_localize("UTC"), id="with a zone"),
        pytest.param(DAYS.dt.date, id="dates of Python"),
        pytest.param(DAYS.to_numpy(), id="numpy"),
    ],
)
def test_days_are_measured_and_not_named(born):
    column = read(born)

    edges = ("1952-09-27", "1955-06-24", "1957-12-10")
    assert column.feature.levels == (
        "up to 1952-09-27", "1952-09-27 to 1955-06-24", "1955-06-24 to 1957-12-10", "above 1957-12-10",
    )  # fmt: skip
    assert column.feature.edges == tuple(np.array(edges, dtype="datetime64[s]").astype(float))
    assert np.bincount(column.codes).tolist() == [11, 10, 9, 10]


def test_days_are_cut_at_days_of_the_data_and_missing_ones_stay_apart():
    born = DAYS.copy()
    born[3] = pd.NaT
    column = read(born, bins=2)

    assert column.feature.levels == ("up to 1955-06-24", "above 1955-06-24", "missing")
    assert named(column)[3] == "missing"


def test_times_of_a_day_are_told_with_their_hours_and_few_days_are_names():
    hours = pd.Series(pd.date_range("2025-01-01 06:00", periods=30, freq="h"))
    assert read(hours, bins=2).feature.levels == ("up to 2025-01-01T20:00:00", "above 2025-01-01T20:00:00")
    assert len(read(DAYS[:20]).feature.levels) == 20
    assert len(read(DAYS, bins=0).feature.levels) == 40


def test_times_of_which_most_are_one_have_one_part():
    seldom = pd.Series([*pd.date_range("2000-01-01", periods=25), *[pd.Timestamp("2020-01-01")] * 975])
    assert read(seldom).feature.levels == ("every value",)


def test_infinities_are_in_the_bins_at_the_ends_and_the_edges_are_finite():
    values = np.concatenate([np.linspace(0.1, 9.9, 30), [np.inf, -np.inf, np.nan]])
    column = read(values, 2)

    assert np.isfinite(column.feature.edges).all()
    assert column.codes[-3:].tolist() == [1, 0, 2]
    assert column.feature.missing == 2


def test_what_cannot_be_groups_is_told_by_its_name():
    with pytest.raises(UsageError, match="feature holds values that cannot be groups"):
        read(pd.Series([[1], [2]]))
    with pytest.raises(UsageError, match=r"feature has the shape \(2, 3\)"):
        read(np.ones((2, 3)))
    with pytest.raises(UsageError, match="feature has 2 rows and y has 3"):
        read_column("feature", [1, 2], 3, 4)


def columns_of(**features):
    return [read_column(name, values, len(values), 4) for name, values in features.items()]


def test_each_alone_each_two_and_three_together():
    columns = columns_of(a=list("xyxy"), b=list("ppqq"), c=list("kkkl"))

    assert [groups.features for groups in row_groups(columns)] == [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]


def test_of_more_than_three_each_two():
    columns = columns_of(**{name: list("xy") for name in "abcd"})

    assert {len(groups.features) for groups in row_groups(columns)} == {1, 2}
    assert len(row_groups(columns)) == 4 + 6


def test_only_what_occurs_is_a_group():
    groups = crossed(columns_of(a=list("xxyy"), b=list("pppq")), (0, 1))

    pairs = list(zip(*(levels.tolist() for levels in groups.levels), strict=True))
    assert pairs == [(0, 0), (1, 0), (1, 1)]
    assert groups.codes.tolist() == [0, 0, 1, 2]


@quick
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=40))
def test_groups_together_are_the_pairs_of_the_rows(rows):
    columns = columns_of(first=[row[0] for row in rows], second=[row[1] for row in rows])
    groups = crossed(columns, (0, 1))

    found = [
        tuple(column.feature.levels[levels[code]] for column, levels in zip(columns, groups.levels, strict=True))
        for code in groups.codes
    ]
    assert found == rows
    assert len(groups) == len(set(rows))


def test_many_levels_are_sorted_rather_than_tabled():
    made = np.random.default_rng(0)
    values = [made.permutation(3_000).astype(str) for _ in range(2)]
    groups = crossed(columns_of(a=values[0], b=values[1]), (0, 1))

    assert len(groups) == 3_000
    assert sorted(groups.codes.tolist()) == list(range(3_000))


def test_strata_are_the_combinations_of_control_features():
    columns = columns_of(a=list("xxyy"), b=list("pppq"))
    strata = read_strata(columns, 4)

    assert (strata.levels, strata.codes.tolist()) == (((0, 0), (1, 0), (1, 1)), [0, 0, 1, 2])
    groups = crossed(columns_of(s=list("fmfm")), (0,))
    assert strata.cells(groups).tolist() == [0, 1, 2, 5]


def test_without_control_features_cells_are_groups():
    groups = crossed(columns_of(s=list("fmfm")), (0,))

    assert read_strata([], 4).cells(groups) is groups.codes
