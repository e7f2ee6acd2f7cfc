"""Questions of views reach the rows that they are about; others are answered too, and never by an exception."""

import pytest

from jupyter_mlops.entities import WhatIf, WhatIfAnswer
from jupyter_mlops.explanation import KeptRows
from jupyter_mlops.explanation._kept_rows import MOST_KEPT

QUESTION = {"request": 3, "channel": "", "row": 0, "changes": {"0": 1.5, "1": None, "2": "x"}}


class Rows:
    """Rows that repeat what they are asked."""

    ranges = WhatIf(channel="", least=(0.0,), most=(1.0,), whole=(False,))

    def answer(self, question):
        return WhatIfAnswer(request=question.request, predicted=(float(question.row), *question.changes.values()))


@pytest.fixture
def kept():
    return KeptRows()


def test_a_question_is_answered_by_its_rows(kept):
    what_if = kept.keep(Rows())
    assert (what_if.least, len(what_if.channel)) == ((0.0,), 32)
    answer = kept.answer(QUESTION | {"channel": what_if.channel})
    assert answer == WhatIfAnswer(request=3, predicted=(0.0, 1.5, None, "x"))


def test_whether_the_model_is_there_asks_no_model(kept):
    question = {"request": 0, "channel": kept.keep(Rows()).channel, "row": None}
    assert kept.answer(question) == WhatIfAnswer(request=0)
    assert kept.answer(question | {"channel": "of another kernel"}).gone


def test_rows_that_the_kernel_does_not_know_are_gone(kept):
    answer = kept.answer(QUESTION | {"channel": "of another kernel"})
    assert (answer.request, answer.gone, answer.predicted) == (3, True, ())
    assert answer.problem.endswith("Run the cell again.")


def test_only_the_latest_are_kept_and_those_that_are_asked(kept):
    channels = [kept.keep(Rows()).channel for _ in range(MOST_KEPT)]
    kept.answer(QUESTION | {"channel": channels[0]})
    kept.keep(Rows())
    gone = [kept.answer(QUESTION | {"channel": channel}).gone for channel in channels]
    assert gone == [False, True, *[False] * (MOST_KEPT - 2)]


@pytest.mark.parametrize(
    "message", [None, [], "x", {}, {"request": "x"}, QUESTION | {"changes": {"0": [1]}}, QUESTION | {"row": 1.5}]
)
def test_b24_what_is_no_question_is_refused_in_words(kept, message):
    answer = kept.answer(message)
    assert answer.problem.startswith("This is no question: ")
    assert answer.gone
