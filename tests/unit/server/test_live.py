"""The live socket: log bytes by offset without gap or repeat, and summaries when they change."""

import asyncio
import hashlib
import json
import os
import random
import struct
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tornado.websocket import WebSocketClientConnection

from jupyter_mlops.entities import ChangeRun, Exit, RunStatus
from jupyter_mlops.server._live import LiveHub
from jupyter_mlops.services._user_changes import change_run

DEADLINE_S = 20


class Tab:
    """A browser tab: puts log bytes together by offset, and fetches what the server has skipped."""

    def __init__(self, socket: WebSocketClientConnection, server: Any = None) -> None:
        self.socket = socket
        self.server = server
        self.log: dict[str, bytearray] = {}
        self.summaries: dict[str, dict[str, Any]] = {}
        self.skipped: list[tuple[int, int]] = []
        self.others: list[dict[str, Any]] = []
        self.is_closed = False

    async def watch(self, run_id: str, offset: int | None = 0) -> None:
        await self.socket.write_message(json.dumps({"watch": run_id, "offset": offset}))

    async def next(self) -> str | bytes | None:
        """Return the next message; None when the socket is closed."""
        message = await asyncio.wait_for(self.socket.read_message(), DEADLINE_S)
        self.is_closed = message is None
        return message

    async def close(self) -> None:
        self.socket.close()
        while not self.is_closed:
            await self.next()

    async def read(self) -> bool:
        """Take one message in; False when the server has closed."""
        message = await self.next()
        if message is None:
            return False
        if isinstance(message, bytes):
            run_id, (offset,) = message[:16].hex(), struct.unpack(">Q", message[16:24])
            log = self.log.setdefault(run_id, bytearray())
            assert offset == len(log), "no gap, no repeat"
            log += message[24:]
            return True
        told = json.loads(message)
        if "run" in told:
            self.summaries[told["run"]["run_id"]] = told["run"]
        elif "skipped" in told:
            self.skipped.append((told["start"], told["end"]))
            self._fetch(told["skipped"], told["start"], told["end"])
        else:
            self.others.append(told)
        return True

    def _fetch(self, run_id: str, start: int, end: int) -> None:
        log = self.log.setdefault(run_id, bytearray())
        while start < end:
            part = self.server.get(f"api/runs/{run_id}/log", start=start, end=end).body
            log += part
            start += len(part)

    async def read_until(self, is_true: Any) -> None:
        while not is_true():
            assert await self.read(), "the server closed the socket"


