"""`jupyter mlops models`: the words of `%models` in a terminal, for people and for programs."""

import io
import json

import pytest
from registries import add_model, make_registry

from jupyter_mlops.cli import main
from jupyter_mlops.cli._words import as_commands
from jupyter_mlops.home import Home


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    return Home.create(tmp_path / ".mlops")


@pytest.fixture
def store(home):
    store = make_registry(home.path / "mlflow.db")
    add_model(store, "cancer", versions=2, aliases={"champion": 1}, run_id="f" * 32)
    return store


def command(home, *words: str) -> int:
    return main(["--home", str(home.path), "models", *words])


def test_models_are_listed(home, store, capsys):
    assert command(home) == 0
    listed = capsys.readouterr().out
    assert listed.splitlines()[0].split() == ["name", "latest", "aliases", "parity", "run", "when"]
    assert command(home, "list") == 0
    assert capsys.readouterr().out == listed


def test_an_empty_registry_says_what_to_type(home, capsys):
    assert command(home) == 0
    assert capsys.readouterr().out.strip().endswith("jupyter mlops models register RUN NAME")


@pytest.mark.parametrize("words", [("--json",), ("list", "--json")], ids=["bare", "list"])
def test_json_is_for_programs(home, store, capsys, words):
    assert command(home, *words) == 0
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert (model["name"], [each["version"] for each in model["versions"]]) == ("cancer", [2, 1])


def test_a_model_and_a_version_are_shown(home, store, capsys):
    assert command(home, "show", "cancer") == 0
    assert capsys.readouterr().out.startswith("cancer\n")
    assert command(home, "show", "cancer@champion") == 0
    assert capsys.readouterr().out.startswith("cancer/1 @champion\n")
    assert command(home, "show", "cancer/2", "--json") == 0
    assert json.loads(capsys.readouterr().out)["version"] == 2
    assert command(home, "show", "cancer", "--json") == 0
    assert json.loads(capsys.readouterr().out)["version_count"] == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("show", "cancr"), 3, "Did you mean 'cancer'?"),
        (("show", "zzz"), 3, "jupyter mlops models lists those that are"),
        (("show", "a/b"), 2, "is no name of a model"),
        (("alias", "cancer/9", "champion"), 3, "has no version 9"),
        (("alias", "cancer/1", "latest"), 2, "is no alias"),
        (("unalias", "cancer", "nobody"), 3, "has no alias nobody"),
        (("register", "nobody", "cancer"), 3, "No run 'nobody'"),
    ],
)
def test_a_wrong_command_is_one_line_and_a_code(home, store, capsys, words, code, told):
    assert command(home, *words) == code
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1


def test_an_alias_moves_and_goes(home, store, capsys):
    assert command(home, "alias", "cancer/2", "champion", "--json") == 0
    model = json.loads(capsys.readouterr().out)
    assert {each["version"]: each["aliases"] for each in model["versions"]} == {2: ["champion"], 1: []}
    assert command(home, "unalias", "cancer", "champion") == 0
    assert "@champion" not in capsys.readouterr().out


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


def test_deleting_asks_where_somebody_is(home, store, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert command(home, "delete", "cancer/1") == 0
    told = capsys.readouterr()
    assert told.out == "Nothing was deleted.\n"
    assert told.err == "Delete cancer/1 from the registry? Runs and files stay. [y/N] "


def test_deleting_needs_a_word_where_nobody_is(home, store, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert command(home, "delete", "cancer") == 2
    assert "Add --yes" in capsys.readouterr().err
    assert command(home, "delete", "cancer", "--yes") == 0
    assert capsys.readouterr().out == "Deleted cancer from the registry. Its runs are still here.\n"
    assert command(home, "show", "cancer") == 3


def test_messages_speak_of_commands():
    told = as_commands("Look with %models, or %models register RUN NAME. See %runs.")
    assert told == (
        "Look with jupyter mlops models, or jupyter mlops models register RUN NAME. See jupyter mlops runs."
    )
