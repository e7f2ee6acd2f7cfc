"""Edge rows: of every type of column, from every kind of table, and the same for the same seed."""

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlops.export import Table, edge_rows

LARGEST = float(np.finfo(np.float32).max)


def edges_of(values, **kind):
    return edge_rows(None, Table.of(pd.DataFrame({"a": pd.Series(values, **kind)}))).value["a"]


@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame])
@pytest.mark.parametrize("kind", ["float64", "int64"])
def test_of_no_rows_come_no_rows(form, kind):
    assert edge_rows(None, Table.of(form(np.empty((0, 2), dtype=kind)))).value.shape == (0, 2)


def test_two_columns_of_one_name_are_changed_each_for_itself():
    rows = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["a", "a"])
    edges = edge_rows(None, Table.of(rows)).value

    assert list(edges.columns) == ["a", "a"]
    for place in (0, 1):
        other = edges.iloc[:, 1 - place].isin(rows.iloc[:, 1 - place])
        assert edges.iloc[:, place][other].isna().any()


@pytest.mark.parametrize(
    ("kind", "edges"),
    [
        ("uint8", {0, 1, 2, 4, 255}),
        ("int8", {0, 1, -1, -128, 127, 3, 2, 4}),
        ("int64", {0, 1, -1, 2**24 + 1, -(2**63), 2**63 - 1, 4, 2}),
        ("bool", {False, True}),
    ],
)
def test_a_column_gets_only_what_its_type_can_hold(kind, edges):
    rows = np.array([[3], [3]], dtype=kind)
    made = edge_rows(None, Table.of(rows)).value.ravel()
    finite = made[np.isfinite(made)]

    assert set(finite.tolist()) <= {float(edge) for edge in edges}
    assert 0 in finite


@pytest.mark.parametrize(
    "form", [np.asarray, lambda rows: pd.DataFrame(rows, columns=["a", "b"])], ids=["array", "frame"]
)
@pytest.mark.parametrize("kind", ["uint8", "int64"])
def test_what_no_whole_number_is_comes_last_and_alone(form, kind):
    rows = np.array([[3, 7], [4, 8]], dtype=kind)
    made = np.asarray(edge_rows(None, Table.of(form(rows))).value)

    assert np.isfinite(made[:-6]).all()
    np.testing.assert_array_equal(made[-6:-3, 0], [np.nan, np.inf, -np.inf])
    np.testing.assert_array_equal(made[-3:, 1], [np.nan, np.inf, -np.inf])
    np.testing.assert_array_equal(made[-6:-3, 1], [7, 8, 7])


def test_whole_numbers_beside_texts_keep_the_texts(people):
    made = edge_rows(None, Table.of(people)).value

    assert made["children"].isna().sum() == 1
    assert set(made["town"][made["children"].isna()]) <= set(people["town"])


def test_the_largest_whole_number_has_none_after_it():
    made = edge_rows(None, Table.of(np.array([[2**63 - 1], [-(2**63)]]))).value.ravel()

    assert set(made[np.isfinite(made)].tolist()) == {0, 1, -1, 2**24 + 1, -(2.0**63), 2.0**63}


@pytest.mark.parametrize("values", [[[1.0], [2.0]], [[np.nan], [np.nan]], [[np.inf], [1.0]], [[1e308], [-1e308]]])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_numbers_are_missing_infinite_zero_of_either_sign_and_extreme(values, kind):
    with np.errstate(over="ignore"):
        rows = np.array(values).astype(kind)
    made = edge_rows(None, Table.of(rows)).value.ravel()

    assert np.isnan(made).any()
    assert {np.inf, -np.inf, LARGEST, -LARGEST} <= set(made.tolist())
    assert sorted(np.signbit(made[made == 0]).tolist())[:1] + sorted(np.signbit(made[made == 0]).tolist())[-1:] == [
        False,
        True,
    ]


def test_numbers_of_half_width_overflow_in_silence():
    made = edge_rows(None, Table.of(np.array([[1], [2]], dtype=np.float16))).value

    assert made.dtype == np.float16
    assert np.isinf(made).sum() >= 2


def test_a_categorys_unseen_values_are_missing_in_silence():
    made = edges_of(["x", "y"], dtype="category")

    assert made.isna().any()
    assert set(made.dropna()) <= {"x", "y"}


@pytest.mark.parametrize("values", [[None, None], ["x", 1.0], [b"x", b"y"]])
def test_columns_of_no_one_kind_stay_as_they_are(values):
    assert edges_of(values, dtype=object).tolist() == values[:1]


def test_dates_stay_as_they_are():
    assert edges_of(pd.to_datetime(["2020-01-01", "2021-01-01"])).tolist() == [pd.Timestamp("2020-01-01")]


def test_numbers_among_objects_are_also_missing_as_none():
    made = edges_of([1.5, 2, None], dtype=object)

    assert made.iloc[0] is None
    assert {0.0, LARGEST} <= set(made.dropna())


def test_a_row_without_columns_is_left_as_it_is():
    assert edge_rows(None, Table.of(np.empty((3, 0)))).value.shape == (1, 0)


def test_the_rows_given_are_not_changed(people):
    before = people.copy()
    edge_rows(None, Table.of(people))

    pd.testing.assert_frame_equal(people, before)


def test_columns_keep_their_names_and_types(people):
    made = edge_rows(None, Table.of(people)).value

    assert made.dtypes.to_dict() == people.dtypes.to_dict() | {"children": np.dtype(float)}  # may be missing


def test_the_same_seed_draws_the_same_rows_of_a_wide_table():
    rows = Table.of(np.random.default_rng(0).normal(size=(5, 60)))
    once, again, other = (edge_rows(None, rows, seed).value for seed in (1, 1, 2))

    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other, equal_nan=True)


def test_of_a_wide_table_few_columns_are_changed():
    made = edge_rows(None, Table.of(np.ones((2, 60)))).value

    assert (np.isnan(made).any(axis=0)).sum() == 24


def test_rows_with_one_change_differ_from_a_real_row_in_one_place(X):
    made = edge_rows(None, Table.of(X)).value
    alone = [row for row in made if any((row != real).sum() == 1 for real in X)]

    assert len(alone) > 4 * 10


def test_a_threshold_has_its_neighbours_in_float32_beside_it(X, y):
    tree = DecisionTreeClassifier(max_depth=1).fit(X, y)
    at, value = tree.tree_.feature[0], tree.tree_.threshold[0]
    near = np.float32(value)
    wanted = {
        float(value),
        float(np.nextafter(near, np.float32(-np.inf))),
        float(np.nextafter(near, np.float32(np.inf))),
    }

    assert wanted <= set(edge_rows(tree, Table.of(X)).value[:, at].tolist())