class Tabs:
    """Opens tabs on a server, and closes all of them."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.opened: list[Tab] = []

    async def open(self) -> Tab:
        tab = Tab(await self.server.connect(), self.server)
        self.opened.append(tab)
        return tab

    async def close(self) -> None:
        for tab in self.opened:
            await tab.close()


def tab_story(server: Any, story: Callable[[Tabs], Awaitable[None]]) -> None:
    async def told() -> None:
        tabs = Tabs(server)
        try:
            await asyncio.wait_for(story(tabs), 60)
        finally:
            await tabs.close()

    asyncio.run(told())


def test_a_watched_run_is_told_at_once_and_then_what_it_prints(server, make_run):
    run = make_run("live", status=None, log=b"first\n")

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.watch(run.id)
        await tab.read_until(lambda: tab.log.get(run.id) == b"first\n" and run.id in tab.summaries)
        with run.directory.log_file.open("ab") as log:
            log.write("größer\n".encode())
        await tab.read_until(lambda: tab.log[run.id] == "first\ngrößer\n".encode())

        assert tab.summaries[run.id]["name"] == "live"
        assert tab.skipped == []

    tab_story(server, story)


def test_the_end_of_a_run_is_told_with_all_that_it_printed(server, make_run):
    run = make_run(status=None, log=b"one\n")

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.watch(run.id)
        await tab.read_until(lambda: run.id in tab.summaries)
        with run.directory.log_file.open("ab") as log:
            log.write(b"two\n")
        run.directory.write(
            Exit(status=RunStatus.FINISHED, ended_at="2026-11-21T09:00:00+00:00"), run.directory.exit_file
        )
        await tab.read_until(lambda: tab.summaries[run.id]["status"] == "FINISHED" and len(tab.log[run.id]) == 8)

        assert tab.summaries[run.id]["log_bytes"] == 8

    tab_story(server, story)


def test_a_tab_that_wants_no_log_gets_summaries_only(server, make_run):
    run = make_run(status=None, log=b"text\n")

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.watch(run.id, None)
        await tab.read_until(lambda: run.id in tab.summaries)
        run.directory.write(
            Exit(status=RunStatus.KILLED, ended_at="2026-11-21T09:00:00+00:00"), run.directory.exit_file
        )
        await tab.read_until(lambda: tab.summaries[run.id]["status"] == "KILLED")

        assert tab.log == {}

    tab_story(server, story)


def test_a_change_by_the_user_reaches_every_tab(server, make_run):
    run = make_run("before")

    async def story(tabs: Tabs) -> None:
        tabs = [await tabs.open() for _ in range(2)]
        for tab in tabs:
            await tab.watch(run.id, None)
            await tab.read_until(lambda tab=tab: run.id in tab.summaries)
        changed = await asyncio.to_thread(server.request, "PATCH", f"api/runs/{run.id}", {"name": "after"})
        assert changed.status == 200
        for tab in tabs:
            await tab.read_until(lambda tab=tab: tab.summaries[run.id]["name"] == "after")

    tab_story(server, story)


def test_f14_bytes_are_whole_over_many_disconnects(server, make_run):
    run = make_run(status=None)
    rng = random.Random(7)
    written = hashlib.sha256()

    async def story(tabs: Tabs) -> None:
        received = bytearray()
        total = 0
        with run.directory.log_file.open("ab", buffering=0) as log:
            for _ in range(100):
                tab = await tabs.open()
                tab.log[run.id] = received
                await tab.watch(run.id, len(received))
                data = os.urandom(rng.randrange(1, 30_000))
                log.write(data)
                written.update(data)
                total += len(data)
                goal = rng.randrange(len(received), total + 1)
                await tab.read_until(lambda goal=goal, tab=tab: len(received) >= goal and tab.summaries)
                await tab.close()
            tab = await tabs.open()
            tab.log[run.id] = received
            await tab.watch(run.id, len(received))
            await tab.read_until(lambda: len(received) == total)

        assert hashlib.sha256(received).hexdigest() == written.hexdigest()

    tab_story(server, story)


def test_f14_a_log_of_many_messages_has_no_gap_between_them(server, make_run):
    log = os.urandom(200_000)  # less than a flood, more than a message holds
    run = make_run(log=log)

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.watch(run.id)
        await tab.read_until(lambda: len(tab.log.get(run.id, b"")) == len(log))

        assert (bytes(tab.log[run.id]), tab.skipped) == (log, [])

    tab_story(server, story)


def test_f36_a_flood_is_shown_by_its_end_and_the_rest_can_be_fetched(server, make_run):
    log = b"".join(b"%09d\n" % number for number in range(500_000))
    run = make_run(log=log)

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.watch(run.id)
        await tab.read_until(lambda: len(tab.log.get(run.id, b"")) == len(log))

        ((start, end),) = tab.skipped
        assert (start, bytes(tab.log[run.id])) == (0, log)
        assert len(log) - end <= 1 << 16
        assert log[end - 1 : end] == b"\n"

    tab_story(server, story)


def test_bytes_that_the_cap_has_freed_are_told_as_skipped(server, make_run):
    run = make_run(log=b"head\n" + bytes(100_000) + b"tail\n")
    run.directory.log_gaps_file.write_text(json.dumps({"freed": [[5, 100_005]]}))

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.socket.write_message(json.dumps({"watch": run.id, "offset": 0}))
        texts, data = [], b""
        while not data.endswith(b"tail\n"):
            message = await tab.next()
            if isinstance(message, bytes):
                data += message[24:]
            else:
                texts.append(json.loads(message))

        assert data == b"head\ntail\n"
        assert {"skipped": run.id, "start": 5, "end": 100_005} in texts

    tab_story(server, story)


def test_a_run_that_is_not_there_or_is_deleted_is_gone(server, make_run):
    run = make_run()

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.watch("0" * 32)
        await tab.read_until(lambda: tab.others == [{"gone": "0" * 32}])
        await tab.watch(run.id, None)
        await tab.read_until(lambda: run.id in tab.summaries)
        run.directory.spec_file.unlink()
        server.touch(run.id)
        await tab.read_until(lambda: {"gone": run.id} in tab.others)

    tab_story(server, story)


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        "{}",
        '{"watch": 5}',
        '{"watch": "../../etc"}',
        json.dumps({"watch": "0" * 32, "offset": -1}),
        json.dumps({"watch": "0" * 32, "offset": "x"}),
        json.dumps({"watch": "0" * 32, "evil": 1}),
        json.dumps({"forget": "0" * 31}),
        "[" * 5000,
        "x" * 50_000,
    ],
)
def test_b19_a_socket_that_speaks_otherwise_is_closed(server, message):
    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.socket.write_message(message)
        while await tab.next() is not None:
            pass
        assert tab.socket.close_code in (1007, 1009)

    tab_story(server, story)


class DeafOutlet:
    """A tab that takes what it is sent, but for the system never has room for more."""

    def __init__(self) -> None:
        self.sent: list[list[bytes | str]] = []

    async def send(self, messages: list[bytes | str]) -> None:
        self.sent.append(messages)
        await asyncio.Event().wait()


class HearingOutlet(DeafOutlet):
    async def send(self, messages: list[bytes | str]) -> None:
        self.sent.append(messages)

    @property
    def texts(self) -> list[str]:
        return [message for messages in self.sent for message in messages if isinstance(message, str)]

    def log(self, run_id: str) -> bytes:
        """The bytes of a run's log that have come, in their order."""
        parts = [message for messages in self.sent for message in messages if isinstance(message, bytes)]
        return b"".join(part[24:] for part in parts if part[:16].hex() == run_id)


