"""The server while what it reads is in trouble: locked, foreign, dead or hostile stores, dropped lines, two servers."""

import asyncio
import hashlib
import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from launching import shell
from serving import TOKEN_HEADER, Server, log_piece, serving
from stores import do, make_store, run_row
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from jupyter_mlops.home import Home
from jupyter_mlops.testing import wait_until


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("MLFLOW_TRACKING_URI", "JUPYTER_MLOPS_HOME"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def store(root: Path) -> Path:
    return make_store(Home.create(root / ".mlops").path / "mlflow.db", run_row("a" * 32, "theirs"))


EVERY_LIST = ("api/status", "api/runs", "api/runs/groups", "api/runs/columns")


def shown(server: Server) -> set[str]:
    return {run["name"] for run in server.get("api/runs")[1]["runs"]}


def problem(server: Server) -> str:
    return str(server.get("api/status")[1]["homes"][0]["problem"])


def test_f30_a_locked_store_holds_up_nobody_and_is_read_later(root, store, tmp_path):
    with serving(root, tmp_path / "server") as server, closing(sqlite3.connect(store)) as other:
        wait_until(lambda: shown(server) == {"theirs"})
        other.isolation_level = None
        other.execute("BEGIN EXCLUSIVE")
        other.execute(run_row("b" * 32, "new"))
        wait_until(lambda: "locked" in problem(server))

        # We have the lock until all is answered: who waited for it would wait for us.
        for route in EVERY_LIST:
            assert server.get(route)[0] == 200
            assert shown(server) == {"theirs"}
        assert "locked" in problem(server)

        other.execute("COMMIT")
        wait_until(lambda: shown(server) == {"theirs", "new"})
        wait_until(lambda: problem(server) == "")


@pytest.mark.parametrize("damage", [b"", b"\0" * 4096, b"no database" * 1000])
def test_f31_a_damaged_store_is_said_and_our_own_runs_are_there(root, store, tmp_path, damage):
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        launching.start("echo hello", name="ours").end()
        wait_until(lambda: shown(server) == {"ours", "theirs"})

        store.write_bytes(damage)

        wait_until(lambda: problem(server))
        assert "mlflow.db cannot be read" in problem(server)
        assert "ours" in shown(server)
        # It is put back: nobody has to restart anything.
        store.unlink()
        make_store(store, run_row("c" * 32, "restored"))
        wait_until(lambda: shown(server) == {"ours", "restored"} and not problem(server))


def test_f32_two_servers_show_the_same_home_each(root, store, tmp_path):
    with shell(root) as launching, serving(root, tmp_path / "one") as one, serving(root, tmp_path / "two") as two:
        for number in range(5):
            launching.start("echo hello", name=f"run{number}").end()
        expected = {"theirs", *(f"run{number}" for number in range(5))}
        for server in (one, two):
            wait_until(lambda server=server: shown(server) == expected)
        run_id = next(run["run_id"] for run in one.get("api/runs")[1]["runs"] if run["name"] == "run0")

        assert one.ask("PATCH", f"jupyter-mlops/api/runs/{run_id}", {"name": "renamed by one"})[0] == 200
        wait_until(lambda: "renamed by one" in shown(two))
        assert two.ask("DELETE", f"jupyter-mlops/api/runs/{run_id}")[0] == 204
        wait_until(lambda: "renamed by one" not in shown(one))


def test_f33_a_store_of_another_schema_is_said_and_left_alone(root, store, tmp_path):
    do(store, "ALTER TABLE runs RENAME COLUMN lifecycle_stage TO stage_of_life")
    before = store.read_bytes()
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        launching.start("echo hello", name="ours").end()
        wait_until(lambda: "no such column" in problem(server) and shown(server) == {"ours"})

    assert store.read_bytes() == before


@pytest.fixture
def black_hole() -> Iterator[socket.socket]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        yield listening


def is_waited_for(connection: socket.socket) -> bool:
    """Tell whether the other side of a connection still hopes for an answer."""
    connection.setblocking(False)
    with suppress(BlockingIOError):
        while connection.recv(1 << 16):
            pass
        return False
    return True


def test_f34_f35_a_remote_store_that_is_silent_holds_up_nothing_and_no_login_is_shown(
    root, tmp_path, black_hole, monkeypatch
):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:hunter2@127.0.0.1:{black_hole.getsockname()[1]}")
    Home.create(root / ".mlops")
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        launching.start("echo hello", name="ours").end()
        wait_until(lambda: shown(server) == {"ours"})

        question, _ = black_hole.accept()
        with question:
            # More than once, so that one which is given up meanwhile is known to be; none is for a quarter of a minute.
            for route in EVERY_LIST * 3:
                status, body = server.ask("GET", f"jupyter-mlops/{route}")
                assert (status, b"hunter2" in body) == (200, False)
            assert is_waited_for(question), "the pages were answered only after the store had been given up"

    assert "hunter2" not in server.errors.read_text()


class DroppingProxy:
    """Passes bytes on, and cuts every connection after so many of them, without a word, as a bad line does."""

    def __init__(self, port: int, after: int) -> None:
        self._port, self._after = port, after
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                threading.Thread(target=self._pass, args=(client, server, 1 << 40), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, self._after), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, most: int) -> None:
        with suppress(OSError):
            while most > 0 and (data := source.recv(min(4096, most))):
                target.sendall(data)
                most -= len(data)
            self.cuts += most == 0
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def test_f17_a_line_that_drops_costs_no_byte_and_repeats_none(root, tmp_path):
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        run = launching.start("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done")
        run.end()
        whole = run.files.log_file.read_bytes()
        proxy = DroppingProxy(server.port, 80_000)  # one message of 64 KiB, and a part of the next
        received = bytearray()

        async def follow() -> None:
            while len(received) < len(whole):
                await watch_until_cut()

        async def watch_until_cut() -> None:
            url = f"ws://127.0.0.1:{proxy.port}/jupyter-mlops/api/live"
            headers = {**TOKEN_HEADER, "Host": f"127.0.0.1:{server.port}"}
            connection = await websocket_connect(HTTPRequest(url, headers=headers))
            try:
                await connection.write_message(json.dumps({"watch": run.files.run_id, "offset": len(received)}))
                while len(received) < len(whole):
                    message = await connection.read_message()
                    if message is None:
                        return
                    if isinstance(message, bytes):
                        _run_id, offset, data = log_piece(message)
                        assert offset == len(received)
                        received.extend(data)
                # Closed at both ends before the loop ends: a socket that is left is collected in another story.
                connection.close()
                while await connection.read_message() is not None:
                    pass
            finally:
                connection.close()

        asyncio.run(asyncio.wait_for(follow(), 90))
        proxy.close()

    assert proxy.cuts >= 2
    assert hashlib.sha256(received).digest() == hashlib.sha256(whole).digest()


