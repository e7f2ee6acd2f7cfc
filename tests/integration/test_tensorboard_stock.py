"""TensorBoard's own `%tensorboard` in a kernel of a real Jupyter server: its page is reached through our proxy."""

import asyncio
import json
import os
import re
import sys
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from jupyter_servers import TOKEN, JupyterServer
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from jupyter_mlops.tensorboard._event_file import EventFile
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import Point

pytest.importorskip("tensorboard")


def execute(server: JupyterServer, kernel_id: str, code: str, until: str) -> str:
    """Run code in a kernel as JupyterLab does; return its outputs once a text is in them."""

    async def run() -> str:
        url = server.url(f"api/kernels/{kernel_id}/channels").replace("http", "ws", 1)
        socket = await websocket_connect(HTTPRequest(url, headers={"Authorization": f"token {TOKEN}"}))
        # What is sent before the server has reached the kernel is dropped without a word: ask until it answers.
        reply = ""
        while "kernel_info_reply" not in reply:
            await socket.write_message(message("kernel_info_request", {}))
            with suppress(TimeoutError):
                reply = str(await asyncio.wait_for(socket.read_message(), 1))
        await socket.write_message(message("execute_request", {"code": code, "allow_stdin": False}))
        told = ""
        while until not in told:
            assert "ERROR: " not in told, told
            answer: Any = await socket.read_message()
            assert answer is not None, told
            told += answer if isinstance(answer, str) else ""
        socket.close()
        while await socket.read_message() is not None:
            pass
        return told

    return asyncio.run(asyncio.wait_for(run(), 110))


def message(kind: str, content: dict[str, Any]) -> str:
    """Return a request of the kernel protocol on the shell channel."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "version": "5.3", "username": ""}
    header |= {"session": uuid.uuid4().hex, "date": "2026-11-21T08:00:00Z"}
    parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    return json.dumps(parts)


@pytest.mark.kernel
def test_b16_the_stock_magic_shows_its_page_through_the_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It looks for the command as a shell does, and these tests may be run without the environment being activated.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    file = EventFile(tmp_path / "logs" / "train")
    file.add_scalar("loss", Point(1, 0, 0, 1.0))
    file.close()
    with JupyterServer(tmp_path, "/user/ab/") as server:
        status, body = server.ask("POST", "api/kernels", {"name": "python3"})
        assert status == 201, body
        kernel_id = json.loads(body)["id"]
        # Its start imports TensorFlow where that is installed, which is the command's own doing.
        code = "%load_ext tensorboard\n%tensorboard --logdir logs --load_fast=false"
        told = execute(server, kernel_id, code, "tensorboard-frame")

        found = re.search(r"/user/ab/(jupyter-mlops/tensorboard/port/(\d+)/)", told)
        assert found is not None, told[-3000:]
        status, page = server.ask("GET", found[1])
        assert (status, b"<title>TensorBoard</title>" in page) == (200, True)
        wait_until(lambda: server.ask("GET", f"{found[1]}data/runs") == (200, b'["train"]'))

        # What the kernel left behind belongs to nobody: it is reached no more, and ends here.
        execute(
            server,
            kernel_id,
            "import os, signal; from tensorboard import manager\n"
            f"[os.kill(i.pid, signal.SIGTERM) for i in manager.get_all() if i.port == {found[2]}]; print('en' 'ded')",
            "ended",
        )
