"""Endpoints, figures, tests and wishes on the wire: they come back whole, from newer versions too; garbage never."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities import (
    ChangeModel,
    Endpoint,
    EndpointAgreement,
    EndpointFigures,
    EndpointLog,
    EndpointRecord,
    EndpointRestarts,
    EndpointTest,
    EndpointVersion,
    ModelVersion,
    OnnxTensor,
    RegisteredModel,
    RegisteredModels,
    RegisterModel,
    decode,
    encode,
)

ODD = 'größe 🙂 "quoted"\n\t\x00 </script>'
VERSIONS = tuple(
    EndpointVersion(number=number, sha256=f"{number:064d}", size=2**40, label=ODD, run_id="r", made_at="2026-01-01")
    for number in (1, 3, 7)
)
ROW = {ODD: 1.5, "none": None, "flag": True, "whole": 2**63, "text": ODD}
TENSOR = OnnxTensor(name=ODD, type="float32", shape=(None, 2), columns=("a", ODD), method="predict")
FIGURES = EndpointFigures(requests=2**40, errors=3, rows=5, per_s=0.1, p50_s=1e-9, p95_s=1e9)
WHOLE = {
    "record": EndpointRecord(name="sums", current=3, versions=VERSIONS, wanted="stopped", example=ROW),
    "figures": FIGURES,
    "endpoint": Endpoint(
        name="sums",
        state="down",
        current=7,
        versions=VERSIONS,
        figures=FIGURES,
        restarts=EndpointRestarts(count=7, cause=ODD, at="2026-01-01", in_a_row=5, given_up=True),
        problem=ODD,
        home_id="h",
        url="u/",
        inputs=(TENSOR,),
        outputs=(TENSOR,) * 2,
        example=ROW,
    ),
    "log": EndpointLog(text=ODD * 100),
    "test": EndpointTest(
        name="sums",
        number=3,
        rows=9,
        answered=8,
        refused={ODD: 1},
        agreements=(EndpointAgreement(output="y", method="predict", rows=8, equal=7, largest=1e-300),),
        note=ODD,
        timed=5,
        p50_s=0.25,
        p95_s=0.5,
    ),
    "models": RegisteredModels(
        models=(RegisteredModel(model_id="0" * 32, name=ODD, versions=(ModelVersion(name=ODD, version=1),)),), mark="m"
    ),
    "register": RegisterModel(run_id="r", name=ODD, description=ODD, aliases=("a", ODD)),
    "change": ChangeModel(aliases={"a": 1, "b": None}, description="", version=2),
}
WISHES = ("register", "change")


@pytest.mark.parametrize("name", WHOLE)
def test_it_comes_back_as_it_was(name):
    assert decode(encode(WHOLE[name]), type(WHOLE[name])) == WHOLE[name]


@pytest.mark.parametrize("name", [name for name in WHOLE if name not in WISHES])
def test_what_a_newer_version_adds_is_passed_over(name):
    data = {**json.loads(encode(WHOLE[name])), "colour": {"red": [1]}}
    assert decode(json.dumps(data).encode(), type(WHOLE[name])) == WHOLE[name]


@pytest.mark.parametrize("name", WISHES)
def test_a_wish_with_a_word_that_is_not_known_is_refused(name):
    data = {**json.loads(encode(WHOLE[name])), "colour": "red"}
    with pytest.raises(msgspec.ValidationError, match="unknown field `colour`"):
        decode(json.dumps(data).encode(), type(WHOLE[name]))


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"17", b'"x"', b"null", b"{", b"\xff", b"{} {}"],
    ids=["empty", "list", "number", "text", "null", "half", "no UTF-8", "two"],
)
def test_garbage_is_no_entity(name, data):
    with pytest.raises(msgspec.MsgspecError):
        decode(data, type(WHOLE[name]))


@pytest.mark.parametrize("name", WHOLE)
def test_no_field_takes_a_value_of_another_kind(name):
    data = json.loads(encode(WHOLE[name]))
    for field in data:
        with pytest.raises(msgspec.ValidationError, match=rf"\$\.{field}"):
            decode(json.dumps({**data, field: [[{}]]}).encode(), type(WHOLE[name]))


@pytest.mark.parametrize("name", WHOLE)
def test_half_of_it_is_nothing(name):
    data = encode(WHOLE[name])
    for end in range(0, len(data), max(1, len(data) // 40)):
        with pytest.raises(msgspec.MsgspecError):
            decode(data[:end], type(WHOLE[name]))


@pytest.mark.parametrize(("current", "before"), [(7, 3), (3, 1), (1, None)])
def test_the_version_before_is_the_nearest_that_is_left(current, before):
    record = EndpointRecord(name="sums", current=current, versions=VERSIONS[::-1])

    assert record.serving.number == current
    assert (record.before.number if record.before else None) == before


@pytest.mark.parametrize(("answered", "equal", "is_well"), [(9, 9, True), (8, 9, False), (9, 8, False), (0, 0, False)])
def test_a_test_is_well_when_all_rows_are_answered_and_equal(answered, equal, is_well):
    agreement = EndpointAgreement(output="y", method="predict", rows=9, equal=equal)
    assert EndpointTest(name="s", number=1, rows=9, answered=answered, agreements=(agreement,)).is_well is is_well


@given(
    example=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"])),
        max_size=5,
    )
)
def test_an_example_of_any_values_comes_back(example):
    record = EndpointRecord(name="sums", current=1, versions=VERSIONS, example=example)
    assert decode(encode(record), EndpointRecord) == record
