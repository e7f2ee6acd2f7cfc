"""Rows of networks: whatever holds them, an array an input; what is none of that is told."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.export._tensors import Tensors

IMAGES = np.arange(48, dtype=np.uint8).reshape(3, 4, 4)
IDS = np.array([[1, 2], [3, 4], [5, 6]])


class Tensor:
    """As a framework's: told of its kind by `detach`."""

    def __init__(self, values, dtype="torch.float32"):
        self.values, self.dtype, self.ndim = np.asarray(values), dtype, np.ndim(values)

    def detach(self):
        return self

    def cpu(self):
        return self

    def float(self):
        return Tensor(self.values.astype(np.float32))

    def __array__(self, dtype=None, copy=None):
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.values


def told(rows: Tensors) -> tuple:
    return rows.form, rows.keys, rows.columns, [(array.dtype.name, array.shape) for array in rows.arrays]


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        (IMAGES, ("one", (), (), [("uint8", (3, 4, 4))])),
        ([[1.0, 2.0], [3.0, 4.0]], ("one", (), (), [("float64", (2, 2))])),
        (np.ones(3), ("one", (), (), [("float64", (3,))])),
        ((IMAGES, IDS), ("several", (), (), [("uint8", (3, 4, 4)), ("int64", (3, 2))])),
        ([IMAGES, IDS], ("several", (), (), [("uint8", (3, 4, 4)), ("int64", (3, 2))])),
        ((IDS,), ("several", (), (), [("int64", (3, 2))])),
        ({"ids": IDS, 7: IMAGES}, ("named", ("ids", "7"), (), [("int64", (3, 2)), ("uint8", (3, 4, 4))])),
        (pd.DataFrame({"a": [1.0], "b": [2.0]}), ("one", (), ("a", "b"), [("float64", (1, 2))])),
        (pd.DataFrame({"a": [1], "b": [True]}), ("one", (), ("a", "b"), [("float64", (1, 2))])),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), ("one", (), ("a",), [("float64", (2, 1))])),
        (np.array([[True], [False]]), ("one", (), (), [("bool", (2, 1))])),
    ],
    ids=["images", "lists", "numbers", "tuple", "list", "tuple of one", "dict", "frame", "mixed", "missing", "truths"],
)
def test_whatever_holds_the_rows_becomes_an_array_an_input(X, expected):
    assert told(Tensors.of(X)) == expected


def test_a_list_of_arrays_is_rows_where_the_network_has_one_input():
    assert told(Tensors.of([IMAGES[0], IMAGES[1]], 1)) == ("one", (), (), [("uint8", (2, 4, 4))])
    assert told(Tensors.of([IMAGES[0], IMAGES[1]], 2))[0] == "several"


def test_a_frameworks_tensor_is_an_array_wherever_it_is():
    assert told(Tensors.of(Tensor([[1.0]]))) == ("one", (), (), [("float64", (1, 1))])
    assert told(Tensors.of(Tensor([[1.0]], "torch.bfloat16"))) == ("one", (), (), [("float32", (1, 1))])
    assert told(Tensors.of((Tensor([[1]]), Tensor([[2]]))))[0] == "several"


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (5, "X is int, which is no rows"),
        ("text", "holds str.*and a network's file takes numbers"),
        (["a", "b"], "TextVectorization has no counterpart"),
        (np.array(["a", None], dtype=object), "holds what is no numbers"),
        (np.array(["2026-01-01"], dtype="datetime64[D]"), "datetime64"),
        (np.array([1j]), "complex128"),
        ([[1], [2, 3]], "X is list, whose rows have different shapes"),
        ((IMAGES, IDS[:2]), "The inputs have 2, 3 rows"),
        ((), "The inputs have no rows"),
        ({}, "The inputs have no rows"),
        (pd.DataFrame({"a": ["x"]}), "X has a column without numbers"),
        ({"a": IDS, "b": ["x", "y", "z"]}, r"X\['b'\] holds"),
        ((IDS, 5), r"X\[1\] is int, which is no rows"),
    ],
    ids=["number", "text", "texts", "objects", "dates", "complex", "ragged", "unlike", "none", "no key", "words",
         "named words", "a number among them"],
)  # fmt: skip
def test_what_is_no_rows_is_told_with_what_to_give(X, message):
    with pytest.raises(UsageError, match=message):
        Tensors.of(X)


@pytest.mark.parametrize(
    ("elements", "kinds"),
    [
        ((None, None), ["float32", "int64"]),
        (("float64", "int32"), ["float64", "int32"]),
        (("float16", "float32"), ["float16", "float32"]),
    ],
    ids=["as they are", "wide", "half"],
)
def test_types_are_those_that_the_network_takes_and_double_is_single(elements, kinds):
    rows = Tensors.of((np.array([[1.5]]), np.array([[7]]))).cast(elements)

    assert [array.dtype.name for array in rows.arrays] == kinds
    assert [array.tolist() for array in rows.arrays] == [[[1.5]], [[7]]]


@pytest.mark.parametrize("value", [1.5, float("nan"), 2.0**40], ids=["half", "missing", "large"])
def test_a_number_that_a_type_of_whole_numbers_has_not_is_told(value):
    with pytest.raises(UsageError, match="Input 0 takes int32, and rows of float64 hold what is none"):
        Tensors.of(np.array([[value]])).cast(["int32"])


@given(st.lists(st.integers(0, 2), max_size=8))
def test_rows_are_taken_of_every_input_in_that_order(places):
    taken = Tensors.of({"image": IMAGES, "ids": IDS}).take(places)

    assert (len(taken), told(taken)[1]) == (len(places), ("image", "ids"))
    assert taken.arrays[0].tolist() == [IMAGES[place].tolist() for place in places]
    assert taken.arrays[1].tolist() == [IDS[place].tolist() for place in places]


def test_rows_are_taken_by_a_mask():
    assert Tensors.of(IDS).take(np.array([True, False, True])).arrays[0].tolist() == [[1, 2], [5, 6]]


@pytest.mark.parametrize(
    ("X", "form"),
    [(IDS, "one"), ((IDS, IMAGES), "several"), ({"a": IDS, "b": IMAGES}, "named")],
    ids=["one", "several", "named"],
)
def test_the_network_is_given_what_the_user_gave(X, form):
    rows = Tensors.of(X)

    assert (rows.form, type(rows.value)) == (form, type(X))
    assert type(rows.packed(["x", "y"])) is {"one": str, "several": tuple, "named": dict}[form]


def test_parts_are_joined_input_by_input():
    parts = [Tensors.of({"a": IDS[:1], "b": IMAGES[:1]}), Tensors.of({"a": IDS[1:], "b": IMAGES[1:]})]
    whole = Tensors.joined(parts)

    assert (whole.keys, whole.arrays[0].tolist(), whole.arrays[1].tolist()) == (
        ("a", "b"),
        IDS.tolist(),
        IMAGES.tolist(),
    )


@pytest.mark.parametrize("other", [IMAGES[:, 0], (IMAGES,), {"X": IMAGES}], ids=["axes", "form", "keys"])
def test_parts_of_different_kinds_are_not_joined(other):
    with pytest.raises(UsageError, match="different inputs or shapes"):
        Tensors.joined([Tensors.of(IMAGES), Tensors.of(other)])


def test_what_only_looks_like_a_frame_is_no_frame():
    with pytest.raises(UsageError, match="no numbers"):
        Tensors.of(SimpleNamespace(name="x"))
