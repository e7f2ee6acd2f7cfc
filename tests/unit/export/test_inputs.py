"""What a file takes comes from the rows: names, types and shapes; and which rows its tensors can hold."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.export import InputTensor, Table, inputs_of
from jupyter_mlops.export._inputs import feeds_of, missing


def asked(value, precision="float32", *, whole=True, apart=False):
    return inputs_of(Table.of(value), precision, whole=whole, apart=apart)


def test_columns_of_one_type_are_one_tensor():
    assert asked(pd.DataFrame({"a": [1.0], "b": [2.0]})) == (InputTensor("X", "float32", (0, 1)),)
    assert asked(np.ones((2, 3)), "float64") == (InputTensor("X", "float64", (0, 1, 2)),)
    assert asked(np.ones((2, 2), dtype=int)) == (InputTensor("X", "int64", (0, 1)),)
    assert asked(np.ones((2, 1), dtype=bool))[0].element == "bool"


def test_whole_numbers_beside_others_are_numbers():
    assert asked(pd.DataFrame({"a": [1], "b": [2.5]})) == (InputTensor("X", "float32", (0, 1)),)
    assert asked(np.ones((2, 2), dtype=int), whole=False)[0].element == "float32"


def test_a_model_that_tells_columns_apart_has_an_input_a_column():
    tensors = asked(pd.DataFrame({"a": [1], "b": [2.5], "c": ["x"], "d": [True]}), "float64", apart=True)

    assert [(tensor.name, tensor.element, tensor.shape) for tensor in tensors] == [
        ("a", "int64", (None, 1)),
        ("b", "float64", (None, 1)),
        ("c", "str", (None, 1)),
        ("d", "bool", (None, 1)),
    ]


@pytest.mark.parametrize(
    ("values", "element"),
    [
        ([1, None], "float32"),
        ([True, False], "bool"),
        (["a", None], "str"),
        ([1, 2], "int64"),
        ([1.5, float("nan")], "float32"),
        ([None, None], "float32"),
    ],
)
def test_objects_are_what_they_hold(values, element):
    frame = pd.DataFrame({"a": pd.Series(values, dtype=object)})

    assert asked(frame, apart=True)[0].element == element


@pytest.mark.parametrize(
    ("column", "element"),
    [
        (pd.Series(["a", "b"], dtype="category"), "str"),
        (pd.Series([1, 2], dtype="category"), "int64"),
        (pd.Series([1, None], dtype="Int64"), "float32"),
        (pd.Series(["a", None], dtype="string"), "str"),
        (pd.Series([True, None], dtype="boolean"), "bool"),
    ],
)
def test_pandas_own_types_are_what_they_hold(column, element):
    assert asked(pd.DataFrame({"a": column}), apart=True)[0].element == element


def test_texts_are_a_tensor_of_one_axis():
    assert asked(["a", "b"]) == (InputTensor("text", "str", (0,), flat=True),)
    assert asked(pd.Series(["a", "b"]))[0].shape == (None,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (csr_matrix(np.eye(2)), "The rows are a sparse matrix.*X.toarray"),
        ([1, 2, 3], r"shape \(3,\): give rows and columns, or a list of texts"),
        (3, "give rows and columns"),
        (np.ones((2, 2, 2)), "give rows and columns"),
        (np.ones((2, 2), dtype=complex), "give rows and columns"),
    ],
)
def test_what_are_no_rows_is_told(value, message):
    with pytest.raises(UsageError, match=message):
        Table.of(value)


def test_what_no_tensor_holds_is_told_by_its_column():
    with pytest.raises(
        UsageError, match=r"Column 'when' holds Timestamp, which no ONNX input can. .* leave it out of X if"
    ):
        asked(pd.DataFrame({"when": [pd.Timestamp("2026-01-01")]}), apart=True)
    with pytest.raises(UsageError, match="mix texts and numbers without names"):
        asked(np.array([["a", 1]], dtype=object))


def test_numbers_beyond_the_range_of_their_type_are_not_held():
    table = Table.of(np.array([[0.1], [1e300], [np.inf], [np.nan], [-3.4e38]]))
    feeds, fits = feeds_of((InputTensor("X", "float32", (0,)),), table)

    assert fits.tolist() == [True, False, True, True, True]
    assert feeds["X"].dtype == np.float32
    assert feeds_of((InputTensor("X", "float64", (0,)),), table)[1].all()


def test_texts_that_onnx_has_not_are_not_held():
    table = Table.of(pd.DataFrame({"a": pd.Series(["x", None, "", "a\x00b", "\ud800", "文"], dtype=object)}))
    feeds, fits = feeds_of((InputTensor("a", "str", (0,)),), table)

    assert fits.tolist() == [True, False, True, False, False, True]
    assert feeds["a"].ravel().tolist() == ["x", "", "", "", "", "文"]


def test_whole_numbers_are_held_to_the_last():
    largest = np.iinfo(np.int64).max
    table = Table.of(np.array([[largest], [-largest], [2**53 + 1]]))
    feeds, fits = feeds_of((InputTensor("X", "int64", (0,)),), table)

    assert fits.all()
    assert feeds["X"].ravel().tolist() == [largest, -largest, 2**53 + 1]


def test_a_missing_whole_number_has_no_place_among_whole_numbers():
    table = Table.of(pd.DataFrame({"a": pd.Series([1, None], dtype="Int64")}))

    assert feeds_of((InputTensor("a", "int64", (0,)),), table)[1].tolist() == [True, False]
    assert np.isnan(feeds_of((InputTensor("a", "float32", (0,)),), table)[0]["a"][1, 0])


@pytest.mark.parametrize(
    ("value", "answer"), [(None, True), (pd.NA, True), (pd.NaT, True), (np.nan, True), ("", False), (0, False)]
)
def test_what_stands_for_no_value(value, answer):
    assert missing(value) is answer


def test_rows_are_taken_and_put_together():
    table = Table.of(pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "z"]}))
    both = Table.joined([table.take([2, 0]), table.take(np.array([False, True, False]))])

    assert both.value.to_dict("list") == {"a": [3.0, 1.0, 2.0], "b": ["z", "x", "y"]}


def test_a_changed_row_keeps_the_types_of_its_columns():
    frame = pd.DataFrame({"a": np.array([1, 2], dtype=np.int32), "b": ["x", "y"]})
    changed = Table.of(frame).changed(1, [(0, 7), (1, None)])

    assert changed.value["a"].dtype == np.int32
    assert changed.value["a"].tolist() == [7]
    assert changed.value["b"].isna().tolist() == [True]
    with pytest.raises((OverflowError, TypeError, ValueError)):
        Table.of(frame).changed(0, [(0, np.nan)])
    assert frame["a"].tolist() == [1, 2]
