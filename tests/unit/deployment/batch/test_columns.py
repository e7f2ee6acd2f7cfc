"""Columns of a table as tensors: what has a place there, what has not, and which column is named."""

import decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

pa = pytest.importorskip("pyarrow")

from jupyter_mlops.deployment._batch._columns import Refused, columns_for, rows_of  # noqa: E402
from jupyter_mlops.entities import OnnxSignature, OnnxTensor  # noqa: E402
from jupyter_mlops.exceptions import UsageError  # noqa: E402
from jupyter_mlops.export import InputTensor, Table  # noqa: E402
from jupyter_mlops.export._inputs import feeds_of  # noqa: E402


class OnDisk:
    """A source that is there already."""

    total = None

    def __init__(self, **columns):
        self.table = pa.table(columns)
        self.names = tuple(self.table.column_names)

    def type_of(self, name):
        return self.table.schema.field(name).type


def one(kind, column, *, flat=False):
    """A column in a tensor of one type: the values that are held, and what is said of the others."""
    signature = OnnxSignature(
        inputs=(OnnxTensor(name="x", type=kind, shape=(None,) if flat else (None, 1), columns=("c",)),), outputs=()
    )
    rows = rows_of(pa.table({"c": column}), signature, {"x": ("c",)})
    assert rows.feeds["x"].shape == ((len(rows.feeds["x"]),) if flat else (len(rows.feeds["x"]), 1))
    return rows.feeds["x"].ravel().tolist(), dict(rows.reasons)


nan = float("nan")


def same(a, b):
    return np.array_equal(
        np.array(a, dtype=object).astype(float), np.array(b, dtype=object).astype(float), equal_nan=True
    )


@pytest.mark.parametrize(
    ("column", "held", "reasons"),
    [
        (pa.array([1.5, None, nan, float("inf")]), [1.5, nan, nan, float("inf")], {}),
        (pa.array([1, None, 3]), [1, nan, 3], {}),
        (pa.array([True, None, False]), [1, nan, 0], {}),
        (pa.array([1.0, 1e300, -1e39]), [1.0], {"c: beyond float32": 2}),
        (pa.array([decimal.Decimal("1.25"), None]), [1.25, nan], {}),
        (pa.nulls(2), [nan, nan], {}),
        (pa.array(["1.5", " 2 ", "", "NA", None, "NaN", "-inf"]), [1.5, 2, nan, nan, nan, nan, -np.inf], {}),
        (pa.array(["1", "one", "1_0", "1e300"]), [1], {"c: no number": 2, "c: beyond float32": 1}),
        (pa.array([2**63 + 5], pa.uint64()), [float(np.float32(2**63 + 5))], {}),
        (pa.array([], pa.float64()), [], {}),
    ],
    ids=["floats", "ints", "bools", "beyond", "decimals", "nulls", "texts", "no numbers", "large", "empty"],
)
def test_float32_takes_missing_numbers_and_not_what_is_beyond(column, held, reasons):
    told, why = one("float32", column)
    assert same(told, held)
    assert why == reasons


@pytest.mark.parametrize(
    ("column", "held", "reasons"),
    [
        (pa.array([1, None, -(2**63), 2**63 - 1]), [1, -(2**63), 2**63 - 1], {"c: missing": 1}),
        (pa.array([1.0, 1.5, nan, 1e300, 2.0**63]), [1], {"c: missing": 1, "c: no int64": 3}),
        (pa.array([5, 2**63], pa.uint64()), [5], {"c: no int64": 1}),
        (pa.array([True, False]), [1, 0], {}),
        (pa.array(["7", "9223372036854775807"]), [7, 2**63 - 1], {}),
        (pa.array(["7", None, "9223372036854775807"]), [7, 2**63 - 1], {"c: missing": 1}),
        (pa.array(["7.0", "x", "", "7.5"]), [7], {"c: no number": 1, "c: missing": 1, "c: no int64": 1}),
    ],
    ids=["ints", "floats", "unsigned", "bools", "texts", "texts and none", "mixed texts"],
)
def test_int64_takes_whole_numbers_alone(column, held, reasons):
    assert one("int64", column) == (held, reasons)


