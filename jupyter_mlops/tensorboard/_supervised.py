"""A board and the life of its child: started when wanted, ended when idle, started again after a crash."""

from __future__ import annotations

import os
import secrets
import select
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from ..entities import TensorBoardInstance
from ._board import Board, Order
from ._process import Child

State = Literal["starting", "ready", "stopped", "failed"]


class Address(NamedTuple):
    """Where a child listens: a socket, and the first part of every path."""

    socket: str
    secret: str


class Limits(NamedTuple):
    """How long things may take, in seconds, and how often a child may crash in a row.

    Parameters
    ----------
    idle_s : float
        A child that nobody asked for so long is ended.
    start_s : float
        A child that does not listen after so long is given up.
    settled_s : float
        A child that has lived so long has not crashed in a row.
    pauses_s : tuple of float
        Before each new attempt; one more crash, and the board has failed.
    """

    idle_s: float = 1800.0
    start_s: float = 60.0
    settled_s: float = 60.0
    pauses_s: tuple[float, ...] = (0.2, 1.0, 3.0)


class SupervisedBoard:
    """One board. Safe to share between threads; `close` is its end.

    Parameters
    ----------
    board : Board
        What it shows.
    folder : Path
        Of its own; made and removed here.
    public_path, url : str
        Where browsers find it: the whole path, and the part of it below the server's base URL.
    command : tuple of str
        The child's program.
    limits : Limits
        See there.
    """

    def __init__(
        self, board: Board, folder: Path, public_path: str, url: str, command: tuple[str, ...], limits: Limits
    ) -> None:
        self.board = board
        self._folder = folder
        self.public_path = public_path
        self._url = url
        self._command = command
        self._limits = limits
        self._changed = threading.Condition()
        self._state: State = "stopped"
        self._problem = ""
        self._address: Address | None = None
        self._child: Child | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._requests = 0
        self._used_at = time.monotonic()
        self._ears, self._mouth = os.pipe()

    def ensure(self) -> None:
        """Start the child unless it runs; a board that has failed gets another chance."""
        with self._changed:
            self._used_at = time.monotonic()
            if self._is_closed or self._state in ("starting", "ready"):
                return
            if self._thread is not None:
                self._thread.join()
            self._set("starting")
            self._thread = threading.Thread(target=self._live, name="mlops-tensorboard", daemon=True)
            self._thread.start()

    def wait(self, timeout_s: float) -> State:
        """Wait while it is starting, and return how it stands."""
        with self._changed:
            self._changed.wait_for(lambda: self._state != "starting", timeout_s)
            return self._state

    @contextmanager
    def request(self) -> Iterator[Address | None]:
        """Hold the child for the length of a request; None where it is not ready."""
        with self._changed:
            self._requests += 1
            address = self._address
        try:
            yield address
        finally:
            with self._changed:
                self._requests -= 1
                self._used_at = time.monotonic()

    def instance(self) -> TensorBoardInstance:
        """Return how it stands, for the wire."""
        with self._changed:
            return TensorBoardInstance(
                instance_id=self.board.board_id,
                url=self._url,
                run_ids=tuple(Path(run.path).name for run in self.board.runs),
                logdir=self.board.logdir,
                flags=self.board.flags,
                label=self.board.label,
                state=self._state,
                problem=self._problem,
                memory_bytes=self._child.memory_bytes() if self._child else 0,
            )

    def close(self) -> None:
        """End the child and remove what it leaves."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            os.write(self._mouth, b"!")
            thread = self._thread
        if thread is not None:
            thread.join()
        os.close(self._ears)
        os.close(self._mouth)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _live(self) -> None:
        """Keep a child alive until it is idle, closed or has crashed too often: the board's thread."""
        pauses = list(self._limits.pauses_s)
        while True:
            problem, lived_s = self._live_once()
            if not problem:
                self._set("stopped")
                return
            if lived_s > self._limits.settled_s:
                pauses = list(self._limits.pauses_s)
            if not pauses:
                self._set("failed", f"TensorBoard ended {len(self._limits.pauses_s) + 1} times: {problem}")
                return
            self._set("starting")
            if self._is_called(pauses.pop(0)):
                self._set("stopped")
                return

    def _live_once(self) -> tuple[str, float]:
        """Run one child to its end; return what went wrong, nothing when it was ended on purpose, and its age."""
        began = time.monotonic()
        try:
            child = Child(self._order(), self._command)
        except OSError as error:
            return f"it cannot be started: {error.strerror or error}", 0.0
        self._child_is(child)
        try:
            problem = self._attend(child)
        finally:
            self._child_is(None)
            code = child.end()
            self._address_is(None)
        if problem is None:
            problem = child.last_words() or (f"signal {-code}" if code < 0 else f"exit code {code}")
        return problem, time.monotonic() - began

    def _attend(self, child: Child) -> str | None:
        """Return when the child is to be ended ("" or why), or has ended by itself (None)."""
        deadline = time.monotonic() + self._limits.start_s
        while True:
            ready = self._address is not None
            wait_s = self._idle_left() if ready else deadline - time.monotonic()
            if wait_s <= 0:
                return "" if ready else f"it did not listen within {self._limits.start_s:g} s"
            heard, _, _ = select.select([child.fileno(), self._ears], [], [], wait_s)
            if self._ears in heard:
                return ""
            if heard and not child.hear():
                return None
            if heard:
                self._address_is(self._asked_address)

    def _idle_left(self) -> float:
        with self._changed:
            if self._requests:
                return self._limits.idle_s
            return self._used_at + self._limits.idle_s - time.monotonic()

    def _is_called(self, pause_s: float) -> bool:
        """Pause; return at once with True when the board is closed meanwhile."""
        return bool(select.select([self._ears], [], [], pause_s)[0])

    def _order(self) -> Order:
        """Return an order for a new child: another secret, an empty folder, no socket of the one before."""
        shutil.rmtree(self._folder, ignore_errors=True)
        logs = self._folder / "logs"
        logs.mkdir(mode=0o700, parents=True)
        self._folder.chmod(0o700)
        self._asked_address = Address(str(self._folder / "s"), secrets.token_hex(32))
        return Order(
            socket=self._asked_address.socket,
            secret=self._asked_address.secret,
            public_path=self.public_path,
            folder=str(logs),
            board=self.board,
        )

    def _child_is(self, child: Child | None) -> None:
        with self._changed:
            self._child = child

    def _address_is(self, address: Address | None) -> None:
        with self._changed:
            self._address = address
            # Without a child it starts again, unless its thread says at once that it does not.
            self._set("starting" if address is None else "ready")

    def _set(self, state: State, problem: str = "") -> None:
        with self._changed:
            self._state, self._problem = state, problem
            self._changed.notify_all()
