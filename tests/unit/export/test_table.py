"""Rows as the model takes them: a frame, an array or texts; the same questions to all three, and no other form."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.export import Table, edge_rows

FRAME = pd.DataFrame({"a": [1.5, 2.5, 3.5], "b": ["x", "y", None], "c": [True, False, True]}, index=[7, 7, 9])
ARRAY = np.arange(6.0).reshape(3, 2)
TEXTS = ["one", "", "three"]
EVERY = pytest.mark.parametrize("value", [FRAME, ARRAY, TEXTS], ids=["frame", "array", "texts"])


def rows_of(table: Table) -> list[tuple]:
    """What stands in a table, row by row; a missing value as the word."""
    columns = [table.column(place) for place in range(table.width)]
    rows = zip(*columns, strict=True)
    return [tuple("missing" if value is None or value != value else value for value in row) for row in rows]


@pytest.mark.parametrize(
    ("value", "form", "columns", "width"),
    [
        (FRAME, "frame", ("a", "b", "c"), 3),
        (pd.DataFrame([[1, 2]]), "frame", ("0", "1"), 2),
        (ARRAY, "array", (), 2),
        ([[1, 2], [3, 4]], "array", (), 2),
        ([["x", 2.0]], "array", (), 2),
        (pa.Table.from_pandas(FRAME, preserve_index=False), "frame", ("a", "b", "c"), 3),
        (TEXTS, "texts", (), 1),
        (tuple(TEXTS), "texts", (), 1),
        (pd.Series(TEXTS), "texts", (), 1),
        (np.array(TEXTS), "texts", (), 1),
    ],
)
def test_rows_have_one_of_three_forms(value, form, columns, width):
    table = Table.of(value)

    assert (table.form, table.columns, table.width, len(table)) == (form, columns, width, len(value))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "X is int of shape (): give rows and columns, or a list of texts."),
        (None, "X is NoneType of shape (): give rows and columns, or a list of texts."),
        ("a text", "X is str of shape (): give rows and columns, or a list of texts."),
        ({"a": [1]}, "X is dict of shape (): give rows and columns, or a list of texts."),
        ([1.0, 2.0], "X is list of shape (2,): give rows and columns, or a list of texts."),
        (["a", None], "X is list of shape (2,): give rows and columns, or a list of texts."),
        (pd.Series([1.0]), "X is Series of shape (1,): give rows and columns, or a list of texts."),
        (np.zeros((2, 2, 2)), "X is ndarray of shape (2, 2, 2): give rows and columns, or a list of texts."),
        (np.ones((2, 2)) * 1j, "X is ndarray of shape (2, 2): give rows and columns, or a list of texts."),
        ([[1, 2], [3]], "The rows of X are not equally long: give rows and columns, or a list of texts."),
        (sparse.eye(2, format="csr"), "The rows are a sparse matrix, and ONNX has dense inputs. Give X.toarray()."),
    ],
)
def test_what_is_no_rows_is_refused_with_what_to_give(value, message):
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        Table.of(value)


@EVERY
@given(data=st.data())
def test_rows_are_taken_by_number_in_the_order_asked_for(value, data):
    table = Table.of(value)
    numbers = data.draw(st.lists(st.integers(0, len(table) - 1), max_size=8))

    assert rows_of(table.take(numbers)) == [rows_of(table)[number] for number in numbers]


@EVERY
@given(mask=st.lists(st.booleans(), min_size=3, max_size=3))
def test_a_mask_takes_the_rows_it_marks(value, mask):
    table = Table.of(value)

    assert rows_of(table.take(mask)) == [row for row, marked in zip(rows_of(table), mask, strict=True) if marked]


@EVERY
@given(cut=st.integers(1, 2))
def test_what_is_cut_and_joined_is_what_it_was(value, cut):
    table = Table.of(value)
    joined = Table.joined([table.take(range(cut)), table.take(range(cut, len(table)))])

    assert (rows_of(joined), joined.form, joined.columns) == (rows_of(table), table.form, table.columns)


@pytest.mark.parametrize(
    ("value", "changes", "row"),
    [
        (FRAME, [(0, np.inf), (2, False)], (np.inf, "y", False)),
        (FRAME, [(1, None)], (2.5, "missing", False)),
        (ARRAY, [(1, -0.5)], (2.0, -0.5)),
        (TEXTS, [(0, "two")], ("two",)),
    ],
)
def test_a_changed_row_is_another_and_the_rows_stay(value, changes, row):
    table = Table.of(value)
    before = rows_of(table)

    assert rows_of(table.changed(1, changes)) == [row]
    assert rows_of(table) == before


@pytest.mark.parametrize("kind", ["float32", "int8", "Int64", "boolean", "str", "category", "datetime64[ns]"])
def test_a_changed_column_keeps_its_type(kind):
    frame = pd.DataFrame({"a": pd.Series([0, 1], dtype="int64").astype(kind)})

    assert Table.of(frame).changed(0, [(0, frame["a"].iloc[1])]).value.dtypes.tolist() == frame.dtypes.tolist()


@pytest.mark.parametrize(
    ("value", "new"),
    [
        (np.zeros((1, 1), dtype="uint8"), 256),
        (np.zeros((1, 1), dtype="int64"), np.nan),
        (pd.DataFrame({"a": [1]}), np.inf),
        (pd.DataFrame({"a": pd.array([1], dtype="Int8")}), 1000),
    ],
)
def test_a_value_that_the_column_cannot_hold_is_no_row(value, new):
    with pytest.raises((TypeError, ValueError, OverflowError)):
        Table.of(value).changed(0, [(0, new)])


def test_of_two_columns_of_one_name_one_is_changed():
    table = Table.of(pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["a", "a"]))

    assert rows_of(table.changed(1, [(1, 9.0)])) == [(3.0, 9.0)]


@pytest.mark.parametrize(
    ("column", "dtype"),
    [
        (pd.Series([1, 2], dtype="int16"), "int16"),
        (pd.Series([1, None], dtype="Int64"), "object"),
        (pd.Series(["a", "b"], dtype="category"), "object"),
        (pd.Series(["a", "b"], dtype="string"), "object"),
        (pd.to_datetime(pd.Series(["2026-01-01", None])), "object"),
    ],
)
def test_a_column_of_plain_numbers_is_their_array_and_any_other_one_of_objects(column, dtype):
    found = Table.of(pd.DataFrame({"a": column})).column(0)

    assert (found.dtype, len(found)) == (np.dtype(dtype), 2)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1.0, 2.0], "kind": pd.Categorical(["x", "y"])}),
        pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [1.0, np.nan]}),
        pd.DataFrame({"a": [1.0, 2.0], "when": pd.to_datetime(["2026-01-01", "2026-01-02"])}),
        pd.DataFrame([[1.0, 2.0]], columns=["a", "a"]),
    ],
    ids=["categories", "nullable", "dates", "one name twice"],
)
def test_edge_rows_are_of_the_columns_own_types_and_nothing_is_said(frame):
    """Warnings are errors here: pandas has one for a category that is none."""
    edges = edge_rows(object(), Table.of(frame))

    assert edges.value.dtypes.tolist() == frame.dtypes.tolist()
    assert len(edges) > 5