def test_b28_no_address_of_a_store_comes_over_the_wire(root, store, tmp_path):
    """Stores are named by configuration, environment and kernels: what a request says of one is data, or refused."""
    with (
        socket.create_server(("127.0.0.1", 0)) as bait,
        shell(root) as launching,
        serving(root, tmp_path / "server") as server,
    ):
        bait.settimeout(1.5)
        run = launching.start("echo hello", name="ours")
        run.end()
        wait_until(lambda: "ours" in shown(server))
        of_run = f"jupyter-mlops/api/runs/{run.files.run_id}"
        for address in (f"http://127.0.0.1:{bait.getsockname()[1]}", "file:///etc", "sqlite:////etc/passwd"):
            for body in ({"tracking_uri": address}, {"tags": {"mlflow.tracking_uri": address}}):
                assert server.ask("PATCH", of_run, body)[0] in (200, 400)
            assert server.ask("POST", f"{of_run}/notebook", {"path": address})[0] == 400
            opened = {"run_ids": [run.files.run_id], "logdir": address, "flags": {}}
            assert server.ask("POST", "jupyter-mlops/api/tensorboards", opened)[0] in (400, 403, 404)
            for route in ("runs", "status", "runs/columns", f"runs/{run.files.run_id}/metrics"):
                server.get(f"api/{route}", tracking_uri=address, uri=address, home=address)

        with pytest.raises(TimeoutError):
            bait.accept()
        assert problem(server) == ""


