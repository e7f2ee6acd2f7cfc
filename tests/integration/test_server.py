"""The server with real runs: they go on without it, and clients miss nothing when it dies and comes back."""

import asyncio
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from launching import shell
from serving import encoded, log_piece, serving
from tornado.websocket import WebSocketClosedError

from jupyter_mlops.home import Home
from jupyter_mlops.testing import wait_until

COUNTING = "i=0; while [ $i -lt 100000 ]; do echo line $i; i=$((i+1)); sleep 0.002; [ -e {stop} ] && break; done"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def test_f13_runs_go_on_when_the_server_ends_and_are_there_when_it_comes_back(root, tmp_path):
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        run = launching.start(COUNTING.format(stop=root / "stop")).says("line 1")
        wait_until(lambda: server.get("api/runs")[1]["total"] == 1)

        server.stop(signal.SIGTERM)
        size = run.files.log_file.stat().st_size
        wait_until(lambda: run.files.log_file.stat().st_size > size)
        server.start()
        wait_until(lambda: server.get("api/runs")[1]["runs"][0]["status"] == "RUNNING")
        (root / "stop").touch()
        run.end()

        wait_until(lambda: server.get("api/runs")[1]["runs"][0]["status"] == "FINISHED")
        lines = run.files.log_file.read_text().splitlines()
        assert lines == [f"line {number}" for number in range(len(lines))]


def test_f14_a_client_misses_nothing_when_the_server_is_killed(root, tmp_path):
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        run = launching.start(COUNTING.format(stop=root / "stop")).says("line 1")
        received = bytearray()

        async def follow(until: int) -> None:
            """Watch from the first byte that is missing, until there are so many or the server is gone."""
            socket = await server.connect()
            try:
                await socket.write_message(json.dumps({"watch": run.files.run_id, "offset": len(received)}))
                while len(received) < until:
                    message = await asyncio.wait_for(socket.read_message(), 30)
                    if message is None:
                        break
                    if isinstance(message, bytes):
                        _run_id, offset, data = log_piece(message)
                        assert offset == len(received)
                        received.extend(data)
            finally:
                socket.close()
                while not socket.stream.closed():
                    if await asyncio.wait_for(socket.read_message(), 30) is None:
                        break

        async def kill_in_the_middle() -> None:
            following = asyncio.create_task(follow(1 << 40))
            deadline = time.monotonic() + 30
            while len(received) < 2_000 and time.monotonic() < deadline:
                await asyncio.sleep(0.01)
            os.kill(server.process.pid, signal.SIGKILL)
            try:
                await following
            except WebSocketClosedError:
                pass

        asyncio.run(kill_in_the_middle())
        server.process.wait(30)
        killed_at = len(received)
        server.start()
        (root / "stop").touch()
        run.end()
        asyncio.run(follow(run.files.log_file.stat().st_size))

        assert 2_000 <= killed_at < len(received)
        assert hashlib.sha256(received).digest() == hashlib.sha256(run.files.log_file.read_bytes()).digest()


def test_a_printed_line_comes_by_itself_while_the_run_goes_on(root, tmp_path):
    """How soon is for the benchmarks."""
    with shell(root) as launching, serving(root, tmp_path / "server") as server:
        run = launching.start(f"while [ ! -e {root / 'go'} ]; do sleep 0.01; done; echo now; sleep 1000")
        wait_until(lambda: server.get("api/runs")[1]["total"] == 1)

        async def story() -> None:
            socket = await server.connect()
            await socket.write_message(json.dumps({"watch": run.files.run_id, "offset": 0}))
            await asyncio.wait_for(socket.read_message(), 30)
            (root / "go").touch()
            while not isinstance(await asyncio.wait_for(socket.read_message(), 30), bytes):
                pass
            socket.close()
            while await asyncio.wait_for(socket.read_message(), 30) is not None:
                pass

        asyncio.run(story())
        assert run.state.status.value == "RUNNING"
        status, _body = server.ask("POST", f"jupyter-mlops/api/runs/{run.files.run_id}/stop")
        assert (status, run.end().status.value) == (200, "KILLED")