def test_small_types_have_their_own_range():
    assert one("int8", pa.array([127, 128, -128, -129])) == ([127, -128], {"c: no int8": 2})
    assert one("int8", pa.array([127.0, 128.0])) == ([127], {"c: no int8": 1})
    assert one("uint8", pa.array([255, 256, -1])) == ([255], {"c: no uint8": 2})


@pytest.mark.parametrize(
    ("column", "held", "reasons"),
    [
        (pa.array([True, False, None]), [True, False], {"c: missing": 1}),
        (pa.array([1, 0, 2]), [True, False], {"c: neither true nor false": 1}),
        (pa.array([1.0, 0.5]), [True], {"c: neither true nor false": 1}),
        (pa.array(["true", "False", "1", "yes", ""]), [True, False, True], {"c: no number": 1, "c: missing": 1}),
    ],
    ids=["bools", "ints", "floats", "texts"],
)
def test_bool_takes_what_is_true_or_false(column, held, reasons):
    assert one("bool", column) == (held, reasons)


@pytest.mark.parametrize("flat", [True, False], ids=["flat", "column"])
def test_texts_have_no_place_for_what_is_missing(flat):
    column = pa.array(["Köln", "", None, "a\0b", "🙂"])
    assert one("str", column, flat=flat) == (["Köln", "", "🙂"], {"c: missing": 1, "c: a NUL in the text": 1})


def test_a_row_with_two_problems_is_left_out_once():
    signature = OnnxSignature(
        inputs=(
            OnnxTensor(name="X", type="float32", shape=(None, 2), columns=("a", "b")),
            OnnxTensor(name="t", type="str", shape=(None, 1), columns=("t",)),
        ),
        outputs=(),
    )
    table = pa.table({"t": ["x", None, "z"], "b": [1.0, 1e300, 3.0], "a": [10.0, 1e300, 30.0]})
    rows = rows_of(table, signature, {"X": ("a", "b"), "t": ("t",)})

    assert rows.held.tolist() == [True, False, True]
    assert rows.reasons == {"a: beyond float32": 1, "b: beyond float32": 1, "t: missing": 1}
    assert rows.feeds["X"].tolist() == [[10, 1], [30, 3]]
    assert rows.feeds["t"].tolist() == [["x"], ["z"]]


REFUSED = Refused.of({"rejects_missing": '["a", "0"]', "rejects_infinite": '["b"]'})


def test_what_the_original_refuses_is_not_asked():
    tensor = OnnxTensor(name="X", type="float32", shape=(None, 2), columns=("a", "b"))
    table = pa.table({"a": [1.0, nan, 3.0, None, 1e300], "b": [nan, 2.0, float("inf"), 4.0, 5.0]})
    rows = rows_of(table, OnnxSignature(inputs=(tensor,), outputs=()), {"X": ("a", "b")}, REFUSED)

    assert rows.reasons == {"a: missing": 2, "a: beyond float32": 1, "b: infinite": 1}
    assert rows.held.tolist() == [True, False, False, False, False]


def test_what_is_no_number_is_not_missing_too():
    tensor = OnnxTensor(name="X", type="float32", shape=(None, 1), columns=("a",))
    rows = rows_of(pa.table({"a": ["1", "x", ""]}), OnnxSignature(inputs=(tensor,), outputs=()), {"X": ("a",)}, REFUSED)
    assert rows.reasons == {"a: no number": 1, "a: missing": 1}


