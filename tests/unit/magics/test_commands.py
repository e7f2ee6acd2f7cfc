"""RELIABILITY B1, B2: what a magic's line means, and how a wrong one is told before anything starts."""

from pathlib import Path

import pytest

from jupyter_mlops.entities import Param, RunExport
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.magics import RunsCommand, TrainCommand
from jupyter_mlops.magics._arguments import HelpRequested

CELL = "model = 1\n"
ACTIONS = ("show", "logs", "stop", "wait", "load", "rerun", "diff", "reproduce", "trust", "gc", "main")


def train(line: str) -> TrainCommand:
    return TrainCommand.parse(line, CELL)


def test_an_empty_line_asks_for_nothing_special():
    assert train("") == TrainCommand(cell=CELL)


def test_every_option_has_its_place():
    line = (
        'baseline -p C=1.0 --param kind="a b" -e "my experiment" -t team=red -t note=x=y -o run '
        "--returns model,history --on local --timeout 1h30m --wait --autolog sklearn,keras --dry-run  # as in the paper"
    )
    assert train(line) == TrainCommand(
        cell=CELL,
        name="baseline",
        params=(Param("C", "1.0"), Param("kind", "a b")),
        experiment="my experiment",
        tags={"team": "red", "note": "x=y"},
        output="run",
        returns=("model", "history"),
        launcher="local",
        timeout_s=5400.0,
        wait=True,
        autolog="sklearn,keras",
        dry_run=True,
    )


@pytest.mark.parametrize(
    ("word", "export"),
    [
        ("onnx:model", RunExport("model")),
        ("onnx:model,Xte", RunExport("model", "Xte")),
        ("'onnx: model, Xte'", RunExport("model", "Xte")),
    ],
)
def test_an_export_names_a_model_and_rows(word, export):
    assert train(f"baseline --export {word}").export == export


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("model", "'model' says not how; write onnx:MODEL or onnx:MODEL,X"),
        ("pmml:model", "'pmml:model' says not how"),
        ("onnx:", "'' is no Python name"),
        ("onnx:model,", "'' is no Python name"),
        ("onnx:a.b", "'a.b' is no Python name"),
        ("onnx:model,X,Y", "'onnx:model,X,Y' names too much; write onnx:MODEL,X"),
    ],
)
def test_an_export_that_is_none_is_told(word, message):
    with pytest.raises(UsageError, match=message):
        train(f"--export {word}")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('"my run"', "my run"),
        ("'my run'", "my run"),
        ("my\\ run", "my run"),
        ("größe", "größe"),
        ("-p a=1 late", "late"),
        ("a#b", "a#b"),
        ("'#1' # one", "#1"),
        ("a # 'one", "a"),
    ],
)
def test_names_may_be_quoted(line, name):
    assert train(line).name == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1e-3", 0.001),
        ("[1, 2]", [1, 2]),
        ("None", None),
        ("True", True),
        ("adam", "adam"),
        ("", ""),
        ("a=b", "a=b"),
    ],
)
def test_params_are_python_literals_or_text(text, value):
    (param,) = TrainCommand.parse(f"-p x='{text}'", CELL).params
    assert (param.key, param.value) == ("x", value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("1h1m1s", 3661), ("1.5h", 5400), ("0.5", 0.5)],
)
def test_durations(text, seconds):
    assert train(f"--timeout {text}").timeout_s == seconds


def test_b02_nothing_on_the_line_is_expanded_or_executed():
    command = train("-p a=$(touch x) -p b=`id`; -t c=$HOME".replace("$(touch x)", "'$(touch x)'"))
    assert command.params == (Param("a", "$(touch x)"), Param("b", "`id`;"))
    assert command.tags == {"c": "$HOME"}


def test_returns_none_means_nothing_comes_back():
    assert train("--returns none").returns == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--wiat", "unknown option --wiat - did you mean --wait?"),
        ("--timout 5", "unknown option --timout - did you mean --timeout?"),
        ("--zzzzzz", "unknown option --zzzzzz"),
        ("a b", "unknown argument b"),
        ("-p", "-p/--param: expected one argument"),
        ("-p C", "'C' has no '='; write K=V"),
        ("-p 1=2", "'1' is no Python name"),
        ("-p class=2", "'class' is no Python name"),
        ("-p a=1 -p a=2", "the parameter a is given twice"),
        ("-t =x", "has no key"),
        ("-o 1x", "'1x' is no Python name"),
        ("--returns ,", "no names; write model,history or none"),
        ("--returns a.b", "'a.b' is no Python name"),
        ("--timeout nan", "'nan' is no duration; write 90, 90s, 5m or 1h30m"),
        ("--timeout inf", "'inf' is no duration"),
        ("--timeout -5", "'-5' is no duration"),
        ("--timeout 0", "'0' is no duration"),
        ("--timeout 5x", "'5x' is no duration"),
        ("--timeout ''", "'' is no duration"),
        ("--timeout 1h30", "'1h30' is no duration; write 90, 90s, 5m or 1h30m"),
        ("--timeout 5m5", "'5m5' is no duration"),
        ("--timeout 1s1m", "'1s1m' is no duration"),
        ("--timeout 1e3", "'1e3' is no duration"),
        (f"--timeout {'9' * 30}", "is no duration"),
        (f"--timeout {'9' * 5000}", "is no duration"),
        ("--autolog ''", "'' is no flavor that is autologged: say on, off, or some of keras,"),
        ("--autolog keras,sklern", "'sklern' is no flavor that is autologged; did you mean sklearn?"),
        ('"unclosed', "no closing quotation in '\"unclosed'"),
        ("= 5", "unknown argument 5"),
    ],
)
def test_b01_a_wrong_line_is_one_sentence_with_the_next_step(line, told):
    with pytest.raises(UsageError) as raised:
        train(line)
    message = str(raised.value)
    assert told in message
    assert "\n" not in message
    assert len(message) < 300