@pytest.mark.parametrize("prefix", ["/user/a b/", "/benutzer/größe/"])
def test_b40_any_base_url_and_any_root(tmp_path, prefix):
    root = tmp_path / "wurzel mit Größe & 100%"
    root.mkdir()
    with shell(root) as launching, serving(root, tmp_path / "server", base_url=encoded(prefix)) as server:
        run = launching.start("echo hello")
        run.end()
        wait_until(lambda: server.get("api/runs")[1]["total"] == 1)

        _status, told = server.get("api/status")
        assert told["homes"][0]["label"] == root.name
        assert server.get(f"api/runs/{run.files.run_id}/log")[1] == b"hello\n"

        async def story() -> set[type]:
            socket = await server.connect()
            await socket.write_message(json.dumps({"watch": run.files.run_id, "offset": 0}))
            kinds = {type(await asyncio.wait_for(socket.read_message(), 30)) for _ in range(2)}
            socket.close()
            while await asyncio.wait_for(socket.read_message(), 30) is not None:
                pass
            return kinds

        assert asyncio.run(story()) == {bytes, str}


def test_f41_the_server_loads_no_framework_whatever_it_is_asked(root, tmp_path):
    """Its environment may have none: nothing that it serves needs one."""
    flags = ("-X", "importtime")
    with shell(root) as launching, serving(root, tmp_path / "server", flags=flags) as server:
        runs = [launching.start("echo hello") for _ in range(2)]
        [run.end() for run in runs]
        wait_until(lambda: server.get("api/runs")[1]["total"] == 2)
        ids = [run.files.run_id for run in runs]
        for route in ("", "/log", "/log/search?text=hello", "/displays", "/metrics", "/artifacts"):
            assert server.ask("GET", f"jupyter-mlops/api/runs/{ids[0]}{route}")[0] == 200
        assert server.get("api/comparisons", id=ids)[0] == 200
        assert server.get("api/runs/columns")[0] == 200
        assert server.ask("POST", f"jupyter-mlops/api/runs/{ids[0]}/notebook", {"path": "again"})[0] == 201
        assert server.ask("DELETE", f"jupyter-mlops/api/runs/{ids[1]}")[0] == 204

    loaded = set(re.findall(r"\|\s+(\w+)\S*$", server.errors.read_text(), re.MULTILINE))
    # Not IPython: notebook_shim, an extension of others, loads it for its paths.
    heavy = {"torch", "tensorflow", "keras", "mlflow", "sklearn", "pandas", "numpy", "matplotlib", "sqlalchemy"}
    assert "tornado" in loaded
    assert loaded & heavy == set()


@pytest.mark.kernel
def test_kernels_are_told_where_runs_are_kept(root, tmp_path):
    Home.create(root / "project" / ".mlops")
    with serving(root, tmp_path / "server", base_url="/user/a%20b/") as server:
        for path in ("", "project"):
            status, body = server.ask("POST", "api/kernels", {"path": path})
            assert status == 201, body
        wait_until(lambda: len(server.kernels()) == 2)
        environments = {child.cwd(): child.environ() for child in server.kernels()}

        told = {Path(cwd).name: env.get("JUPYTER_MLOPS_HOME", "") for cwd, env in environments.items()}
        proxies = {env["TENSORBOARD_PROXY_URL"] for env in environments.values()}
        for kernel in json.loads(server.ask("GET", "api/kernels")[1]):
            server.ask("DELETE", f"api/kernels/{kernel['id']}")

    assert told == {"root": str(root / ".mlops"), "project": ""}
    assert proxies == {"/user/a%20b/jupyter-mlops/tensorboard/port/%PORT%/"}


def test_the_extension_is_listed_by_jupyter_itself(root, tmp_path):
    with serving(root, tmp_path / "server") as server:
        listed = subprocess.run(
            [sys.executable, "-m", "jupyter_server.extension.serverextension", "list"],
            env=server.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )

    told = re.sub(r"\x1b\[\d+m", "", listed.stdout)
    assert re.search(r"jupyter_mlops +enabled", told)
    assert re.search(r"jupyter_mlops \S* *OK", told)