def test_columns_without_names_are_refused_by_their_place():
    tensor = OnnxTensor(name="X", type="float32", shape=(None, 2))
    table = pa.table({"p": [nan, 1.0], "q": [1.0, nan]})
    rows = rows_of(table, OnnxSignature(inputs=(tensor,), outputs=()), {"X": ("p", "q")}, REFUSED)
    assert rows.reasons == {"p: missing": 1}


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", "null", "[" * 100_000])
def test_facts_of_another_form_refuse_nothing(text):
    assert Refused.of({"rejects_missing": text}) == Refused()


def signature(*tensors):
    return OnnxSignature(
        inputs=tuple(OnnxTensor(name=n, type=t, shape=s, columns=c) for n, t, s, c in tensors), outputs=()
    )


def test_columns_are_found_by_name_wherever_they_stand():
    found = columns_for(
        signature(("X", "float32", (None, 2), ("a", "b")), ("t", "str", (None, 1), ("t",))),
        OnDisk(t=["x"], id=[1], b=[1.0], a=[2]),
    )
    assert found == {"X": ("a", "b"), "t": ("t",)}


def test_without_names_the_whole_table_is_taken_in_its_order():
    assert columns_for(signature(("X", "float32", (None, 2), ())), OnDisk(p=[1], q=[2])) == {"X": ("p", "q")}


def test_a_single_column_is_taken_whatever_it_is_called():
    assert columns_for(signature(("text", "str", (None,), ())), OnDisk(review=["x"])) == {"text": ("review",)}
    assert columns_for(signature(("text", "str", (None,), ())), OnDisk(id=[1], text=["x"])) == {"text": ("text",)}


@pytest.mark.parametrize(
    ("tensors", "columns", "told"),
    [
        ([("X", "float32", (None, 1), ("income",))], {"Income": [1]}, r"no column 'income'.*Did you mean 'Income'\?"),
        (
            [("X", "float32", (None, 1), ("age",))],
            {"town": ["x"]},
            r"no column 'age', which the model takes\. There are: town",
        ),
        ([("X", "float32", (None, 3), ())], {"a": [1], "b": [2]}, r"takes 3 columns without names, and there are 2"),
        ([("x", "float32", (None, 1), ())], {"a": [1], "b": [2]}, r"no column 'x'"),
        (
            [("X", "float32", (None, 1), ("a",))],
            {"a": ["x"]},
            r"Column 'a' holds string, and the model takes numbers there",
        ),
        ([("X", "str", (None, 1), ("a",))], {"a": [1]}, r"Column 'a' holds int64, and the model takes texts there"),
        ([("X", "float32", (None, 1), ("a",))], {"a": [[1.0]]}, r"Column 'a' holds list"),
        ([("image", "float32", (None, 8, 8), ())], {"a": [1]}, r"input 'image' is no table"),
    ],
)
def test_what_does_not_go_together_names_the_column(tensors, columns, told):
    with pytest.raises(UsageError, match=told):
        columns_for(signature(*tensors), OnDisk(**columns))


def test_many_columns_are_not_all_listed():
    with pytest.raises(UsageError, match=r"c11 and 18 more\."):
        columns_for(signature(("X", "float32", (None, 1), ("?",))), OnDisk(**{f"c{n}": [n] for n in range(30)}))


NUMBERS = st.one_of(
    st.none(),
    st.floats(width=64),
    st.integers(-(2**53), 2**53).map(float),
    st.sampled_from([1e300, -1e39, 3.4028236e38, 2.0**63, -(2.0**63), 0.5, -0.0]),
)
TEXTS = st.one_of(st.none(), st.text(max_size=4), st.sampled_from(["", "a\0b", "nan", "\u2028"]))


@given(
    st.sampled_from(["float32", "float64", "int64", "str"]).flatmap(
        lambda kind: st.tuples(st.just(kind), st.lists(TEXTS if kind == "str" else NUMBERS, min_size=1, max_size=20))
    )
)
def test_the_domain_is_that_of_an_export(asked):
    """Rows that a comparison leaves out as beyond the input's type are those that get null, and no others."""
    kind, values = asked
    frame = pd.DataFrame({"c": pd.Series(values, dtype=object)})
    inputs = (InputTensor("x", kind, (0,)),)
    feeds, fits = feeds_of(inputs, Table.of(frame))
    column = pa.array(values, pa.string()) if kind == "str" else pa.array(values, pa.float64())
    rows = rows_of(pa.table({"c": column}), signature(("x", kind, (None, 1), ("c",))), {"x": ("c",)})
    held = np.ones(len(values), dtype=bool) if rows.held is None else rows.held

    assert held.tolist() == fits.tolist()
    told, wanted = rows.feeds["x"].ravel(), feeds["x"].ravel()[fits]
    assert told.dtype == wanted.dtype
    assert [str(each) for each in told] == [str(each) for each in wanted]
