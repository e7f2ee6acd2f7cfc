"""`jupyter mlops deploy` and `endpoints`: the same endpoints from a terminal."""

import json
from collections.abc import Iterator

import pytest
from endpoint_models import bundle, total

from jupyter_mlops.cli import main
from jupyter_mlops.cli._words import as_commands
from jupyter_mlops.deployment import EndpointDirectory, stop
from jupyter_mlops.home import Home


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    found = Home.create(tmp_path / ".mlops")
    yield found
    for name in EndpointDirectory.names(found):
        stop(EndpointDirectory(found, name))


@pytest.fixture
def run(home, capsys):
    """Run a command; return its exit code and what it printed."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["--home", str(home.path), *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_the_story_of_an_endpoint(run, tmp_path):
    file = bundle(tmp_path, total(), "sums").path

    code, made, _ = run("deploy", str(file), "-n", "sums")
    bundle(tmp_path, total(factor=2.0), "sums")
    run("deploy", str(file))
    back = run("endpoints", "rollback", "sums")[1]
    listed = json.loads(run("endpoints", "--json")[1])
    shown = json.loads(run("endpoints", "show", "sums", "--json")[1])

    assert code == 0
    assert made.startswith("● sums  running · version 1 of 1 (sums)")
    assert back.startswith("● sums  running · version 1 of 2")
    assert [each["name"] for each in listed] == ["sums"]
    assert (shown["current"], [each["number"] for each in shown["versions"]]) == (1, [1, 2])
    assert "sums version 1 answers" in run("endpoints", "logs", "sums")[1]
    assert run("endpoints", "stop", "sums")[1] == "Stopped sums.\n"
    assert run("endpoints", "stop", "sums")[1] == "sums did not run.\n"
    assert "■ stopped" in run("endpoints")[1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("endpoints", "show", "nobody"), 3, "No endpoint is called nobody. Known: there is none yet"),
        (("endpoints", "stop"), 2, "endpoints stop wants a NAME. Known: none yet."),
        (("deploy", "best", "--to", "moon"), 2, "No target is called 'moon'. Known: docker, dotnet"),
        (("deploy", "nowhere.onnx"), 1, "nowhere.onnx cannot be opened"),
    ],
)
def test_what_is_not_there_is_told_on_one_line(run, words, code, said):
    found, out, error = run(*words)

    assert (found, out) == (code, "")
    assert said in error
    assert error.count("\n") == 1


def test_messages_name_the_commands_of_a_terminal(run):
    assert run("endpoints")[1] == "No endpoints yet. jupyter mlops deploy best --to local -n NAME makes one.\n"
    assert as_commands("%deploy logs sums shows more.") == "jupyter mlops endpoints logs sums shows more."
    assert as_commands("%deploy test sums") == "%deploy test sums"
