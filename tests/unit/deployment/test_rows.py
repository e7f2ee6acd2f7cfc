"""Rows of a request as tensors: what each type takes, and how what it does not take is told (B36)."""

import math

import numpy as np
import pytest

from jupyter_mlops.deployment.serving import RequestError
from jupyter_mlops.deployment.serving._feeds import feeds_of, flat
from jupyter_mlops.deployment.serving._frames import parsed, parsed_csv, typed
from jupyter_mlops.deployment.serving._signature import Signature, Tensor

MIXED = Signature(
    inputs=(
        Tensor("n", "float32", (None, 1), ("n",)),
        Tensor("w", "int64", (None, 1), ("w",)),
        Tensor("t", "str", (None, 1), ("t",)),
        Tensor("f", "bool", (None, 1), ("f",)),
    ),
    outputs=(Tensor("y", "float32", (None,)),),
)
WIDE = Signature(inputs=(Tensor("X", "float64", (None, 3), ("a", "b", "c")),), outputs=MIXED.outputs)
STRICT = Signature(WIDE.inputs, WIDE.outputs, frozenset({"b"}), frozenset({"c"}))
UNNAMED = Signature(inputs=(Tensor("X", "float32", (None, 2)),), outputs=MIXED.outputs)
TEXTS = Signature(inputs=(Tensor("text", "str", (None,)),), outputs=MIXED.outputs)
IMAGE = Signature(inputs=(Tensor("X", "float32", (None, 2, 2)),), outputs=MIXED.outputs)
TWO = Signature(inputs=(Tensor("a", "float32", (None, 2)), Tensor("b", "int64", (None,))), outputs=MIXED.outputs)

ROW = {"n": 1.5, "w": 7, "t": "x", "f": True}


def read(body, signature, most=1000):
    found = feeds_of(parsed(body, signature), signature, most)
    return {name: (array.dtype.str, array.tolist()) for name, array in found.tensors.items()}


def records(**changes):
    return {"dataframe_records": [ROW | changes]}


EXPECTED = {"n": ("<f4", [[1.5]]), "w": ("<i8", [[7]]), "t": ("|O", [["x"]]), "f": ("|b1", [[True]])}


@pytest.mark.parametrize(
    "body",
    [
        records(),
        {"dataframe_split": {"columns": ["f", "t", "w", "n"], "index": [9], "data": [[True, "x", 7, 1.5]]}},
        {"dataframe_split": {"data": [[1.5, 7, "x", True]]}},
        {"instances": [ROW]},
        {"instances": [[1.5, 7, "x", True]]},
        {"inputs": {name: [value] for name, value in ROW.items()}},
        {"inputs": {name: [[value]] for name, value in ROW.items()}},
        {"inputs": [ROW], "params": {}},
    ],
    ids=["records", "split", "split-bare", "instances", "rows", "inputs", "tensors", "inputs-rows"],
)
def test_every_form_says_the_same(body):
    assert read(body, MIXED) == EXPECTED


@pytest.mark.parametrize(
    ("column", "value", "held"),
    [
        ("n", 3, 3.0),
        ("n", True, 1.0),
        ("n", 16777217, 16777216.0),
        ("n", math.inf, math.inf),
        ("n", 1e-46, 0.0),
        ("w", 7.0, 7),
        ("w", True, 1),
        ("w", 2**63 - 1, 2**63 - 1),
        ("w", -(2**63), -(2**63)),
        ("t", "", ""),
        ("t", "Ünïcödé 🙂", "Ünïcödé 🙂"),
        ("f", False, False),
        ("f", 1, True),
        ("f", 0.0, False),
    ],
)
def test_b36_what_a_type_can_hold_is_taken(column, value, held):
    assert read(records(**{column: value}), MIXED)[column][1] == [[held]]


