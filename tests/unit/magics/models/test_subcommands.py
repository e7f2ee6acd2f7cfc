"""`%models`: what a line asks for, what it shows, what it offers to complete, and how it asks before it deletes."""

from types import SimpleNamespace

import pytest
from IPython.core.completer import provisionalcompleter
from registries import add_model, make_registry

from jupyter_mlops.entities import ModelParity, ModelVersion, RegisteredModel, RegisteredModels
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.magics import ModelsTable, ModelView, VersionView
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._line_completion import LineCompletion
from jupyter_mlops.magics._models._command import ACTIONS, ModelsCommand
from jupyter_mlops.magics._models._completion import models_words
from jupyter_mlops.magics._models._view import parity_text
from jupyter_mlops.services import ModelLineage, current_service

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ModelsCommand(action="list")),
        ("  # all of them", ModelsCommand(action="list")),
        ("list", ModelsCommand(action="list")),
        ("show cancer@champion", ModelsCommand(action="show", reference="cancer@champion")),
        ("register best cancer", ModelsCommand(action="register", run="best", name="cancer")),
        (
            "register last 'wide net' -a champion,challenger -d 'the first' -t stage=new -t a=b=c -X X_test",
            ModelsCommand(
                action="register",
                run="last",
                name="wide net",
                aliases=("champion", "challenger"),
                description="the first",
                tags={"stage": "new", "a": "b=c"},
                data=("X_test",),
            ),
        ),
        (
            "register last net -a champion -a next,best -X A -X B",
            ModelsCommand(
                action="register", run="last", name="net", aliases=("champion", "next", "best"), data=("A", "B")
            ),
        ),
        (
            "alias cancer/3 champion best",
            ModelsCommand(action="alias", reference="cancer/3", aliases=["champion", "best"]),
        ),
        ("unalias cancer champion", ModelsCommand(action="unalias", reference="cancer", aliases=["champion"])),
        ("describe cancer ''", ModelsCommand(action="describe", reference="cancer")),
        ("tag cancer/3 a=1 b=", ModelsCommand(action="tag", reference="cancer/3", tags={"a": "1", "b": None})),
        ("delete cancer/3 -y", ModelsCommand(action="delete", reference="cancer/3", yes=True)),
    ],
)
def test_a_line_is_a_command(line, expected):
    assert ModelsCommand.parse(line) == expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("regster best cancer", r"unknown subcommand regster\. Did you mean %models register\?"),
        ("cancer", r"To look at a model: %models show cancer"),
        ("register best", "NAME"),
        ("tag cancer a", "write KEY=VALUE"),
        ("register best cancer -X 'a+b'", "is no name"),
        ("show cancer extra", "unknown argument extra"),
        ("register best 'cancer", "Close the quote"),
        ("(5)", "looks like Python"),
    ],
)
def test_a_wrong_line_says_what_is_wrong(line, words):
    with pytest.raises(UsageError, match=words):
        ModelsCommand.parse(line)


@pytest.mark.parametrize("line", ["-h", "--help", *(f"{action} -h" for action in ACTIONS)])
def test_help(line):
    with pytest.raises(HelpRequested, match=r"usage: %models"):
        ModelsCommand.parse(line)


def version(number: int, *aliases: str, **changes) -> ModelVersion:
    return ModelVersion(name="cancer", version=number, aliases=aliases, run_id="a" * 32, run_name="wide", **changes)


CANCER = RegisteredModel(
    model_id="0" * 32,
    name="cancer",
    description="of the breast",
    versions=(
        version(3, "challenger", parity=ModelParity(state="differs", rows=3214, differing=12)),
        version(2, "champion", parity=ModelParity(state="equal", rows=3214)),
    ),
    version_count=7,
)


def test_the_table_of_models():
    text = repr(ModelsTable(RegisteredModels(models=(CANCER,), total=4, missing=("No answer.",))))

    assert text.splitlines()[0].split() == ["name", "latest", "aliases", "parity", "run", "when"]
    row = text.splitlines()[1]
    for part in ("cancer", "3", "@challenger 3, @champion 2", "✕ 12 of 3,214 rows differ", "wide"):
        assert part in row
    assert text.splitlines()[2:] == ["No answer.", "3 more are not shown."]


def test_an_empty_table_says_what_to_do_and_a_silent_registry_is_not_empty():
    assert "%models register RUN NAME" in repr(ModelsTable(RegisteredModels()))
    assert repr(ModelsTable(RegisteredModels(missing=("No answer.",)))) == "No answer."


def test_a_model_with_its_versions():
    text = repr(ModelView(CANCER))
    assert text.splitlines()[0] == "cancer of the breast"
    assert "✓ equal on 3,214 rows" in text
    assert text.splitlines()[-1] == "5 older versions are not shown."
    empty = RegisteredModel(model_id="0" * 32, name="cancer")
    assert repr(ModelView(empty)).endswith("It has no versions. Register a run: %models register RUN cancer")


