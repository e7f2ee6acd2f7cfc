"""A notebook in a real kernel, driven as a front end drives it: what `test_kernel_*.py` share."""

import os
import queue
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

from jupyter_mlops.home import Home, RunDirectory

LONGEST_S = 60.0


@dataclass
class CellOutput:
    """What one execution answered and showed."""

    reply: dict[str, Any]
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.reply["status"] == "ok"

    @property
    def error(self) -> str:
        """Type and message of the error; empty when it went well."""
        return "" if self.ok else f"{self.reply['ename']}: {self.reply['evalue']}"

    @property
    def traceback(self) -> str:
        return "\n".join(self.reply.get("traceback", []))

    @property
    def text(self) -> str:
        """What was printed."""
        return "".join(self._contents("stream", "text"))

    @property
    def value(self) -> str:
        """Text of the last expression's value; empty without one."""
        return "".join(data["text/plain"] for data in self._contents("execute_result", "data"))

    @property
    def html(self) -> str:
        return "".join(data.get("text/html", "") for data in self._contents("execute_result", "data"))

    @property
    def shown(self) -> list[str]:
        """Texts of displays and their updates, in order."""
        kinds = ("display_data", "update_display_data")
        return [m["content"]["data"].get("text/plain", "") for m in self.messages if m["msg_type"] in kinds]

    @property
    def left(self) -> list[str]:
        """Kinds of outputs that stay below the cell in the end."""
        kinds: list[str] = []
        for message in self.messages:
            if message["msg_type"] == "clear_output":
                kinds.clear()
            elif message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                kinds.append(message["msg_type"])
        return kinds

    def _contents(self, kind: str, key: str) -> list[Any]:
        return [message["content"][key] for message in self.messages if message["msg_type"] == kind]


class KernelNotebook:
    """Cells of one notebook. The kernel may be interrupted, restarted and killed; the folder and the home stay."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.home_path = folder / ".mlops"
        inherited = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        self._environment = {**inherited, "JUPYTER_MLOPS_HOME": str(self.home_path), **environment}
        self.manager = KernelManager(kernel_name="python3")
        self.start()

    def start(self, *, load: bool = True) -> None:
        """Start a kernel and load the extension."""
        self.manager.start_kernel(cwd=str(self.folder), env=self._environment)
        self._connect(load)

    def restart(self, *, now: bool, load: bool = True) -> None:
        """Restart the kernel, as the front end's button does."""
        self.client.stop_channels()
        self.manager.restart_kernel(now=now)
        self._connect(load)

    def _connect(self, load: bool) -> None:
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=LONGEST_S)
        if load:
            assert self.run("%load_ext jupyter_mlops").ok

    @property
    def kernel_pid(self) -> int:
        return self.manager.provisioner.pid

    def kill(self) -> None:
        """End the kernel as the out-of-memory killer does."""
        os.kill(self.kernel_pid, signal.SIGKILL)
        until(lambda: not self.manager.is_alive())
        self.forget()

    def forget(self) -> None:
        """Forget a kernel that is dead, so that another can be started."""
        self.client.stop_channels()
        self.manager.cleanup_resources()
        self.manager = KernelManager(kernel_name="python3")

    def close(self) -> None:
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)

    def run(self, cell: str, *, cell_id: str = "", **options: Any) -> CellOutput:
        """Execute a cell and wait for its end."""
        return self.finish(self.begin(cell, cell_id=cell_id, **options))

    def begin(self, cell: str, *, cell_id: str = "", **options: Any) -> str:
        """Send a cell and return its id, without waiting."""
        content = {
            "code": cell,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
            **options,
        }
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell_id} if cell_id else None)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def finish(self, message_id: str) -> CellOutput:
        """Wait for the end of a cell that was sent."""
        messages = list(self._messages_of(message_id))
        deadline = time.monotonic() + LONGEST_S
        while True:
            reply = self.client.get_shell_msg(timeout=max(0.1, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == message_id:
                return CellOutput(reply["content"], messages)

    def _messages_of(self, message_id: str):
        deadline = time.monotonic() + LONGEST_S
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != message_id:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            yield message

    def until_shown(self, message_id: str, text: str) -> None:
        """Read what a running cell shows until a text appears."""
        deadline = time.monotonic() + LONGEST_S
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                continue
            is_output = message["msg_type"] in ("stream", "display_data", "update_display_data")
            if message["parent_header"].get("msg_id") == message_id and is_output and text in str(message["content"]):
                return
        raise AssertionError(f"{text!r} was never shown")

    def interrupt(self) -> None:
        self.manager.interrupt_kernel()

    # Runs, seen from outside the kernel

    @property
    def home(self) -> Home:
        return Home.open(self.home_path)

    def directory(self, name: str) -> RunDirectory:
        """Return the newest run of a name."""
        for run_id in self.home.run_ids():
            directory = self.home.run(run_id)
            if directory.spec().name == name:
                return directory
        raise AssertionError(f"no run {name}")

    def until_ended(self, name: str) -> str:
        """Wait for a run's end and return its status."""
        directory = self.directory(name)
        until(lambda: directory.state().status.is_terminal)
        return directory.state().status.value

    def until_running(self, name: str) -> None:
        directory = self.directory(name)
        until(lambda: directory.state().status.value == "RUNNING" and directory.log_file.exists())

    def release(self, gate: str) -> None:
        """Let a run pass that waits at a gate; see `GATE`."""
        (self.folder / gate).touch()


GATE = """
def gate(name, _folder={folder!r}):
    import os, time
    while not os.path.exists(os.path.join(_folder, name)):
        time.sleep(0.01)
"""
"""A notebook function that a run waits in until the story opens it: no story depends on how long a run takes."""


def until(is_true: Callable[[], bool], timeout_s: float = LONGEST_S) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.01)
