"""The server's look after endpoints: one that is killed comes back unasked, and no trouble ends the looking."""

import asyncio
import logging
import os
import signal

import pytest
from endpoint_models import bundle, total

from jupyter_mlops.deployment import EndpointDirectory, stop
from jupyter_mlops.home import Home, lock_holder, register_home
from jupyter_mlops.server._supervision import supervise
from jupyter_mlops.services import Endpoints, EndpointSupervisor
from jupyter_mlops.services._homes import Homes

SOON_S = 60.0


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("JUPYTER_MLOPS_HOME", raising=False)
    found = Home.create(tmp_path / "root" / ".mlops")
    register_home(found.path)
    yield found
    for name in EndpointDirectory.names(found):
        stop(EndpointDirectory(found, name))


async def during(supervisor, condition):
    """Supervise until a condition holds; the looking ends when it is cancelled."""
    looking = asyncio.create_task(supervise(supervisor, look_s=0.01))
    async with asyncio.timeout(SOON_S):
        while not condition():
            await asyncio.sleep(0.01)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking


def test_one_that_is_killed_comes_back_unasked(home, tmp_path):
    homes = Homes(tmp_path / "root")
    homes.refresh()
    endpoint = Endpoints(home).deploy(bundle(tmp_path, total()), "sums")
    first = lock_holder(endpoint.directory.serve_lock)
    os.kill(first, signal.SIGKILL)

    asyncio.run(
        during(
            EndpointSupervisor(homes),
            lambda: endpoint.stand().state == "running" and lock_holder(endpoint.directory.serve_lock) != first,
        )
    )

    assert (endpoint.stand().restarts.count, endpoint.stand().restarts.cause) == (1, "signal 9")


class Troubled:
    """A supervisor that cannot look, twice in the same way."""

    def __init__(self) -> None:
        self.looks = 0

    def due(self):
        self.looks += 1
        if self.looks < 4:
            raise OSError("the disk is on fire" if self.looks < 3 else "it is out")
        return ()


def test_trouble_is_logged_once_and_tried_again(caplog):
    troubled = Troubled()
    with caplog.at_level(logging.WARNING, logger="jupyter_mlops.server._supervision"):
        asyncio.run(during(troubled, lambda: troubled.looks > 5))

    assert caplog.messages == [
        "Endpoints cannot be looked after: the disk is on fire",
        "Endpoints cannot be looked after: it is out",
    ]
