"""`%deploy`: what a line asks for."""

from pathlib import Path

import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._deploy._command import ACTIONS, DeployCommand


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("best --to local", DeployCommand(action="deploy", what="best", target="local")),
        (
            "'my model.onnx' --to docker -n cancer -X X_test -o out/pack  # as agreed",
            DeployCommand(
                action="deploy",
                what="my model.onnx",
                target="docker",
                name="cancer",
                data="X_test",
                output=Path("out/pack"),
            ),
        ),
        ("--to local last", DeployCommand(action="deploy", what="last", target="local")),
        ("list", DeployCommand(action="list")),
        ("show cancer", DeployCommand(action="show", name="cancer")),
        ("test cancer -X data.X", DeployCommand(action="test", name="cancer", data="data.X")),
        ("logs cancer --tail 20", DeployCommand(action="logs", name="cancer", tail=20)),
        ("stop a.b-c_1", DeployCommand(action="stop", name="a.b-c_1")),
        ("rollback cancer", DeployCommand(action="rollback", name="cancer")),
        (
            "batch best in.parquet out.csv --columns id,name --chunk 5000",
            DeployCommand(
                action="batch",
                what="best",
                source=Path("in.parquet"),
                result=Path("out.csv"),
                keep=("id", "name"),
                chunk=5000,
            ),
        ),
    ],
)
def test_a_line_is_one_command(line, command):
    assert DeployCommand.parse(line) == command


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("best", "where to[?] Such as: %deploy best --to local"),
        ("best --to", "expected one argument"),
        ("best --too local", "unknown option --too - did you mean --to"),
        ("best --to local -n ../x", r"'../x' is no name; write up to 63 letters"),
        ("best --to local -X X[0]", r"'X\[0\]' is no name; assign it first"),
        ("show", "the following arguments are required: NAME"),
        ("stop a b", "unknown argument b"),
        ("logs cancer --tail 0", "'0' is no number; write 1 or more"),
        ("batch best in.csv", "the following arguments are required: OUT"),
        ("= 5", "looks like Python"),
        ("best --to 'local", "no closing quotation"),
    ],
)
def test_a_line_that_is_wrong_is_told(line, message):
    with pytest.raises(UsageError, match=message):
        DeployCommand.parse(line)


@pytest.mark.parametrize("line", ["", "-h", "--help"])
def test_help_tells_every_word(line):
    with pytest.raises(HelpRequested) as told:
        DeployCommand.parse(line)

    assert [word for word in ACTIONS if f"%deploy {word}" not in str(told.value)] == []


@pytest.mark.parametrize("word", ACTIONS)
def test_each_word_has_help_of_its_own(word):
    with pytest.raises(HelpRequested, match=f"usage: %deploy {word}"):
        DeployCommand.parse(f"{word} -h")
