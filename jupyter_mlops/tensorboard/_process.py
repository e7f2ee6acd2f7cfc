"""One child process as the server holds it: two pipes, a log, a record for whoever finds it without its server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from ..entities import ProcessRecord, encode
from ..home import boot_id, process_start_time, write_atomic
from ._board import Order

CHILD = (sys.executable, "-P", "-m", "jupyter_mlops.tensorboard.child")
"""How a child is started; its order comes through standard input."""

RECORD = "process.json"

_GRACE_S = 2.0
_LOGIN = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")
_SECRET = re.compile(r"token|secret|passw|credential|api_?key|cookie", re.IGNORECASE)


class Child:
    """A running child; `end` is its end on our side, and the death of this process its end on the other.

    Parameters
    ----------
    order : Order
        What it is to do. Its folder's parent takes the log and the record.
    command : tuple of str
        The program.

    Raises
    ------
    OSError
        It cannot be started.
    """

    def __init__(self, order: Order, command: tuple[str, ...] = CHILD) -> None:
        folder = Path(order.folder).parent
        self._log = folder / "child.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=folder,
                env=_environment(with_login=order.board.asks_servers),
                start_new_session=True,
            )
        self._record(folder / RECORD)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(order.to_line())
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has died already; whoever waits for it sees that

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def memory_bytes(self) -> int:
        """Return how much memory it holds; 0 when it has ended."""
        import psutil

        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def fileno(self) -> int:
        """Return what can be waited for: readable when the child says something or has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def hear(self) -> bytes:
        """Return what the child says; nothing when it has ended."""
        return os.read(self.fileno(), 4096)

    def end(self) -> int:
        """Make sure that it has ended, and return its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # it was dead before it had read its order
        try:
            code = self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process.stdout.close()
        return code

    def last_words(self) -> str:
        """Return the last line of its log, cut; empty when it said nothing."""
        lines = self._log.read_bytes()[-4096:].decode("utf-8", "replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def _record(self, file: Path) -> None:
        """Say who it is, so that a later server can end it if this one is killed and the child does not notice."""
        start_time = process_start_time(self.pid)
        if start_time is not None:
            record = ProcessRecord(pid=self.pid, start_time=start_time, boot_id=boot_id(), started_at="")
            write_atomic(file, encode(record), durable=False)


def _environment(*, with_login: bool) -> dict[str, str]:
    """Return the environment without the server's secrets: a plugin of TensorBoard is anybody's code.

    The login of MLflow's own variables goes along where a tracking server is to be asked for curves.
    """
    kept = _LOGIN if with_login else ()
    return {name: value for name, value in os.environ.items() if name in kept or not _SECRET.search(name)}
