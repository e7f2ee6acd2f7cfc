"""Registered models as values: what always means a version, and that they travel."""

import msgspec
import pytest

from jupyter_mlops.entities import (
    ChangeModel,
    ModelParity,
    ModelVersion,
    RegisteredModel,
    RegisteredModels,
    RegisterModel,
    decode,
    encode,
)

VERSION = ModelVersion(name="cancer", version=3, aliases=("champion",), parity=ModelParity(state="equal", rows=214))
MODEL = RegisteredModel(
    model_id="0" * 32,
    name="cancer",
    versions=(VERSION, ModelVersion(name="cancer", version=1, aliases=("old", "first"))),
    version_count=3,
)


def test_a_version_is_named_by_its_number():
    assert (VERSION.label, VERSION.uri) == ("cancer/3", "models:/cancer/3")


def test_aliases_of_a_model_are_those_of_its_versions():
    assert MODEL.aliases == {"champion": 3, "old": 1, "first": 1}


@pytest.mark.parametrize(
    "value",
    [
        RegisteredModels(models=(MODEL,), total=1, missing=("no answer",), mark="1"),
        RegisterModel(run_id="a" * 32, name="cancer", aliases=("champion",)),
        ChangeModel(aliases={"champion": 2, "old": None}, description=""),
    ],
    ids=["models", "register", "change"],
)
def test_they_travel(value):
    assert decode(encode(value), type(value)) == value


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (ChangeModel, b'{"alias": {"champion": 2}}'),
        (ChangeModel, b'{"aliases": {"champion": "2"}}'),
        (RegisterModel, b'{"name": "cancer"}'),
        (RegisterModel, b'{"run_id": "x", "name": "cancer", "source": "/etc"}'),
    ],
    ids=["misspelt", "text for number", "no run", "unknown field"],
)
def test_a_wish_that_is_misspelt_is_refused(kind, data):
    with pytest.raises(msgspec.ValidationError):
        decode(data, kind)
