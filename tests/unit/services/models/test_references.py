"""What a person writes for a registered model, and what it means."""

import pytest

from jupyter_mlops.entities import ModelVersion, RegisteredModel
from jupyter_mlops.exceptions import ModelNotFoundError, UsageError
from jupyter_mlops.services import is_whole_model
from jupyter_mlops.services._models._references import ModelReference, demand_alias, demand_name, demand_text


def model(name: str, *versions: int, **aliases: int) -> RegisteredModel:
    return RegisteredModel(
        model_id="0" * 32,
        name=name,
        versions=tuple(
            ModelVersion(
                name=name, version=version, aliases=tuple(alias for alias, meant in aliases.items() if meant == version)
            )
            for version in versions
        ),
        version_count=len(versions),
    )


MODELS = [model("cancer", 3, 2, champion=2), model("empty"), model("wide net", 1)]


@pytest.mark.parametrize(
    ("text", "name", "version", "alias"),
    [
        ("cancer", "cancer", None, ""),
        ("cancer/3", "cancer", 3, ""),
        ("cancer@champion", "cancer", None, "champion"),
        ("models:/cancer@champion", "cancer", None, "champion"),
        ("models:/cancer/3", "cancer", 3, ""),
        ("models://cancer/3", "cancer", 3, ""),
        ("cancer/latest", "cancer", None, ""),
        ("  wide net/1 ", "wide net", 1, ""),
        ("main.schema.cancer", "main.schema.cancer", None, ""),
    ],
)
def test_a_reference_is_split(text, name, version, alias):
    assert ModelReference.parse(text) == ModelReference(name, version, alias)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "models:/",
        "/3",
        "@champion",
        "a/b",
        "a/b/3",
        "a:b",
        "cancer@",
        "cancer@a b",
        "x" * 257,
        "..",
        "a\u202eb",
    ],
)
def test_what_is_no_reference_is_said(text):
    with pytest.raises(UsageError, match="is no name of a model"):
        ModelReference.parse(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [("cancer", "cancer/3"), ("cancer/2", "cancer/2"), ("cancer@champion", "cancer/2"), ("wide net", "wide net/1")],
)
def test_it_means_a_version(text, label):
    found, version = ModelReference.parse(text).find(MODELS)
    assert (version.label, found.name) == (label, version.name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cancr", r"No model 'cancr' is registered\. Did you mean 'cancer'\?"),
        ("zzz", r"No model 'zzz' is registered\. %models lists those that are\."),
        ("cancer/4", r"cancer has no version 4\. The newest is 3\."),
        ("cancer@old", r"cancer has no alias old\. Its aliases: @champion\."),
        ("wide net@old", r"wide net has no alias old\. Its aliases: none\."),
        ("empty", r"empty has no versions\. Register a run: %models register RUN empty"),
        ("empty/1", r"empty has no versions\."),
    ],
)
def test_what_is_not_there_says_what_is(text, words):
    with pytest.raises(ModelNotFoundError, match=words):
        ModelReference.parse(text).find(MODELS)


@pytest.mark.parametrize(
    ("text", "whole"), [("cancer", True), ("models:/cancer", True), ("cancer/3", False), ("cancer/latest", False)]
)
def test_a_name_alone_is_the_model(text, whole):
    assert is_whole_model(text) is whole


@pytest.mark.parametrize("alias", ["champion", "a", "A-b_9", "v", "v2a", "größe"])
def test_an_alias(alias):
    assert demand_alias(alias) == alias


@pytest.mark.parametrize("alias", ["", "v3", "V12", "latest", "LATEST", "a b", "a@b", "a/b", "x" * 256, "a.b"])
def test_what_mlflow_keeps_for_itself_is_no_alias(alias):
    with pytest.raises(UsageError, match="is no alias: write letters"):
        demand_alias(alias)


def test_limits():
    assert demand_name("x" * 256) == "x" * 256
    assert demand_text("x" * 5_000) == "x" * 5_000
    with pytest.raises(UsageError, match=r"at most 5,000 characters; this one has 5,001"):
        demand_text("x" * 5_001)