class BusyOutlet(HearingOutlet):
    """A tab that has room for more only once it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.is_sent, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def send(self, messages: list[bytes | str]) -> None:
        await super().send(messages)
        self.is_sent.set()
        await self.may_go_on.wait()


def test_f16_a_tab_that_reads_nothing_is_sent_no_more_while_another_is(server, make_run):
    """What waits for a deaf tab would fill the server's memory."""
    run = make_run(status=None, log=b"one\n")

    async def story() -> None:
        deaf, hearing = DeafOutlet(), HearingOutlet()
        with ThreadPoolExecutor(1) as pool:
            hub = LiveHub(server.extension.context.explorer, pool)
            for outlet in (deaf, hearing):
                hub.open(outlet)
                hub.watch(outlet, run.id, 0)
            for number in range(1, 6):
                while len(hearing.sent) < number:
                    await asyncio.sleep(0.01)
                with run.directory.log_file.open("ab") as log:
                    log.write(b"more\n")
            await hub.stop()
        assert len(deaf.sent) == 1

    asyncio.run(asyncio.wait_for(story(), 60))


def test_a_run_that_cannot_be_read_holds_up_no_other_and_is_read_once_it_can(server, make_run):
    broken, sound = make_run(status=None), make_run(status=None, log=b"one\n")
    broken.directory.log_file.mkdir()

    async def story() -> None:
        outlet = HearingOutlet()
        with ThreadPoolExecutor(1) as pool:
            hub = LiveHub(server.extension.context.explorer, pool)
            hub.open(outlet)
            for run in (broken, sound):
                hub.watch(outlet, run.id, 0)
            while b"one\n" not in outlet.log(sound.id):
                await asyncio.sleep(0.01)
            with sound.directory.log_file.open("ab") as log:
                log.write(b"two\n")
            broken.directory.log_file.rmdir()
            broken.directory.log_file.write_bytes(b"there again\n")
            while outlet.log(sound.id) != b"one\ntwo\n" or outlet.log(broken.id) != b"there again\n":
                await asyncio.sleep(0.01)
            await hub.stop()
        assert not any("gone" in message for message in outlet.texts)

    asyncio.run(asyncio.wait_for(story(), 60))


def test_a_change_is_told_once_the_tab_can_take_it(server, make_run):
    run = make_run()

    async def story() -> None:
        outlet = BusyOutlet()
        with ThreadPoolExecutor(1) as pool:
            hub = LiveHub(server.extension.context.explorer, pool)
            hub.open(outlet)
            hub.watch(outlet, run.id, None)
            await outlet.is_sent.wait()
            change_run(run, ChangeRun(name="renamed"))
            hub.touch([run.id])
            await asyncio.sleep(1.2)  # Several looks, none of which may tell this tab anything.
            outlet.may_go_on.set()
            while "renamed" not in "".join(outlet.texts):
                await asyncio.sleep(0.01)
            await hub.stop()

    asyncio.run(asyncio.wait_for(story(), 60))


def test_b19_a_message_that_is_too_long_is_not_read(server, make_run):
    message = json.dumps({"watch": make_run().id, "offset": None}) + " " * 10_000

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.socket.write_message(message)
        while await tab.next() is not None:
            pass
        assert tab.socket.close_code == 1009

    tab_story(server, story)


def test_a_forgotten_run_is_told_no_more(server, make_run):
    run, other = make_run(), make_run()

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.watch(run.id, None)
        await tab.read_until(lambda: run.id in tab.summaries)
        await tab.socket.write_message(json.dumps({"forget": run.id}))
        change_run(run, ChangeRun(name="renamed"))
        await tab.watch(other.id, None)
        await tab.read_until(lambda: other.id in tab.summaries)

        assert tab.summaries[run.id]["name"] == "baseline"

    tab_story(server, story)


def test_nothing_runs_while_nobody_looks(server, make_run):
    run = make_run()

    async def story(tabs: Tabs) -> None:
        tab = await tabs.open()
        await tab.watch(run.id, None)
        await tab.read_until(lambda: run.id in tab.summaries)
        await tab.close()
        hub = server.extension.context.live
        deadline = asyncio.get_running_loop().time() + DEADLINE_S
        while hub.is_busy and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        assert not hub.is_busy

    tab_story(server, story)