def test_b36_a_missing_number_is_nan():
    for value in (None, math.nan):
        assert math.isnan(read(records(n=value), MIXED)["n"][1][0][0])


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("n", "1.5", "it holds numbers, and this is a text"),
        ("n", [1], "it holds numbers, and this is a list"),
        ("n", {}, "it holds numbers, and this is an object"),
        ("n", 1e39, "the number is beyond the range of float32"),
        ("n", 10**400, "the number is beyond the range of float32"),
        ("w", None, "it holds numbers, and this is missing"),
        ("w", math.nan, "it is missing, and whole numbers have no word for that"),
        ("w", 1.5, "it holds whole numbers, and this is none"),
        ("w", math.inf, "it holds whole numbers, and this is none"),
        ("w", 2**63, "the number is beyond the range of int64"),
        ("w", 10**30, "the number is beyond the range of int64"),
        ("w", "7", "it holds numbers, and this is a text"),
        ("t", 7, "it holds texts, and this is a number"),
        ("t", None, "it holds texts, and this is missing"),
        ("t", False, "it holds texts, and this is true or false"),
        ("t", "a\x00b", "the text has characters that a tensor cannot hold"),
        ("t", "\ud800", "the text has characters that a tensor cannot hold"),
        ("f", "true", "it holds true or false, and this is a text"),
        ("f", None, "it holds true or false, and this is missing"),
        ("f", 2, "it holds true or false, and this is a number"),
    ],
)
def test_b36_what_it_cannot_hold_names_column_and_row(column, value, said):
    body = {"dataframe_records": [ROW, ROW | {column: value}]}
    if column == "w" and value is None:
        said = "it is missing, and whole numbers have no word for that"

    with pytest.raises(RequestError) as told:
        read(body, MIXED)

    assert str(told.value) == f"Column {column!r}, row 1: {said}."
    assert told.value.status == 400


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1, None, 3], "Column 'b', row 0: it is missing, and the model takes no missing value there."),
        ([1, 2, math.inf], "Column 'c', row 0: it is infinite, which the model does not take there."),
    ],
)
def test_b36_what_the_model_rejects_is_refused_by_column(row, said):
    with pytest.raises(RequestError, match=r".*") as told:
        read({"instances": [row]}, STRICT)
    assert str(told.value) == said


def test_b36_what_it_takes_elsewhere_passes():
    (values,) = read({"instances": [[None, 2, 3], [math.inf, math.inf, 3]]}, STRICT)["X"][1:]
    assert np.isnan(values[0][0])
    assert values[1] == [math.inf, math.inf, 3.0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"dataframe_records": [{"a": 1, "c": 3}]}, "Missing in the request: column 'b'."),
        ({"dataframe_records": [{"a": 1}]}, "Missing in the request: columns 'b', 'c'."),
        (
            {"dataframe_records": [{"a": 1, "b": 2, "c": 3, "d": 4}]},
            "Unknown to the model: column 'd'. It takes 'a', 'b', 'c'.",
        ),
        ({"dataframe_split": {"columns": ["a", "b", "b"], "data": [[1, 2, 3]]}}, "Column 'b' is there twice."),
        (
            {"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2, 3]]}},
            "A row has 3 values, and there are 2 names",
        ),
        ({"instances": [[1, 2]]}, "A row has 2 values, and the model takes 3: 'a', 'b', 'c'."),
        ({"instances": [[1, 2, 3], [1, 2]]}, "instances: row 1 has 2 values, row 0 has 3."),
        ({"instances": [[[1, 2, 3]]]}, "instances is a list of rows, and a row a list of values."),
        ({"instances": 3}, "instances is a list, one entry a row."),
        (
            {"inputs": {"a": [1], "b": [1, 2], "c": [1]}},
            "The columns of inputs are not equally long: 'a' 1, 'b' 2, 'c' 1.",
        ),
        ({"inputs": {"a": 1, "b": 2, "c": 3}}, "inputs is an object of lists, one a column."),
        ({"dataframe_split": [[1]]}, "dataframe_split is an object with columns and data"),
        ({"dataframe_split": {"columns": 3, "data": []}}, "columns of dataframe_split is a list of names."),
        ({"dataframe_split": {"data": 3}}, "data of dataframe_split is a list of rows."),
        ({"dataframe_records": [[1]]}, "dataframe_records is a list of objects, one a row."),
        ({}, "The body has exactly one of dataframe_split, dataframe_records, instances, inputs."),
        ({"instances": [], "inputs": []}, "The body has exactly one of"),
        ({"instances": [], "evil": 1}, "'evil' is unknown"),
        ({"instances": [[1, 2, 3]], "params": {"x": 1}}, "This model takes no params."),
        ([[1, 2, 3]], "The body is an object with one of"),
    ],
)
def test_b36_a_body_of_the_wrong_form_is_told(body, said):
    with pytest.raises(RequestError) as told:
        read(body, WIDE)
    assert str(told.value).startswith(said) or said in str(told.value)


def test_more_rows_than_allowed_are_413():
    with pytest.raises(RequestError, match="at most 2 rows; this one has 3") as told:
        read({"instances": [[1, 2, 3]] * 3}, WIDE, most=2)
    assert told.value.status == 413


def test_no_rows_are_a_table_of_none():
    assert read({"dataframe_split": {"columns": ["a", "b", "c"], "data": []}}, WIDE) == {"X": ("<f8", [])}
    assert read({"instances": []}, WIDE) == {"X": ("<f8", [])}