@pytest.mark.parametrize("name", ["../../etc", "(5)", "$x", ".x"])
def test_b04_a_name_may_look_like_anything(name):
    assert TrainCommand.parse(name, "x = 1").name == name


def test_an_empty_cell_is_refused():
    with pytest.raises(UsageError, match=r"the cell is empty\. Put the code to run below"):
        TrainCommand.parse("name", " \n\n")


@pytest.mark.parametrize("line", ["-h", "--help", "name -h"])
def test_help_is_returned_not_printed(line, capsys):
    with pytest.raises(HelpRequested) as raised:
        train(line)
    assert "usage: %%train" in str(raised.value)
    assert "--timeout D" in str(raised.value)
    assert capsys.readouterr() == ("", "")


# %runs


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", RunsCommand(action="list")),
        ("acc > 0.9 and lr < 0.1", RunsCommand(action="list", query="acc > 0.9 and lr < 0.1")),
        ("name~'#1' # mine", RunsCommand(action="list", query="name~'#1'")),
        ("show", RunsCommand(action="show", references=("last",))),
        ("show best:-loss", RunsCommand(action="show", references=("best:-loss",))),
        ("logs", RunsCommand(action="logs", references=("last",))),
        ("logs -f 'my run'", RunsCommand(action="logs", references=("my run",), follow=True)),
        ("logs -n 20 last~2", RunsCommand(action="logs", references=("last~2",), tail=20)),
        ("stop 3fa9", RunsCommand(action="stop", references=("3fa9",))),
        ("wait --timeout 5m a", RunsCommand(action="wait", references=("a",), timeout_s=300.0)),
        ("load a", RunsCommand(action="load", references=("a",))),
        ("load a model history", RunsCommand(action="load", references=("a",), names=("model", "history"))),
        ("rerun a", RunsCommand(action="rerun", references=("a",))),
        ("diff a b", RunsCommand(action="diff", references=("a", "b"))),
        ("reproduce a", RunsCommand(action="reproduce", references=("a",))),
        (
            "reproduce a --notebook x.ipynb",
            RunsCommand(action="reproduce", references=("a",), notebook=Path("x.ipynb")),
        ),
        ("gc --dry-run", RunsCommand(action="gc", dry_run=True)),
        ("main acc", RunsCommand(action="main", metric="acc")),
        ("main -loss", RunsCommand(action="main", metric="-loss")),
        ("main -loss -e digits", RunsCommand(action="main", metric="-loss", experiment="digits")),
    ],
)
def test_runs_lines(line, command):
    assert RunsCommand.parse(line) == command


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("logs --folow", "%runs logs: unknown option --folow - did you mean --follow?"),
        ("logs -n 0", "'0' is no number of lines"),
        ("logs -n 1e9", "'1e9' is no number of lines"),
        ("diff a", "the following arguments are required"),
        ("stop", "the following arguments are required"),
        ("stop 'a", "no closing quotation"),
        ("main", "the following arguments are required"),
        ("--json", "unknown option --json. %runs -h shows"),
        ("-n 2", "unknown option -n"),
        ("['baseline']", "runs['baseline'] looks like Python"),
    ],
)
def test_b01_wrong_runs_lines(line, told):
    with pytest.raises(UsageError) as raised:
        RunsCommand.parse(line)
    assert told in str(raised.value)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_subcommand_has_help(action):
    with pytest.raises(HelpRequested, match=rf"usage: %runs {action}"):
        RunsCommand.parse(f"{action} -h")


def test_the_overview_names_every_subcommand():
    with pytest.raises(HelpRequested) as raised:
        RunsCommand.parse("-h")
    for action in ACTIONS:
        assert f"%runs {action}" in str(raised.value)


def test_a_subcommand_word_wins_over_a_name_and_a_longer_word_is_a_query():
    assert RunsCommand.parse("show").action == "show"
    assert RunsCommand.parse("showcase").query == "showcase"
