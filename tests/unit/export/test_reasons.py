"""What libraries raise, as people read it: one line, no colours, no cut words."""

import pytest

from jupyter_mlops.export._reasons import named_reason, reason_of

KERAS = (
    "Exception encountered when calling Dense.call().\n\n\x1b[1mInput 0 has 4 columns,\nnot 9.\x1b[0m\n\n"
    "Arguments received by Dense.call():\n  • x=tf.Tensor(shape=(1, 9))"
)


@pytest.mark.parametrize(
    ("raised", "read"),
    [
        ("\n  It is too wide.  \nSee the manual.", "It is too wide"),
        ("\x1b[96mstep 1/3\x1b[0m failed", "step 1/3 failed"),
        (KERAS, "Input 0 has 4 columns"),
        ("{{function_node __wrapped__Reshape}} Input to reshape has 3 values", "Input to reshape has 3 values"),
    ],
    ids=["lines", "colours", "bold", "a node"],
)
def test_the_reason_is_one_line_without_colours(raised, read):
    assert reason_of(ValueError(raised)) == read


def test_a_long_reason_ends_behind_a_word():
    assert reason_of(ValueError("one two three four"), 13) == "one two"
    assert reason_of(ValueError("one two three, four"), 14) == "one two"


def test_an_error_without_words_is_its_class():
    assert reason_of(KeyError()) == "KeyError"
    assert named_reason(KeyError()) == "KeyError"
    assert named_reason(ValueError("too wide")) == "ValueError: too wide"