@pytest.mark.parametrize(
    ("body", "signature", "tensors"),
    [
        ({"instances": [[1, 2], [3, 4]]}, UNNAMED, {"X": ("<f4", [[1, 2], [3, 4]])}),
        ({"dataframe_split": {"columns": ["x", "y"], "data": [[1, 2]]}}, UNNAMED, {"X": ("<f4", [[1, 2]])}),
        ({"instances": ["a", "b"]}, TEXTS, {"text": ("|O", ["a", "b"])}),
        ({"inputs": ["a"]}, TEXTS, {"text": ("|O", ["a"])}),
        ({"instances": [[[1, 2], [3, 4]]]}, IMAGE, {"X": ("<f4", [[[1, 2], [3, 4]]])}),
        ({"inputs": {"X": [[[1, 2], [3, 4]]]}}, IMAGE, {"X": ("<f4", [[[1, 2], [3, 4]]])}),
        ({"inputs": {"a": [[1, 2]], "b": [3]}}, TWO, {"a": ("<f4", [[1, 2]]), "b": ("<i8", [3])}),
        ({"instances": [{"a": [1, 2], "b": 3}]}, TWO, {"a": ("<f4", [[1, 2]]), "b": ("<i8", [3])}),
    ],
)
def test_models_without_names_of_columns(body, signature, tensors):
    assert read(body, signature) == tensors


@pytest.mark.parametrize(
    ("body", "signature", "said"),
    [
        ({"instances": [[1, 2, 3]]}, UNNAMED, "A row has 3 values, and the model takes 2."),
        ({"instances": [[1, "x"]]}, UNNAMED, "Tensor 'X', value 1: it holds numbers, and this is a text."),
        ({"instances": [[[1, 2]]]}, IMAGE, "Tensor 'X' has shape [1, 1, 2], and the model takes [rows, 2, 2]."),
        ({"instances": [[[1, 2], [3]]]}, IMAGE, "Tensor 'X': its lists are not equally long."),
        ({"inputs": {"a": [[1, 2]]}}, TWO, "Tensor 'b' is missing."),
        ({"inputs": {"a": [[1, 2]], "b": [3], "c": [1]}}, TWO, "Tensor 'c' is unknown."),
        ({"inputs": {"a": [[1, 2]], "b": [3, 4]}}, TWO, "The tensors have different numbers of rows: 'a' 1, 'b' 2."),
        ({"inputs": {"a": [[1, 2]], "b": 3}}, TWO, "Tensor 'b' is a list."),
    ],
)
def test_their_wrong_shapes_are_told(body, signature, said):
    with pytest.raises(RequestError) as told:
        read(body, signature)
    assert str(told.value) == said


@pytest.mark.parametrize(
    ("nested", "shape"),
    [([], (0,)), ([1, 2], (2,)), ([[1], [2]], (2, 1)), ([[], []], (2, 0)), ([[[1, 2]], [[3, 4]]], (2, 1, 2))],
)
def test_lists_know_their_shape(nested, shape):
    assert flat(nested, "X")[1] == shape


def csv(text, signature=MIXED):
    found = feeds_of(typed(parsed_csv(text), signature), signature, 1000)
    return {name: array.tolist() for name, array in found.tensors.items()}


def test_csv_is_read_by_the_types_of_the_columns():
    assert csv('t,n,w,f\r\n"a,\n""b""",1e3,7,true\r\n,nan,8.0,0\r\n') | {"n": 0} == {
        "t": [['a,\n"b"'], [""]],
        "w": [[7], [8]],
        "f": [[True], [False]],
        "n": 0,
    }
    assert math.isnan(csv("t,n,w,f\nx,,1,1\n")["n"][0][0])
    assert csv("x,y\n1,2\n", UNNAMED) == {"X": [[1.0, 2.0]]}
    assert csv("text\nhello\n", TEXTS) == {"text": ["hello"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The CSV is empty"),
        ("n,w,t,f\n1,2\n", "The CSV's row 0 has 2 fields, its first line names 4."),
        ('n,w,t,f\n"1,2', "The body is no CSV"),
        ("n,w,t\n1,2,x\n", "Missing in the request: column 'f'."),
        ("n,w,t,f\nabc,2,x,1\n", "Column 'n', row 0: it holds numbers, and this is a text."),
        ("n,w,t,f\n1,,x,1\n", "Column 'w', row 0"),
        (f"n,w,t,f\n{'9' * 5000},1,x,1\n", "Column 'n', row 0: it holds numbers, and this is a text."),
    ],
)
def test_csv_that_is_wrong_is_told(text, said):
    with pytest.raises(RequestError) as told:
        csv(text)
    assert str(told.value).startswith(said)
