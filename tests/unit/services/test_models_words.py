"""References to registered models and endpoints' names, whatever is typed: read one way only, or refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_mlops.deployment._endpoint._directory import NAME
from jupyter_mlops.entities import ModelVersion, RegisteredModel
from jupyter_mlops.exceptions import ModelNotFoundError, UsageError
from jupyter_mlops.services import is_whole_model
from jupyter_mlops.services._endpoints._endpoints import _name_of
from jupyter_mlops.services._models._references import ModelReference, demand_alias, demand_name, demand_text

PIECES = st.sampled_from(
    ["cancer", "/", "@", ":", "models:/", "3", "latest", "champion", " ", "..", "v3", "ü", "🙂", "\n"]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=6).map("".join)


def accepted(demand, text):
    """Return what a word is taken for; None where it is refused."""
    try:
        return demand(text)
    except UsageError:
        return None


@given(TEXTS)
@example("models:/models:/cancer")
def test_a_reference_is_read_one_way_only(text):
    parsed = accepted(ModelReference.parse, text)
    if parsed is None:
        return
    ending = f"/{parsed.version}" if parsed.version is not None else f"@{parsed.alias}" if parsed.alias else ""
    assert parsed.version is None or not parsed.alias
    assert ModelReference.parse(f"{parsed.name}{ending}") == parsed
    assert ModelReference.parse(f"models:/{parsed.name}{ending}") == parsed
    assert demand_name(parsed.name) == parsed.name


@given(TEXTS.filter(lambda text: accepted(demand_name, text) is not None), st.integers(0, 10**9 - 1))
def test_a_version_and_an_alias_of_any_name_are_read_as_such(name, number):
    version = ModelVersion(name=name, version=number)
    assert ModelReference.parse(version.label) == ModelReference.parse(version.uri) == ModelReference(name, number)
    assert ModelReference.parse(f"{name}@champion") == ModelReference(name, alias="champion")
    assert ModelReference.parse(name) == ModelReference(name)
    assert [is_whole_model(text) for text in (name, version.label, f"{name}@champion", f"{name}/latest")] == [
        True,
        False,
        False,
        False,
    ]


@given(TEXTS)
def test_an_alias_that_is_accepted_is_read_as_an_alias(text):
    if accepted(demand_alias, text) is not None:
        assert ModelReference.parse(f"cancer@{text}") == ModelReference("cancer", alias=text)


@pytest.mark.parametrize(
    "alias", ["", "latest", "LATEST", "v3", "V10", "a b", "a@b", "a/b", "x" * 256, "a.b", "\n", "a\n"]
)
def test_what_mlflow_keeps_for_itself_is_no_alias(alias):
    with pytest.raises(UsageError, match="is no alias: write letters, digits"):
        demand_alias(alias)


@pytest.mark.parametrize("length", [5_000, 5_001])
def test_a_description_is_as_long_as_a_registry_takes(length):
    assert (accepted(demand_text, "x" * length) is None) == (length > 5_000)


MODELS = [
    RegisteredModel(
        model_id="0" * 32,
        name="cancer",
        versions=(
            ModelVersion(name="cancer", version=3),
            ModelVersion(name="cancer", version=2, aliases=("champion",)),
        ),
        version_count=2,
    ),
    RegisteredModel(model_id="1" * 32, name="empty"),
]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cancr", "No model 'cancr' is registered. Did you mean 'cancer'?"),
        ("zebra", "No model 'zebra' is registered. %models lists those that are."),
        ("cancer/9", "cancer has no version 9. The newest is 3."),
        ("cancer@best", "cancer has no alias best. Its aliases: @champion."),
        ("empty@best", "empty has no alias best. Its aliases: none."),
        ("empty", "empty has no versions. Register a run: %models register RUN empty"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(text, told):
    with pytest.raises(ModelNotFoundError) as error:
        ModelReference.parse(text).find(MODELS)
    assert str(error.value) == told


@given(st.text(max_size=100))
@example("")
@example("." * 70)
@example("a" * 62 + "--")
def test_any_label_makes_the_name_of_an_endpoint(label):
    assert NAME.fullmatch(_name_of(label))
