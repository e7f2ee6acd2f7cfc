"""Bodies of any kind at the endpoint's readers: tensors, or a refusal with a status; nothing else, and no blow-up."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.deployment.serving._binary import from_bytes, to_bytes
from jupyter_mlops.deployment.serving._errors import RequestError
from jupyter_mlops.deployment.serving._feeds import feeds_of
from jupyter_mlops.deployment.serving._frames import Frame, parsed, parsed_csv, typed
from jupyter_mlops.deployment.serving._inference import read_question
from jupyter_mlops.deployment.serving._signature import Signature, Tensor, signature_of

TABLE = Signature((Tensor("X", "float32", (None, 2), ("a", "b")),), ())
MIXED = Signature((Tensor("n", "int64", (None, 1), ("n",)), Tensor("t", "str", (None, 1), ("t",))), ())
IMAGES = Signature((Tensor("image", "float32", (None, 2, 2)), Tensor("mask", "bool", (None, 4))), ())
SIGNATURES = st.sampled_from([TABLE, MIXED, IMAGES])

KEYS = ["dataframe_split", "dataframe_records", "instances", "inputs", "columns", "data", "index", "a", "b", "n", "t"]
KEYS += ["image", "name", "shape", "datatype", "parameters", "binary_data_size", "outputs", "id", "X", "params"]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["FP32", "X"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)


def refusal(call, *words):
    """Return the refusal of a call; None where it answers."""
    try:
        call(*words)
    except RequestError as error:
        return error
    return None


VALUES = st.lists(st.lists(LEAVES, max_size=3), max_size=3) | st.lists(LEAVES, max_size=3) | JSON
ROWS = st.dictionaries(st.sampled_from(["a", "b", "n", "t", "image", "mask"]), VALUES, max_size=3)
BODIES = st.one_of(
    JSON,
    st.fixed_dictionaries({"instances": VALUES}),
    st.fixed_dictionaries({"inputs": VALUES | ROWS}),
    st.fixed_dictionaries({"dataframe_records": st.lists(ROWS, max_size=3)}),
    st.fixed_dictionaries(
        {
            "dataframe_split": st.fixed_dictionaries(
                {"data": VALUES}, optional={"columns": st.lists(st.sampled_from("abnt"))}
            )
        }
    ),
)


@settings(max_examples=500)
@given(body=BODIES, signature=SIGNATURES)
def test_any_json_is_tensors_of_the_models_types_or_a_refusal(body, signature):
    try:
        feeds = feeds_of(parsed(body, signature), signature, 100)
    except RequestError as error:
        found, said = {}, error
    else:
        found, said = feeds.tensors, None

    assert said is None or (said.status in (400, 413) and 0 < len(str(said)) < 1_000)
    assert set(found) == ({tensor.name for tensor in signature.inputs} if said is None else set())
    kinds = {tensor.name: object if tensor.type == "str" else tensor.type for tensor in signature.inputs}
    assert all(array.dtype == kinds[name] for name, array in found.items())


@settings(max_examples=300)
@given(body=JSON, signature=SIGNATURES, length=st.none() | st.sampled_from(["0", "5", "-1", "x", "9" * 30]))
def test_any_body_of_the_protocol_is_a_question_or_a_refusal(body, signature, length):
    said = refusal(read_question, json.dumps(body).encode(), length, signature, 100)
    assert said is None or (400 <= said.status < 500 and 0 < len(str(said)) < 1_000)


@settings(max_examples=200)
@given(data=st.binary(max_size=60), signature=SIGNATURES, length=st.none() | st.integers(-5, 70).map(str))
def test_any_bytes_are_a_question_or_a_refusal(data, signature, length):
    said = refusal(read_question, data, length, signature, 100)
    assert said is None or 400 <= said.status < 500


@given(text=st.text(max_size=60))
def test_any_text_is_a_table_of_csv_or_a_refusal(text):
    try:
        frame = parsed_csv(text)
    except RequestError as error:
        said = str(error)
    else:
        said = "The"
        assert all(len(row) == len(frame.names) for row in typed(frame, TABLE).rows)
    assert said.startswith("The")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("5", "int64", 5),
        ("9007199254740993", "int64", 2**53 + 1),
        ("5.0", "float32", 5.0),
        ("", "float32", None),
        ("NaN", "float32", None),
        ("true", "bool", True),
        ("NA", "str", "NA"),
        ("", "str", ""),
        ("oops", "int64", "oops"),
        ("1_000", "int64", "1_000"),
        ("1" * 401, "int64", "1" * 401),
        ("1e400", "float64", float("inf")),
    ],
)
def test_a_field_of_csv_has_the_columns_type(text, kind, value):
    signature = Signature((Tensor("c", kind, (None, 1), ("c",)),), ())
    assert typed(Frame(("c",), [[text]]), signature).rows == [[value]]


@pytest.mark.parametrize(
    "form", [{"dataframe_records": []}, {"dataframe_split": {"data": [[1, 2]]}}], ids=["records", "split"]
)
def test_a_table_for_a_model_of_tensors_is_refused_by_name(form):
    with pytest.raises(RequestError, match=r"takes no table\. Send inputs, an object with a nested list .*image.*mask"):
        feeds_of(parsed(form, IMAGES), IMAGES, 100)


def test_records_that_have_no_column_in_common_do_not_fill_the_memory():
    records = [{f"c{number}": 1} for number in range(3_000)]
    with pytest.raises(RequestError, match=r"have 3,000 columns in all, and hardly one in common\. Give each row"):
        parsed({"dataframe_records": records}, TABLE)


def test_records_that_lack_columns_are_rows_with_holes():
    frame = parsed({"dataframe_records": [{"a": 1}, {"b": 2}, {}]}, TABLE)
    assert frame == Frame(("a", "b"), [[1, None], [None, 2], [None, None]])


# --- bytes

TYPES = [
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
]


@pytest.mark.parametrize("kind", TYPES)
def test_numbers_come_back_from_bytes_as_they_were(kind):
    values = np.array([0, 1, 1, 0]).astype(kind)
    data = to_bytes(values)
    found = from_bytes(memoryview(data), kind, 4, "x")

    assert (found.dtype, found.tolist()) == (values.dtype, values.tolist())
    assert found.flags.writeable, "a model may be handed it"
    for cut in (data[:-1], data + b"\0", b""):
        with pytest.raises(RequestError, match="Tensor 'x' has"):
            from_bytes(memoryview(cut), kind, 4, "x")


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=10), max_size=6))
def test_texts_come_back_from_bytes_and_no_cut_is_taken_for_them(texts):
    data = to_bytes(np.array(texts, dtype=object))
    assert from_bytes(memoryview(data), "str", len(texts), "t").tolist() == texts
    for cut in range(len(data)):
        assert refusal(from_bytes, memoryview(data[:cut]), "str", len(texts), "t") is not None
    assert refusal(from_bytes, memoryview(data), "str", len(texts) + 1, "t") is not None


def test_a_text_that_says_it_is_four_gigabytes_is_refused_at_once():
    with pytest.raises(RequestError, match="its last text is longer than the bytes that are there"):
        from_bytes(memoryview(b"\xff\xff\xff\xffabc"), "str", 1, "t")


# --- what a file says of itself


@dataclass
class Declared:
    name: str
    type: str
    shape: list


@dataclass
class Session:
    """What `signature_of` asks of onnxruntime."""

    custom_metadata_map: dict = field(default_factory=dict)

    def get_modelmeta(self):
        return self

    def get_inputs(self):
        return [Declared("X", "tensor(float)", ["rows", 2])]

    def get_outputs(self):
        return [Declared("y", "tensor(int64)", ["rows"])]


PLAIN = Signature((Tensor("X", "float32", (None, 2)),), (Tensor("y", "int64", (None,)),))


@given(said=JSON.map(json.dumps) | st.text(max_size=20) | st.just("[" * 100_000))
def test_whatever_a_files_metadata_says_it_has_a_signature(said):
    keys = ("signature", "rejects_missing", "rejects_infinite")
    found = signature_of(Session({f"jupyter_mlops.{key}": said for key in keys}))
    assert (found.inputs, found.outputs) == (PLAIN.inputs, PLAIN.outputs)


def test_metadata_of_another_model_is_not_believed():
    told = {"inputs": [{"name": "Z", "type": "float32", "shape": [None, 2], "columns": ["a", "b"]}], "outputs": []}
    found = signature_of(Session({"jupyter_mlops.signature": json.dumps(told)}))
    assert found == PLAIN