def test_a_version_says_where_it_came_from_and_how_to_load_it():
    shown = version(2, "champion", tags={"stage": "new", "mlops.run_id": "x"}, onnx_sha256="f" * 64, source="/x")
    text = repr(VersionView(ModelLineage(CANCER, shown)))

    assert text.splitlines()[0] == "cancer/2 @champion"
    assert "ONNX, sha256 ffffffffffff" in text
    assert "stage=new" in text
    assert "mlops.run_id" not in text
    assert text.splitlines()[-1].strip() == "mlflow.pyfunc.load_model('models:/cancer@champion')"
    assert "models:/cancer/2" in repr(VersionView(ModelLineage(CANCER, version(2))))


@pytest.mark.parametrize(
    "view",
    [
        ModelsTable(RegisteredModels(models=(RegisteredModel(model_id="", name=MARKUP),), missing=(MARKUP,))),
        ModelView(RegisteredModel(model_id="", name=MARKUP, description=MARKUP, versions=(version(1, MARKUP),))),
        VersionView(ModelLineage(CANCER, version(1, MARKUP, description=MARKUP, tags={MARKUP: MARKUP}, source=MARKUP))),
    ],
    ids=["table", "model", "version"],
)
def test_what_a_registry_says_is_text(view):
    html = view._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html


def test_parity_in_words():
    assert parity_text(ModelParity()) == ""
    assert parity_text(ModelParity(state="equal", rows=5)) == "✓ equal on 5 rows"


@pytest.fixture
def registry(shell_with_us):
    store = make_registry(current_service().home.path / "mlflow.db")
    add_model(store, "cancer", versions=2, aliases={"champion": 1})
    return store


def offered(shell, line: str) -> list[str]:
    with provisionalcompleter():
        return [completion.text for completion in shell.Completer.completions(line, len(line))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%models sh", ["show"]),
        ("models una", ["unalias"]),
        ("%models show can", ["cancer", "cancer/1", "cancer/2", "cancer@champion"]),
        ("%models show cancer@", ["champion"]),
        ("%models show cancer@ch", ["champion"]),
        ("%models register la", ["last"]),
        ("%models register last can", ["cancer"]),
        ("%models alias cancer/1 cha", ["challenger", "champion"]),
    ],
)
def test_words_are_completed(shell_with_us, registry, line, expected):
    assert set(expected) <= set(offered(shell_with_us, line))


def test_completion_asks_no_server(shell_with_us, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://192.0.2.1")
    completion = LineCompletion(shell_with_us, "%models", models_words(current_service))
    event = SimpleNamespace(text_until_cursor="%models show c", symbol="c", line="%models show c")
    assert completion.complete(shell_with_us, event) == []


def test_an_unloaded_extension_completes_nothing(shell_with_us, registry):
    from jupyter_mlops import load_ipython_extension, unload_ipython_extension

    unload_ipython_extension(shell_with_us)
    assert "show" not in offered(shell_with_us, "%models sh")
    load_ipython_extension(shell_with_us)
    assert "show" in offered(shell_with_us, "%models sh")


def test_the_magic_lists_and_shows(shell_with_us, registry):
    listed = shell_with_us.run_line_magic("models", "")
    shown = shell_with_us.run_line_magic("models", "show cancer")
    one = shell_with_us.run_line_magic("models", "show cancer@champion")

    assert [type(view) for view in (listed, shown, one)] == [ModelsTable, ModelView, VersionView]
    assert repr(one).startswith("cancer/1 @champion")


@pytest.mark.parametrize(("answer", "left"), [("n", 2), ("", 2), ("no", 2), ("y", 1), ("YES", 1)])
def test_a_version_is_deleted_only_when_that_is_confirmed(shell_with_us, registry, monkeypatch, answer, left):
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    told = repr(shell_with_us.run_line_magic("models", "delete cancer@champion"))

    assert asked == ["Delete cancer/1, @champion from the registry? Runs and files stay. [y/N] "]
    assert told.startswith("Deleted cancer/1" if left == 1 else "Nothing was deleted.")
    assert len(shell_with_us.run_line_magic("models", "show cancer").model.versions) == left


def test_where_nobody_can_answer_it_says_how_to_go_without(shell_with_us, registry, monkeypatch):
    def nobody(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(UsageError, match="Add --yes to delete without a question"):
        shell_with_us.run_line_magic("models", "delete cancer")
    told = repr(shell_with_us.run_line_magic("models", "delete cancer --yes"))
    assert told == "Deleted cancer from the registry. Its runs are still here: %runs"
    assert repr(shell_with_us.run_line_magic("models", "")).startswith("No models are registered")


def test_aliases_and_words_are_changed(shell_with_us, registry):
    run = shell_with_us.run_line_magic
    assert run("models", "alias cancer/2 champion challenger").model.aliases == {"champion": 2, "challenger": 2}
    assert run("models", "describe cancer/1 first").lineage.version.description == "first"


def test_registering_needs_a_run_with_a_model(shell_with_us, registry):
    with pytest.raises(UsageError, match="No run 'wide'"):
        shell_with_us.run_line_magic("models", "register wide cancer")