def test_f16_two_tabs_show_the_same_and_one_that_reads_nothing_holds_up_nobody(root, tmp_path):
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        run = launching.start(f"i=0; while [ ! -e {root / 'stop'} ]; do i=$((i+1)); echo line $i; sleep 0.002; done")
        run.says("line 1")
        watch = json.dumps({"watch": run.files.run_id, "offset": 0})

        async def take(until: int) -> bytes:
            received = bytearray()
            tab = await server.connect()
            await tab.write_message(watch)
            while len(received) < until:
                message = await asyncio.wait_for(tab.read_message(), 30)
                if isinstance(message, bytes):
                    received += message[24:]
            tab.close()
            while await tab.read_message() is not None:
                pass
            return bytes(received)

        with raw_tab(server, watch) as _deaf:
            both = asyncio.run(together(take(3_000), take(3_000)))
        (root / "stop").touch()
        run.end()
        log = run.files.log_file.read_bytes()

    assert all(log.startswith(received) and len(received) >= 3_000 for received in both)


async def together(*stories):
    return await asyncio.wait_for(asyncio.gather(*stories), 60)


@contextmanager
def raw_tab(server: Server, message: str) -> Iterator[socket.socket]:
    """A tab that watches a run and then reads nothing, as one whose machine sleeps."""
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        head = ["GET /jupyter-mlops/api/live HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Upgrade: websocket"]
        head += ["Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        head += [f"{name}: {value}" for name, value in TOKEN_HEADER.items()]
        line.sendall("\r\n".join([*head, "", ""]).encode())
        assert b" 101 " in line.recv(64)
        mask, data = b"\1\2\3\4", message.encode()
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        line.sendall(bytes([0x81, 0x80 | len(data)]) + mask + masked)
        yield line


def test_f39_a_line_of_half_a_gigabyte_costs_the_server_little_memory(root, tmp_path):
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        run = launching.start("echo hello")
        run.end()
        with run.files.log_file.open("r+b") as log:
            log.truncate(500 << 20)  # a hole reads as half a gigabyte of NUL without a newline
        wait_until(lambda: server.get("api/runs")[1]["total"] == 1)
        before = psutil.Process(server.process.pid).memory_info().rss
        of_run = f"jupyter-mlops/api/runs/{run.files.run_id}"

        async def watch() -> int:
            tab = await server.connect()
            await tab.write_message(json.dumps({"watch": run.files.run_id, "offset": 0}))
            while not isinstance(message := await asyncio.wait_for(tab.read_message(), 30), bytes):
                pass
            tab.close()
            while await tab.read_message() is not None:
                pass
            return len(message)

        assert asyncio.run(watch()) <= (64 << 10) + 24
        assert len(server.ask("GET", f"{of_run}/log?start=0")[1]) == 4 << 20
        assert server.ask("GET", f"{of_run}/log/search?text=x")[0] == 200
        assert server.ask("GET", of_run)[0] == 200
        grown = psutil.Process(server.process.pid).memory_info().rss - before

    assert grown < 100 << 20


def test_b38_what_the_server_keeps_is_the_users_alone(root, store, tmp_path):
    with serving(root, tmp_path / "server") as server:
        wait_until(lambda: shown(server) == {"theirs"})
        server.stop()

    catalog = root / ".mlops" / "catalog.db"
    assert (catalog.exists(), oct(catalog.stat().st_mode & 0o777)) == (True, oct(0o600))
