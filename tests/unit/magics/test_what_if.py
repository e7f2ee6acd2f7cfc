"""Questions of views reach the rows that they are about; others are answered too, and never by an exception."""

from types import SimpleNamespace

import pytest

from jupyter_mlops.entities import WhatIf, WhatIfAnswer
from jupyter_mlops.magics._what_if import MOST_KEPT, TARGET, WhatIfDesk

QUESTION = {"request": 3, "channel": "", "row": 0, "changes": {"0": 1.5, "1": None, "2": "x"}}


class Rows:
    """Rows that repeat what they are asked."""

    ranges = WhatIf(channel="", least=(0.0,), most=(1.0,), whole=(False,))

    def answer(self, question):
        return WhatIfAnswer(request=question.request, predicted=(float(question.row), *question.changes.values()))


class Comms:
    """A kernel's table of comms."""

    def __init__(self):
        self.targets = {}

    def register_target(self, name, opened):
        self.targets[name] = opened

    def unregister_target(self, name, opened):
        assert self.targets.pop(name) == opened


class Comm:
    """One comm, seen from the kernel."""

    def __init__(self):
        self.sent = []

    def on_msg(self, asked):
        self.ask = lambda data: asked({"content": {"data": data}})

    def send(self, data):
        self.sent.append(data)


@pytest.fixture
def comms():
    return Comms()


@pytest.fixture
def desk(comms):
    return WhatIfDesk(SimpleNamespace(kernel=SimpleNamespace(comm_manager=comms)))


def test_a_question_is_answered_by_its_rows(desk):
    what_if = desk.keep(Rows())
    assert (what_if.least, len(what_if.channel)) == ((0.0,), 32)
    answer = desk.answer(QUESTION | {"channel": what_if.channel})
    assert answer == WhatIfAnswer(request=3, predicted=(0.0, 1.5, None, "x"))


def test_over_a_comm_there_and_back(desk, comms):
    desk.register()
    comm = Comm()
    comms.targets[TARGET](comm, {})
    comm.ask(QUESTION | {"channel": desk.keep(Rows()).channel})
    assert comm.sent == [
        {"request": 3, "predicted": (0.0, 1.5, None, "x"), "contributions": (), "problem": "", "gone": False}
    ]


def test_rows_that_the_kernel_does_not_know_are_gone(desk):
    answer = desk.answer(QUESTION | {"channel": "of another kernel"})
    assert (answer.request, answer.gone, answer.predicted) == (3, True, ())
    assert answer.problem.endswith("Run the cell again.")


def test_only_the_latest_are_kept_and_those_that_are_asked(desk):
    channels = [desk.keep(Rows()).channel for _ in range(MOST_KEPT)]
    desk.answer(QUESTION | {"channel": channels[0]})
    desk.keep(Rows())
    gone = [desk.answer(QUESTION | {"channel": channel}).gone for channel in channels]
    assert gone == [False, True, *[False] * (MOST_KEPT - 2)]


@pytest.mark.parametrize(
    "message", [None, [], "x", {}, {"request": "x"}, QUESTION | {"changes": {"0": [1]}}, QUESTION | {"row": 1.5}]
)
def test_b24_what_is_no_question_is_refused_in_words(desk, message):
    answer = desk.answer(message)
    assert answer.problem.startswith("This is no question: ")
    assert answer.gone


def test_a_terminal_has_nobody_who_asks():
    desk = WhatIfDesk(SimpleNamespace())
    desk.register()
    desk.unregister()
    assert not desk.is_open


def test_a_session_that_ends_lets_go_of_the_models(desk, comms):
    desk.register()
    channel = desk.keep(Rows()).channel
    desk.unregister()
    assert comms.targets == {}
    assert desk.answer(QUESTION | {"channel": channel}).gone
