"""`%deploy` and `%models` lines of any kind: each is a command, or a sentence that says what to write instead."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_mlops.entities import (
    Endpoint,
    EndpointAgreement,
    EndpointFigures,
    EndpointTest,
    EndpointVersion,
    ModelParity,
    ModelVersion,
    OnnxTensor,
    RegisteredModel,
    RegisteredModels,
)
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.magics import ModelsTable, ModelView, VersionView
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._deploy._command import ACTIONS, DeployCommand
from jupyter_mlops.magics._deploy._views import EndpointsTable, EndpointTestView, EndpointView, LinesView
from jupyter_mlops.magics._models._command import ACTIONS as MODEL_ACTIONS
from jupyter_mlops.magics._models._command import ModelsCommand
from jupyter_mlops.services import ModelLineage

OURS = """
    best last --to local docker -n -X X_test -o -h --tail 0 -1 1 '' " ' \\ # in.csv --columns ,, a=b = NAME/3
    NAME@champion @ / --chunk 1e3 -y -- - models:/ 🙂 \x00 \u202e --nmae (1) $HOME ~
"""
WORDS = st.sampled_from([*ACTIONS, *MODEL_ACTIONS, *OURS.split(), "x" * 300])
LINES = st.lists(WORDS | st.text(max_size=8), max_size=8).map(" ".join)


@settings(max_examples=300)
@given(line=LINES)
@example(line="")
@example(line="\ud800 --to local")
@pytest.mark.parametrize("command", [DeployCommand, ModelsCommand], ids=["deploy", "models"])
def test_any_line_is_a_command_or_a_sentence(command, line):
    found, said = parsed(command, line)

    if found is not None:
        assert parsed(command, line) == (found, ""), "the same line is the same command"
        assert found.action in (*ACTIONS, "deploy", *MODEL_ACTIONS)
    else:
        assert said.startswith("usage: %") or (said[-1] in ".?\\" and len(said) < 700), said


def parsed(command, line):
    """Return the command of a line, or what is said instead."""
    try:
        return command.parse(line), ""
    except (HelpRequested, UsageError) as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("best", "%deploy: where to? Such as: %deploy best --to local. %deploy -h shows more."),
        ("best --too local", "did you mean --to? %deploy -h shows the options."),
        ("best --to", "argument --to: expected one argument. %deploy -h shows the options."),
        (
            "best --to local -n 'a b'",
            "'a b' is no name; write up to 63 letters, digits, - _ and . %deploy -h shows the options.",
        ),
        ("best --to local -X 'X[:3]'", "'X[:3]' is no name; assign it first: X = X[:3]."),
        ("best --to local more", "unknown argument more. %deploy -h shows the options."),
        ("show", "the following arguments are required: NAME. %deploy show -h shows the options."),
        ("show a/b", "'a/b' is no name; write up to 63 letters"),
        ("logs sums --tail 0", "'0' is no number; write 1 or more"),
        ("logs sums --tail -3", "'-3' is no number; write 1 or more"),
        ("logs sums --tail 9999999999", "'9999999999' is no number; write 1 or more"),
        ("logs sums --tail ²", "'²' is no number; write 1 or more"),
        ("batch best in.csv", "the following arguments are required: OUT"),
        ("batch best in.csv out.csv --chunk 1e3", "'1e3' is no number; write 1 or more"),
        ("list more", "unknown argument more. %deploy list -h shows the options."),
        ("best --to 'local", "no closing quotation"),
        ("(model)", "looks like Python"),
        ("= 5", "looks like Python"),
    ],
)
def test_a_wrong_deploy_line_says_what_to_write(line, told):
    with pytest.raises(UsageError) as error:
        DeployCommand.parse(line)
    assert told in str(error.value)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_subcommand_has_a_help_that_shows_its_arguments(action):
    with pytest.raises(HelpRequested) as asked:
        DeployCommand.parse(f"{action} -h")
    assert str(asked.value).startswith(f"usage: %deploy {action}")


@pytest.mark.parametrize("action", MODEL_ACTIONS)
def test_every_models_subcommand_has_a_help_too(action):
    with pytest.raises(HelpRequested) as asked:
        ModelsCommand.parse(f"{action} -h")
    assert str(asked.value).startswith(f"usage: %models {action}")


@given(
    parts=st.lists(st.text(st.characters(exclude_characters=",", exclude_categories=["Cs"]), max_size=6), max_size=6)
)
def test_columns_are_read_once_each_in_their_order(parts):
    from shlex import quote

    given_line = f"batch best in.csv out.csv --columns={quote(','.join(parts))}"
    try:
        found = DeployCommand.parse(given_line).keep
    except UsageError:
        return
    assert found == tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


# --- views: whatever a name holds, it stands there as text

NASTY = "<script>alert(1)</script>\"'&\u202e\x1b[31m\x07\n</pre>"
TENSOR = OnnxTensor(name=NASTY, type="float32", shape=(None, 2), columns=(NASTY, "b"))
VERSION = EndpointVersion(number=2, sha256="0" * 64, size=5, label=NASTY, run_id=NASTY, made_at="2026-01-01T00:00:00")
ENDPOINT = Endpoint(
    name=NASTY,
    state="down",
    current=2,
    versions=(VERSION,),
    figures=EndpointFigures(requests=10, errors=1, rows=20),
    problem=NASTY,
    inputs=(TENSOR,) * 9,
    outputs=(TENSOR,),
    example={NASTY: NASTY},
)
TEST = EndpointTest(
    name=NASTY,
    number=1,
    rows=2,
    answered=1,
    refused={NASTY: 1},
    agreements=(EndpointAgreement(output=NASTY, method=NASTY, rows=1, equal=0, largest=0.5),),
    note=NASTY,
)
MODEL_VERSION = ModelVersion(
    name=NASTY,
    version=3,
    aliases=(NASTY,),
    description=NASTY,
    tags={NASTY: NASTY},
    created_at="2026-01-01T00:00:00Z",
    source=NASTY,
    status=NASTY,
    run_id=NASTY,
    run_name=NASTY,
    parity=ModelParity(state="differs", rows=10, differing=2),
)
MODEL = RegisteredModel(
    model_id="0" * 32, name=NASTY, description=NASTY, tags={NASTY: NASTY}, versions=(MODEL_VERSION,), version_count=9
)
VIEWS = {
    "endpoint": EndpointView(ENDPOINT, Path(f"/tmp/{NASTY}")),
    "endpoints": EndpointsTable([ENDPOINT]),
    "test": EndpointTestView(TEST),
    "log": LinesView(NASTY * 3),
    "models": ModelsTable(RegisteredModels(models=(MODEL,), total=5, missing=(NASTY,))),
    "model": ModelView(MODEL),
    "version": VersionView(ModelLineage(MODEL, MODEL_VERSION)),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_holds_no_markup_but_its_own(name):
    html = VIEWS[name]._repr_mimebundle_()["text/html"]

    tags = {each.tag for each in ElementTree.fromstring(re.sub("[\x00-\x08\x0b-\x1f]", "", html)).iter()}
    assert "script" not in tags
    assert "<script" not in html
    assert "alert(1)" in html, "it is shown, as text"


@pytest.mark.parametrize("name", ["log", "models", "model", "version"])
def test_what_others_wrote_cannot_steer_a_terminal(name):
    assert {letter for letter in repr(VIEWS[name]) if letter < " "} <= {"\n"}


def test_an_endpoint_without_versions_is_shown_with_its_problem():
    broken = Endpoint(name="sums", state="down", current=0, versions=(), problem="the record is damaged")
    view = EndpointView(broken, Path("/tmp/s"))

    assert repr(view).splitlines()[:2] == [
        "✕ sums  down · nothing that can be served",
        "problem: the record is damaged",
    ]
    assert "the record is damaged" in repr(EndpointsTable([broken]))
