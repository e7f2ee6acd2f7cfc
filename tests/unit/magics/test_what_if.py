"""A comm that a view opens is a way to the rows that the session's explanations named."""

from types import SimpleNamespace

import pytest

from jupyter_mlops.entities import WhatIf
from jupyter_mlops.magics._what_if import TARGET, WhatIfDesk

ROWS = SimpleNamespace(ranges=WhatIf(channel="", least=(), most=(), whole=()))
"""Of an explanation; what they answer is told elsewhere."""


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


def test_over_a_comm_there_and_back(desk, comms):
    desk.register()
    comm = Comm()
    comms.targets[TARGET](comm, {})
    comm.ask({"request": 3, "channel": desk.kept.keep(ROWS).channel, "row": None})
    assert comm.sent == [{"request": 3, "predicted": (), "contributions": (), "problem": "", "gone": False}]


def test_a_terminal_has_nobody_who_asks():
    desk = WhatIfDesk(SimpleNamespace())
    desk.register()
    desk.unregister()
    assert not desk.is_open


def test_a_session_that_ends_lets_go_of_the_models(desk, comms):
    desk.register()
    channel = desk.kept.keep(ROWS).channel
    desk.unregister()
    assert comms.targets == {}
    assert desk.kept.answer({"request": 3, "channel": channel, "row": None}).gone
