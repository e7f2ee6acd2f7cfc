"""Questions that nobody answers fail at once: what they say, and that nothing asks behind their back."""

import builtins
import cmd
import getpass
import sys
from collections.abc import Iterator

import pytest
from IPython.core.error import StdinNotImplementedError

from jupyter_mlops.executor._no_stdin import refuse_questions


@pytest.fixture(autouse=True)
def refused() -> Iterator[None]:
    before = builtins.input, getpass.getpass, sys.breakpointhook
    refuse_questions()
    yield
    builtins.input, getpass.getpass, sys.breakpointhook = before


ANSWERS = {
    "input": (
        lambda: input("Rate? "),
        "input() has nobody to ask: a run has no keyboard. "
        "Pass the value with -p NAME=VALUE, or ask for it in a cell before %%train.",
    ),
    "getpass": (
        lambda: getpass.getpass(prompt="Token: "),
        "getpass() has nobody to ask: a run has no keyboard. "
        "Ask for it in a cell before %%train, or read it from the environment.",
    ),
    "breakpoint": (
        lambda: breakpoint(),
        "breakpoint() has nobody to ask: a run has no keyboard. Run the cell without %%train to debug it.",
    ),
}


@pytest.mark.parametrize("question", ANSWERS)
def test_a_question_fails_with_what_to_do_instead(question):
    ask, told = ANSWERS[question]
    with pytest.raises(StdinNotImplementedError) as raised:
        ask()
    assert str(raised.value) == told


def test_a_prompt_of_the_standard_library_such_as_the_debuggers_fails_too():
    with pytest.raises(StdinNotImplementedError, match=r"^input\(\) has nobody to ask"):
        cmd.Cmd(completekey=None).cmdloop(intro="")


def test_what_refuses_is_named_as_what_it_stands_for():
    assert (builtins.input.__name__, getpass.getpass.__qualname__) == ("input", "getpass")
